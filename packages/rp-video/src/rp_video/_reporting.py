"""Telling how far an operation has come."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from rp_core import Reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rp_core import Progress

    ShowProgress: TypeAlias = bool | Callable[[Progress], object]
    Report: TypeAlias = Callable[[int], None]


@contextmanager
def reporting(progress: ShowProgress, total: int | None) -> Iterator[Report]:
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
