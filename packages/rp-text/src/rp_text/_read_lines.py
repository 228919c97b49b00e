"""Read a text line by line."""

from __future__ import annotations

import io
import os
from collections.abc import Generator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from rp_text._lines import open_lines
from rp_text._options import check_line_options

if TYPE_CHECKING:
    from rp_text._options import LineOptions
    from rp_text._pieces import Source

BATCH_BYTES: Final = 1 << 19
MAX_LINE: Final = 1 << 24
_BRIEF: Final = 1 << 20  # what holds up a loop for about a millisecond
_NOWAIT: Final = getattr(os, "RWF_NOWAIT", None)  # Linux has it


def read_lines(
    source: Source,
    /,
    *,
    encoding: str = "auto",
    errors: str = "strict",
    batch_bytes: int = BATCH_BYTES,
    max_line: int = MAX_LINE,
    urls: bool = True,
) -> Generator[str, None, None]:
    r"""Read a text line by line, in bounded memory.

    Lines are those of `for line in open(path)`: they end at \n, \r\n and \r and nowhere else, and
    keep that end as \n; only the last may have none. Leave early by closing the generator
    (`contextlib.aclosing`, `contextlib.closing`), which closes the file.

    Args:
        source: As in `read_text`; a file is read as it is asked for.
        encoding: As in `read_text`. "auto" settles it by the first bytes that are not ASCII, and
            up to 64 KiB that follow them.
        errors: As in `read_text`.
        batch_bytes: With `await`, about how many characters are read at once: by a worker thread,
            or where Linux has a file in memory, and they are no more than 1 MiB, on the loop.
        max_line: The most characters that a line may have, without its end. Memory holds a batch
            and a line, whatever the file.
        urls: Whether URLs may be read; what they give is held in memory as it comes.

    Yields:
        Each line.

    Raises:
        DecodeError: It is no text in the encoding, or its compression is damaged.
        LimitExceededError: A line is longer than `max_line`.
        Exception: As `read_text`. Before an error in the midst of a text, some lines before it may
            be missing, at most a batch of them.
    """
    options = check_line_options(
        encoding=encoding, errors=errors, batch_bytes=batch_bytes, max_line=max_line, urls=urls
    )
    return _lines(source, options)


def read_line_batches(
    source: Source,
    /,
    *,
    encoding: str = "auto",
    errors: str = "strict",
    batch_bytes: int = BATCH_BYTES,
    max_line: int = MAX_LINE,
    urls: bool = True,
) -> Generator[list[str], None, None]:
    """Read a text in lists of lines, in bounded memory: the fastest way on an event loop.

    Args:
        source: As in `read_lines`.
        encoding: As in `read_lines`.
        errors: As in `read_lines`.
        batch_bytes: A list ends with the line that reaches so many characters.
        max_line: As in `read_lines`.
        urls: As in `read_lines`.

    Yields:
        Lists of lines, none of them empty; each line as `read_lines` gives it.

    Raises:
        Exception: As `read_lines`.
    """
    options = check_line_options(
        encoding=encoding, errors=errors, batch_bytes=batch_bytes, max_line=max_line, urls=urls
    )
    return _Batches(source, options, batch_bytes)


def _lines(source: Any, options: LineOptions) -> Generator[str, None, None]:
    with open_lines(source, options) as lines:
        yield from lines


class _Batches(Generator[list[str], None, None]):
    """Lists of lines; it can tell whether the next one is there already.

    What is in the system's cache of files is read on the event loop itself: a thread would hold
    Python's lock as long, and what one core has made the other would have to fetch.
    """

    def __init__(self, source: Any, options: LineOptions, batch_bytes: int) -> None:
        self._open: Any = partial(open_lines, source, options)
        self._batch_bytes = batch_bytes
        self._stack = ExitStack()
        self._lines: Any = None

    def send(self, _value: None, /) -> list[str]:
        """Return the next list."""
        try:
            if self._open is not None:
                self._lines = self._stack.enter_context(self._open())
                self._open = None
            batch: list[str] = self._lines.readlines(self._batch_bytes) if self._lines else []
        except BaseException:
            self.close()
            raise
        if not batch:
            self.close()
            raise StopIteration
        return batch

    def throw(self, *raised: Any) -> list[str]:
        """Close the source, and raise an error."""
        self.close()
        return super().throw(*raised)

    def close(self) -> None:
        """Close the source."""
        self._open = self._lines = None
        self._stack.close()

    def is_ready(self) -> bool:
        """Return whether the next list can be made without waiting for a disk."""
        file = getattr(self._lines, "buffer", None)
        if _NOWAIT is None or not isinstance(file, io.BufferedReader):
            return False
        if self._batch_bytes > _BRIEF:
            return False
        number = file.fileno()
        end = min(file.raw.tell() + self._batch_bytes, os.fstat(number).st_size)
        try:
            # The last byte: files are read ahead in their order, so what is before it is there.
            return os.preadv(number, [bytearray(1)], max(end - 1, 0), _NOWAIT) == 1
        except OSError:  # it is not there, or the file system cannot tell
            return False
