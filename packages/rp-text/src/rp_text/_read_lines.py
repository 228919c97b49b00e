"""Read a text line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp_text._lines import open_lines
from rp_text._options import check_line_options

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_text._options import LineOptions
    from rp_text._pieces import Source

BATCH_BYTES = 1 << 20
MAX_LINE = 1 << 24


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
        batch_bytes: About how many characters a worker thread reads ahead, with `await`.
        max_line: The most bytes that a line may have, as UTF-8 and without its end. Memory holds a
            batch and a line, whatever the file.
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
    return _batches(source, options, batch_bytes)


def _lines(source: Any, options: LineOptions) -> Generator[str, None, None]:
    with open_lines(source, options) as lines:
        yield from lines


def _batches(
    source: Any, options: LineOptions, batch_bytes: int
) -> Generator[list[str], None, None]:
    with open_lines(source, options) as lines:
        while batch := lines.readlines(batch_bytes):
            yield batch
