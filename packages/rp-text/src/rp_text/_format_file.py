"""Format files, in place."""

from __future__ import annotations

import io
import os
import tokenize
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rp_core import atomic_write, bom_encoding, readable_path
from rp_text._encoding import encoding_of
from rp_text._errors import DecodeError
from rp_text._format_code import (
    LINE_LENGTH,
    TIMEOUT,
    Formatted,
    check_formatting,
    formatted_by,
    request_for,
)
from rp_text._formatter import SUFFIXES, formatted
from rp_text._read_text import decoded

if TYPE_CHECKING:
    from rp_text._format_code import FormatBackend

Path: TypeAlias = "str | os.PathLike[str]"


class Code(NamedTuple):
    """A file of code."""

    path: str
    code: str
    encoding: str
    language: str


def format_file(
    path: Path,
    language: str | None = None,
    *,
    line_length: int = LINE_LENGTH,
    timeout: float = TIMEOUT,
    durable: bool = False,
    backend: FormatBackend | None = None,
) -> Formatted:
    """Format a file in place, where that changes it; it keeps its encoding.

    Args:
        path: The file.
        language: As in `format_code`. None: that of the suffix: .py .pyi .pyw, .json, .html .htm.
        line_length: As in `format_code`.
        timeout: As in `format_code`.
        durable: Whether to wait until the file is on the disk (fsync).
        backend: As in `format_code`.

    Returns:
        A `Formatted`, as of `format_code`.

    Raises:
        DecodeError: It is no text; Python is decoded as PEP 263 says, all else as by `read_text`.
        FormatError: The code is not well-formed; the file stays as it is.
        Exception: As `format_code`.
        OSError: The file could not be read or written; it stays as it is.
    """
    options: dict[str, Any] = {"line_length": line_length, "timeout": timeout, "backend": backend}
    file = read_code(path, language, options)
    request = request_for(file.code, file.language, file.path, options)
    result = formatted_by(file.code, formatted.using(backend), request)
    write_code(file, result, durable=durable)
    return result


def read_code(path: Path, language: str | None, options: dict[str, Any]) -> Code:
    """Read a file that is to be formatted.

    Raises:
        Exception: As `format_file`.
    """
    target = readable_path(path)
    if language is None:
        suffix = os.path.splitext(target)[1].lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"no formatter is known for {suffix or 'a file without suffix'!r}")
        language = SUFFIXES[suffix]
    known = check_formatting(language, **options)
    with open(target, "rb") as file:
        data = file.read()
    encoding = _encoding_of(data, known)
    return Code(target, decoded(data, encoding), encoding, known)


def _encoding_of(data: bytes, language: str) -> str:
    """Return an encoding that leaves a byte order mark in the text, which then keeps it."""
    marked = bom_encoding(data)
    if marked == "utf-8-sig":
        return "utf-8"
    if marked:
        return f"{marked}-le" if data.startswith(b"\xff\xfe") else f"{marked}-be"
    if language != "python":
        return encoding_of(data).name
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        raise DecodeError(f"the file is no Python: {error.msg}") from None


def write_code(file: Code, result: Formatted, *, durable: bool) -> None:
    """Write a file that was formatted, where that changed it.

    Raises:
        OSError: It could not be written; it stays as it is.
    """
    if result.changed:
        data = result.text.encode(file.encoding)
        with atomic_write(file.path, durable=durable) as destination:
            destination.write(data)
