"""Read a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rp_core import bom_encoding, check_int
from rp_text._encoding import encoding_of
from rp_text._ends import with_plain_ends
from rp_text._errors import DecodeError
from rp_text._line_decoder import no_text
from rp_text._options import check_encoding
from rp_text._pieces import MAX_BYTES, gathered

if TYPE_CHECKING:
    from rp_text._pieces import Source


def read_text(
    source: Source,
    /,
    *,
    encoding: str = "auto",
    errors: str = "strict",
    newline: Literal[""] | None = None,
    max_bytes: int = MAX_BYTES,
    urls: bool = True,
) -> str:
    r"""Read a text whole.

    Args:
        source: A path, a bytes-like object, a file (binary or text, read from where it stands and
            left open), a URL (see `rp_core.read_source`), or an iterable of bytes or of str, which
            are pieces of the text. With `await`, also an async file (aiofiles, anyio) and an async
            iterable. What is compressed with gzip, bzip2, xz or Zstandard is decompressed.
        encoding: Any text encoding, or "auto": that of the byte order mark; else UTF-8 where the
            bytes are UTF-8; else what chardet finds. A mark is taken off. Text files have theirs.
        errors: As in `open`: what becomes of bytes that are no text.
        newline: As in `open`. None: each end of a line, \r\n, \r or \n, becomes \n. "": they stay.
        max_bytes: The most bytes to take, counted after decompression.
        urls: Whether URLs may be read.

    Returns:
        The text.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        DecodeError: It is no text in the encoding, or its compression is damaged.
        LimitExceededError: There are more than `max_bytes` bytes.
        LookupError: There is no such encoding, or no such way to treat errors.
        MissingDependencyError: It needs the extra `zstd`, or rp-net for its URL.
        TypeError, ValueError: An argument makes no sense.
    """
    name = check_encoding(encoding, errors)
    check_int("max_bytes", max_bytes, 0)
    if newline not in {None, ""}:
        raise ValueError(f"newline is None or an empty str, not {newline!r}")
    data = gathered(source, max_bytes=max_bytes, urls=urls)
    text = data if isinstance(data, str) else decoded(data, name, errors)
    return with_plain_ends(text) if newline is None else text


def decoded(data: bytes, name: str | None, errors: str = "strict") -> str:
    """Return the text that bytes stand for.

    Raises:
        DecodeError: They are no text in the encoding.
    """
    if name is None:
        name = encoding_of(data).name
    marked = bom_encoding(data)
    if name in {"utf-16", "utf-32"} and data and not marked:
        raise DecodeError(f"a text in {name} begins with a byte order mark; see encoding")
    try:
        return data.decode(name, errors)
    except UnicodeDecodeError as error:
        before = 3 if marked == name == "utf-8-sig" else 0  # of which this codec does not know
        raise no_text(error, error.start + before) from None
    except UnicodeError as error:
        raise DecodeError(f"{error}; see encoding and errors") from None
