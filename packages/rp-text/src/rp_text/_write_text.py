"""Write a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from rp_core import atomic_write, text_encoding, writable_path
from rp_text._ends import END
from rp_text._errors import EncodeError

if TYPE_CHECKING:
    import codecs
    import os

Newline: TypeAlias = Literal["\n", "\r\n", "\r"]


def write_text(
    path: str | os.PathLike[str],
    text: str,
    *,
    encoding: str = "utf-8",
    newline: Newline | None = None,
    durable: bool = False,
) -> None:
    r"""Write a text to a file, which takes its place when it is whole.

    Args:
        path: Destination.
        text: The text.
        encoding: Any text encoding; "utf-8-sig" and "utf-16" begin with a byte order mark.
        newline: What becomes of each end of a line, \r\n, \r or \n. None: it stays as it is, on
            every system.
        durable: Whether to wait until the file is on the disk (fsync).

    Raises:
        EncodeError: The encoding does not have a character; lone surrogates are in none.
        LookupError: There is no such encoding.
        TypeError, ValueError: An argument makes no sense.
        OSError: The file could not be written; the old one stays.
    """
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__!r}")
    target = writable_path(path)
    name = text_encoding(encoding)
    check_newline(newline)
    data = encoded(with_ends(text, newline), name)
    with atomic_write(target, durable=durable) as file:
        file.write(data)


def check_newline(newline: str | None) -> None:
    """Refuse what is no end of a line.

    Raises:
        ValueError: It is none.
    """
    if newline not in {None, "\n", "\r\n", "\r"}:
        raise ValueError(f"newline is \\n, \\r\\n or \\r, or None, not {newline!r}")


def with_ends(text: str, newline: str | None) -> str:
    """Return a text with one kind of ends of lines."""
    return text if newline is None else END.sub(newline, text)


def encoded(text: str, encoding: str, encoder: codecs.IncrementalEncoder | None = None) -> bytes:
    """Return the bytes of a text, or of a part of one.

    Raises:
        EncodeError: The encoding does not have a character.
    """
    try:
        return encoder.encode(text) if encoder else text.encode(encoding)
    except UnicodeEncodeError as error:
        where = "" if encoder else f"character {error.start}, "
        wrong = f"{where}{error.object[error.start]!a}"
        raise EncodeError(f"{wrong} is not in {encoding}") from None
