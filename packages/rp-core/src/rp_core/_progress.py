"""Reports of how far a map, or a transfer, has come."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress(NamedTuple):
    """How far a map has come, or a transfer.

    Attributes:
        done: Items handed out so far, failed ones included; of a transfer: bytes.
        failed: Items that failed and were skipped or handed out as a `Failure`.
        total: Number of items or bytes, None where nobody knows it.
        elapsed: Seconds since the map began.
    """

    done: int
    failed: int
    total: int | None
    elapsed: float


class Reporter:
    """Counts the items of one map, or the bytes of a transfer; tells a callable, or a bar.

    Args:
        progress: True for a bar on stderr, or a callable that receives each `Progress`.
        total: How many there will be; None: nobody knows.
    """

    __module__ = "rp_core"

    def __init__(self, progress: bool | Callable[[Progress], object], total: int | None) -> None:
        self._show, self._close = (progress, _nothing) if callable(progress) else _bar()
        self._total = total
        self._done = self._failed = 0
        self._began = monotonic()

    def advance(self, *, failed: bool) -> None:
        """Count one item."""
        self._failed += failed
        self.report(self._done + 1, self._total)

    def report(self, done: int, total: int | None) -> None:
        """Tell how many there are now, and how many there will be."""
        self._done, self._total = done, total
        elapsed = monotonic() - self._began
        try:
            self._show(Progress(self._done, self._failed, self._total, elapsed))
        except (StopIteration, StopAsyncIteration) as error:
            # Raised as it is, it would end the caller's loop as if the items had run out.
            raise RuntimeError(f"the progress callback raised {type(error).__name__}") from error

    def close(self) -> None:
        """Take the bar down."""
        self._close()


@contextmanager
def reporting(
    progress: bool | Callable[[Progress], object], total: int | None
) -> Iterator[Callable[[int], None]]:
    """Give a function that tells how many are done, and take the bar down at the end.

    Args:
        progress: True for a bar on stderr, a callable for each `Progress`, False for nothing.
        total: How many there will be; None: nobody knows.
    """
    if not progress:
        yield lambda done: None  # noqa: ARG005
        return
    reporter = Reporter(progress, total)
    try:
        yield lambda done: reporter.report(done, total)
    finally:
        reporter.close()


def _bar() -> tuple[Callable[[Progress], object], Callable[[], object]]:
    try:
        from rich import progress as rich
        from rich.console import Console
    except ImportError:
        return _counts()
    bar = rich.Progress(
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    task = bar.add_task("", total=None)
    bar.start()

    def show(progress: Progress) -> None:
        bar.update(task, completed=progress.done, total=progress.total)

    return show, bar.stop


def _counts() -> tuple[Callable[[Progress], object], Callable[[], object]]:
    """Show plain counts on stderr, at most ten a second."""
    last = Progress(0, 0, None, 0.0)
    shown = -1.0

    def line() -> str:
        total = "" if last.total is None else f"/{last.total}"
        return f"{last.done}{total}, {last.elapsed:.1f} s"

    def show(progress: Progress) -> None:
        nonlocal last, shown
        last = progress
        if sys.stderr.isatty() and progress.elapsed - shown >= 0.1:
            shown = progress.elapsed
            print(f"\r{line()}", end="", file=sys.stderr, flush=True)

    def close() -> None:
        start = "\r" if sys.stderr.isatty() else ""
        print(f"{start}{line()}", file=sys.stderr, flush=True)

    return show, close


def _nothing() -> None:
    pass
