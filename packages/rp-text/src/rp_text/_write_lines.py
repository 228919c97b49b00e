"""Write a text line by line."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from rp_core import atomic_write, text_encoding, writable_path
from rp_text._write_text import check_newline, encoded, with_ends

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from rp_text._write_text import Newline

T = TypeVar("T")
BATCH: Final = 1024


def write_lines(
    path: str | os.PathLike[str],
    lines: Iterable[str] | AsyncIterable[str],
    *,
    encoding: str = "utf-8",
    newline: Newline | None = "\n",
    durable: bool = False,
) -> None:
    r"""Write lines to a file as they come; it takes its place when it is whole.

    Args:
        path: Destination.
        lines: The lines, each a str; a line that does not end with \n gets it. With `await`, also
            an async iterable, which is advanced on the event loop; up to 1024 lines are held.
        encoding: As in `write_text`.
        newline: As in `write_text`.
        durable: As in `write_text`.

    Raises:
        EncodeError: The encoding does not have a character.
        LookupError: There is no such encoding.
        TypeError, ValueError: An argument makes no sense.
        Exception: What `lines` raises.
        OSError: The file could not be written; in every case the old one stays.
    """
    if isinstance(lines, (str, bytes)) or not isinstance(lines, (Iterable, AsyncIterable)):
        raise TypeError(f"lines are an iterable of str, not {type(lines).__name__!r}")
    if not isinstance(lines, Iterable):
        raise TypeError("an async iterable of lines needs the async face")
    write_batches(path, in_batches(lines), encoding=encoding, newline=newline, durable=durable)


def write_batches(
    path: str | os.PathLike[str],
    lines: Iterable[list[str]],
    *,
    encoding: str = "utf-8",
    newline: Newline | None = "\n",
    durable: bool = False,
) -> None:
    """Write lists of lines to a file.

    Raises:
        Exception: As `write_lines`.
    """
    target = writable_path(path)
    name = text_encoding(encoding)
    check_newline(newline)
    encoder = codecs.getincrementalencoder(name)()
    with atomic_write(target, durable=durable) as file:
        for batch in lines:
            file.write(encoded(_joined(batch, newline), name, encoder))
        file.write(encoder.encode("", final=True))


def in_batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Give items in lists of up to 1024."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _joined(lines: list[str], newline: str | None) -> str:
    for line in lines:
        if not isinstance(line, str):
            raise TypeError(f"a line is a str, not {type(line).__name__!r}")
    text = "".join([line if line.endswith("\n") else line + "\n" for line in lines])
    return with_ends(text, newline)
