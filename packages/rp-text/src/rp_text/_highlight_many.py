"""Highlight many files, in processes where that pays."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict, overload

from rp_core import check_int, cpu_limit
from rp_text._highlight import check_highlighting, highlight_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable
    from typing import Unpack

    from rp_core import Failure, OnError, Progress
    from rp_text._highlight import HighlightBackend
    from rp_text._palette import To

Path: TypeAlias = "str | os.PathLike[str]"
# What one process does while another one starts.
_WORTHWHILE: Final = 150_000


class HighlightOptions(TypedDict, total=False):
    """The options of `highlight_file`, for `highlight_many`."""

    language: str | None
    to: To
    style: str
    encoding: str
    max_bytes: int
    backend: HighlightBackend | None


@overload
def highlight_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    limit: int | None = None,
    on_error: Literal["raise", "skip"] = "raise",
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[HighlightOptions],
) -> list[str]: ...
@overload
def highlight_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    limit: int | None = None,
    on_error: Literal["return"],
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[HighlightOptions],
) -> list[str | Failure[Path]]: ...
def highlight_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    limit: int | None = None,
    on_error: OnError = "raise",
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[HighlightOptions],
) -> list[Any]:
    """Read and colour many files of code, in processes where there is enough of it.

    Threads would only wait for each other: lexers hold Python's lock. The processes are started for
    the call and end with it; they import nothing of the program that calls.

    Args:
        paths: The files. With `await`, also an async iterable. Their names are all taken first.
        limit: How many processes work at once. None: as many as the CPU budget has; 0 or 1: none
            is started.
        on_error: "raise" ends with the first error; "skip" drops files that fail; "return" gives a
            `Failure` in their place.
        progress: True for a bar, or a callable, as in `rp_core.thread_map`.
        **options: Those of `highlight_file`, for every file.

    Returns:
        The files with colours, each a str, in the order of `paths`.

    Raises:
        TypeError, ValueError: An argument makes no sense.
        Exception: What `highlight_file` raised first, with a note of the file.
    """
    from rp_core.sync import thread_map

    if limit is not None:
        check_int("limit", limit, 0)
    check_highlighting(**options)
    if isinstance(paths, (str, bytes)) or not isinstance(paths, Iterable):
        raise TypeError(f"paths are an iterable of paths, not {type(paths).__name__!r}")
    files = list(paths)
    processes = min(cpu_limit() if limit is None else limit, len(files)) if sys.executable else 0
    how: dict[str, Any] = {"on_error": on_error, "progress": progress}
    if processes < 2 or sum(map(_size, files)) < _WORTHWHILE:
        return list(thread_map(partial(highlight_file, **options), files, limit=0, **how))
    from rp_text._workers import Workers

    with Workers("rp_text._highlight:highlight_file", options) as workers:
        return list(thread_map(workers.call, files, limit=processes, cpu=True, **how))


def _size(path: Any) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, TypeError, ValueError):
        return 0
