"""Format files, in place."""

from __future__ import annotations

import io
import os
import tokenize
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rp_core import atomic_write, bom_encoding, readable_path, text_encoding
from rp_text._encoding import encoding_of
from rp_text._errors import DecodeError, FormatError
from rp_text._format_code import (
    LINE_LENGTH,
    TIMEOUT,
    Formatted,
    check_formatting,
    formatted_by,
    prepared,
    request_for,
)
from rp_text._formatter import SUFFIXES, formatted
from rp_text._read_text import decoded
from rp_text._write_text import encoded

if TYPE_CHECKING:
    from rp_text._format_code import FormatBackend

Path: TypeAlias = "str | os.PathLike[str]"


class Code(NamedTuple):
    """A file of code."""

    path: str
    data: bytes
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
    code = decoded(data, encoding)
    prepared(code)  # or one file with two marks would end the reading of many
    return Code(target, data, code, encoding, known)


def _encoding_of(data: bytes, language: str) -> str:
    """Return an encoding that leaves a byte order mark in the text, which then keeps it."""
    marked = bom_encoding(data)
    if marked == "utf-8-sig":
        return "utf-8"
    if marked:
        return f"{marked}-le" if data.startswith(b"\xff\xfe") else f"{marked}-be"
    if language != "python":
        return encoding_of(data).name
    return _declared(data)


def _declared(data: bytes) -> str:
    """Return the encoding that a file of Python declares (PEP 263)."""
    if b"coding" not in data[: data.find(b"\n", data.find(b"\n") + 1)]:
        return "utf-8"
    try:
        return text_encoding(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
    except (SyntaxError, LookupError) as error:
        raise DecodeError(f"the file is no Python: {error}") from None


def is_current(file: Code) -> bool:
    """Return whether a file still is what was read."""
    try:
        with open(file.path, "rb") as opened:
            return opened.read() == file.data
    except OSError:
        return False


def write_code(file: Code, result: Formatted, *, durable: bool) -> None:
    """Write a file that was formatted, where that changed it.

    Raises:
        FormatError: It would then be read as another text.
        OSError: It could not be written; it stays as it is.
    """
    if result.changed:
        data = encoded(result.text, file.encoding)
        if file.language == "python" and _declared(data) != _declared(file.data):
            raise FormatError("formatted, a comment would declare another encoding of the file")
        with atomic_write(file.path, durable=durable) as destination:
            destination.write(data)
