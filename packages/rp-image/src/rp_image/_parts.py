"""One picture on all CPUs: its rows in as many parts as the budget allows."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from rp_core import cpu_limit
from rp_core.sync import thread_map

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST: Final = 1 << 19
_TO_DECODE: Final = 1 << 18


def threads_for(pixels: int, least: int = _TO_DECODE) -> int:
    """Return how many threads a picture is worth, if each is to have so many pixels to do."""
    return max(1, min(cpu_limit(), pixels // least))


def in_parts(work: Callable[[int, int], None], rows: int, columns: int) -> None:
    """Have rows worked on, in parts of at least half a million pixels, each on a thread.

    Args:
        work: Called with the first row of a part, and the row behind its last.
        rows: How many there are.
        columns: Pixels of a row.
    """
    parts = threads_for(rows * columns, _LEAST)
    if parts < 2:
        work(0, rows)
        return
    step = -(-rows // parts)

    def do(top: int) -> None:
        work(top, min(rows, top + step))

    with thread_map(do, range(0, rows, step), cpu=True) as done:
        deque(done, maxlen=0)
