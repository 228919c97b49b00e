"""Is the memory of a map flat in the number of items, and bounded by its window?"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import anyio
import trio
from _common import print_table, rounds
from _map_child import PEERS, WAYS

from rp_core import amap, sync, thread_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rp_core import Results

    Window = tuple[int, int]

CHILD: Final = Path(__file__).with_name("_map_child.py")
PATIENCE: Final = 300
MEGA: Final = 1e6
BAR: Final = 5.0
WINDOWS: Final[tuple[Window, ...]] = ((32, 32), (4, 4), (8, 0))
HEAD: Final = 0.25


def print_peaks(few: int, many: int, repeats: int) -> None:
    """Print the peak of fresh processes that stream few items, and many, in each way."""
    cases = {f"{way}: {count}": (way, count) for way in WAYS for count in (few, many)}
    runs: dict[str, list[tuple[float, float]]] = {case: [] for case in cases}
    for case in rounds(list(cases), repeats):
        with suppress(subprocess.SubprocessError):
            runs[case].append(run_child(*cases[case]))
    rows = [
        peak_row(way, runs[f"{way}: {few}"], runs[f"{way}: {many}"], many, repeats) for way in WAYS
    ]
    print_table(
        f"Peak memory of a fresh process, RLIMIT_AS 700 MB; median of {repeats}",
        ["stream", f"{few} items, MB", f"{many} items, MB", f"more, MB; bar {BAR:.0f}", "us/item"],
        rows,
    )


def run_child(way: str, count: int) -> tuple[float, float]:
    """Return the peak in bytes, and the seconds."""
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, str(CHILD), way, str(count)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment, timeout=PATIENCE
    )
    peak, took = map(float, done.stdout.split())
    return peak, took


def peak_row(
    way: str,
    small: list[tuple[float, float]],
    large: list[tuple[float, float]],
    many: int,
    repeats: int,
) -> list[str]:
    """Make one row of the table; a way counts only if it finishes every time."""
    if len(small) < repeats:
        return [way, "does not finish", "", "" if way in PEERS else "MISSED", ""]
    low = median(peak for peak, _ in small) / MEGA
    if len(large) < repeats:
        verdict = "" if way in PEERS else "MISSED"
        return [way, f"{low:.1f}", "does not finish", verdict, ""]
    high = median(peak for peak, _ in large) / MEGA
    took = median(seconds for _, seconds in large) / many * 1e6
    verdict = "" if way in PEERS else " met" if high - low <= BAR else " MISSED"
    return [way, f"{low:.1f}", f"{high:.1f}", f"{high - low:.1f}{verdict}", f"{took:.2f}"]


@dataclass(slots=True)
class Ledger:
    """How many items are issued and not yet consumed; the most ever, and while the head ran."""

    issued: int = 0
    consumed: int = 0
    most: int = 0
    behind_head: int = 0

    def items(self, count: int) -> Iterator[int]:
        """Issue numbers."""
        for number in range(count):
            self.issued += 1
            self.most = max(self.most, self.issued - self.consumed)
            yield number

    async def wait(self, item: int) -> int:
        """Wait at the first item."""
        if not item:
            await anyio.sleep(HEAD)
            self.behind_head = self.issued
        return item

    def block(self, item: int) -> int:
        """Block at the first item."""
        if not item:
            time.sleep(HEAD)
            self.behind_head = self.issued
        return item

    async def consume_async(self, results: Callable[[], Results[int]]) -> None:
        """Consume everything, on a loop."""
        async with results() as stream:
            async for _ in stream:
                self.consumed += 1

    def consume(self, results: Callable[[], Iterator[int]]) -> None:
        """Consume everything, in plain code."""
        for _ in results():
            self.consumed += 1


def print_head_of_line(count: int) -> None:
    """Print how many items each map issues ahead of its consumer, behind a slow first item."""
    rows = []
    for limit, buffer in WINDOWS:
        for way, run in HEADS.items():
            ledger = Ledger()
            run(ledger, count, (limit, buffer))
            assert ledger.consumed == count, way
            within = "met" if ledger.most <= limit + buffer else "MISSED"
            rows.append([
                way, str(limit), str(buffer), str(ledger.behind_head), f"{ledger.most} {within}"
            ])  # fmt: skip
    print_table(
        f"Items issued and not consumed, {count} items, the first takes {HEAD * 1e3:.0f} ms; "
        "bar: limit + buffer",
        ["map", "limit", "buffer", "behind the head", "most ever"],
        rows,
    )


def head_of_amap(ledger: Ledger, count: int, window: Window) -> Results[int]:
    """Map with a coroutine that is slow at first."""
    limit, buffer = window
    return amap(ledger.wait, ledger.items(count), limit=limit, buffer=buffer)


def head_of_thread_map(ledger: Ledger, count: int, window: Window) -> Results[int]:
    """Map with a function that is slow at first."""
    limit, buffer = window
    return thread_map(ledger.block, ledger.items(count), limit=limit, buffer=buffer)


def head_of_sync(ledger: Ledger, count: int, window: Window) -> None:
    """Map in plain code with a function that is slow at first."""
    limit, buffer = window
    ledger.consume(
        lambda: sync.thread_map(ledger.block, ledger.items(count), limit=limit, buffer=buffer)
    )


def head_on_asyncio(
    results: Callable[[Ledger, int, Window], Results[int]],
    ledger: Ledger,
    count: int,
    window: Window,
) -> None:
    """Consume on asyncio's loop."""
    asyncio.run(ledger.consume_async(partial(results, ledger, count, window)))


def head_on_trio(
    results: Callable[[Ledger, int, Window], Results[int]],
    ledger: Ledger,
    count: int,
    window: Window,
) -> None:
    """Consume on Trio's loop."""
    trio.run(ledger.consume_async, partial(results, ledger, count, window))


HEADS: Final[dict[str, Callable[[Ledger, int, Window], None]]] = {
    "amap, asyncio": partial(head_on_asyncio, head_of_amap),
    "amap, Trio": partial(head_on_trio, head_of_amap),
    "thread_map, asyncio": partial(head_on_asyncio, head_of_thread_map),
    "thread_map, Trio": partial(head_on_trio, head_of_thread_map),
    "sync.thread_map": head_of_sync,
}
