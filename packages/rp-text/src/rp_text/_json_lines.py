"""JSON lines: one value in each line."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rp_core import atomic_write, writable_path
from rp_text._ends import MARK
from rp_text._errors import JSONError
from rp_text._json_writer import Writing, at_once, json, write
from rp_text._lines import open_lines
from rp_text._load_json import reader
from rp_text._options import check_line_options
from rp_text._read_lines import BATCH_BYTES, MAX_LINE
from rp_text._write_lines import in_batches

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Generator

    from rp_text._load_json import JSONBackend
    from rp_text._options import LineOptions
    from rp_text._pieces import Source

_BLANKS: Final = " \t\n"


def iter_json_lines(
    source: Source,
    /,
    *,
    unique_keys: bool = False,
    batch_bytes: int = BATCH_BYTES,
    max_line: int = MAX_LINE,
    urls: bool = True,
    backend: JSONBackend | None = None,
) -> Generator[Any, None, None]:
    """Read a file of JSON lines value by value, in bounded memory.

    Each line is read as `load_json` reads a file; lines that hold nothing but blanks are passed
    over.

    Args:
        source: As in `read_text`; a file is read as it is asked for.
        unique_keys: As in `load_json`.
        batch_bytes: As in `read_lines`.
        max_line: As in `read_lines`.
        urls: Whether URLs may be read.
        backend: As in `load_json`.

    Yields:
        Each value.

    Raises:
        JSONError: A line is no JSON; `.line` and `.column` say where in the file.
        LimitExceededError: A line is longer than `max_line`, or nested too deeply.
        Exception: As `read_lines`.
    """
    options = _options(batch_bytes, max_line, urls=urls)
    return _values(source, options, reader(backend, unique_keys=unique_keys))


def _options(batch_bytes: int, max_line: int, *, urls: bool) -> LineOptions:
    options = check_line_options(
        encoding="utf-8", errors="strict", batch_bytes=batch_bytes, max_line=max_line, urls=urls
    )
    return options._replace(surrogates=False)


def _values(
    source: Any, options: LineOptions, read: Callable[[str], Any]
) -> Generator[Any, None, None]:
    with open_lines(source, options) as lines:
        for number, line in enumerate(lines, 1):
            text = line.removeprefix(MARK) if number == 1 else line
            if text.strip(_BLANKS):
                try:
                    value = read(text)
                except JSONError as error:
                    raise _placed(error, number) from None
                yield value


def _placed(error: JSONError, number: int) -> JSONError:
    return JSONError(error.message, line=number, column=error.column or 1)


def value_batches(
    source: Source,
    /,
    *,
    unique_keys: bool = False,
    batch_bytes: int = BATCH_BYTES,
    max_line: int = MAX_LINE,
    urls: bool = True,
    backend: JSONBackend | None = None,
) -> Generator[list[Any], None, None]:
    """Read a file of JSON lines in lists of values.

    Raises:
        Exception: As `iter_json_lines`.
    """
    options = _options(batch_bytes, max_line, urls=urls)
    return _batches(source, options, batch_bytes, reader(backend, unique_keys=unique_keys))


def _batches(
    source: Any, options: LineOptions, batch_bytes: int, read: Callable[[str], Any]
) -> Generator[list[Any], None, None]:
    """Give lists of values; those before a line that is wrong come before its error."""
    number = 0
    with open_lines(source, options) as lines:
        while batch := lines.readlines(batch_bytes):
            values: list[Any] = []
            try:
                for line in batch:
                    number += 1
                    text = line.removeprefix(MARK) if number == 1 else line
                    if text.strip(_BLANKS):
                        values.append(read(text))
            except JSONError as error:
                if values:
                    yield values
                raise _placed(error, number) from None
            yield values


def write_json_lines(
    path: str | os.PathLike[str],
    values: Iterable[Any] | AsyncIterable[Any],
    *,
    sort_keys: bool = False,
    durable: bool = False,
    backend: JSONBackend | None = None,
) -> None:
    r"""Write values to a file of JSON lines as they come; it takes its place when it is whole.

    Args:
        path: Destination.
        values: The values, each as in `dump_json`. With `await`, also an async iterable, which is
            advanced on the event loop; up to 1024 values are held.
        sort_keys: As in `dump_json`.
        durable: As in `dump_json`.
        backend: As in `dump_json`.

    Raises:
        Exception: As `dump_json`, and what `values` raises; in every case the old file stays.
    """
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(
        values, (Iterable, AsyncIterable)
    ):
        raise TypeError(f"values are an iterable, not {type(values).__name__!r}")
    if not isinstance(values, Iterable):
        raise TypeError("an async iterable of values needs the async face")
    batches = in_batches(values)
    write_values(path, batches, sort_keys=sort_keys, durable=durable, backend=backend)


def write_values(
    path: str | os.PathLike[str],
    values: Iterable[list[Any]],
    *,
    sort_keys: bool = False,
    durable: bool = False,
    backend: JSONBackend | None = None,
) -> None:
    """Write lists of values to a file of JSON lines.

    Raises:
        Exception: As `write_json_lines`.
    """
    target = writable_path(path)
    ask = at_once(write, json, backend)
    with atomic_write(target, durable=durable) as file:
        for batch in values:
            lines = [ask(Writing(value, None, sort_keys, named=True)) for value in batch]
            file.write(b"\n".join([*lines, b""]))
