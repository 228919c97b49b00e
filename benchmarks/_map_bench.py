"""How the contenders of one table about maps are run, checked, timed and compared."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import trio
from _common import Sample, medians, print_table, return_memory, rounds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    Work = Callable[[], Awaitable[list[int]]]
    Role = Literal["ours", "peer", "limit"]

LIMIT: Final = 32


class Timed(NamedTuple):
    """What one run took, and what came out."""

    sample: Sample
    result: list[int]


class Unit(NamedTuple):
    """In what times are written: a name, and how many of it are in a second."""

    name: str
    scale: float


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of a table."""

    name: str
    run: Callable[[], Timed]
    role: Role
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """Ours take at most `most` times what the fastest takes whose name begins with `of`."""

    most: float
    of: str = ""


def per_item(count: int) -> Unit:
    """Return microseconds for each of so many items."""
    return Unit("us/item", 1e6 / count)


def plain(work: Callable[[], list[int]]) -> Callable[[], Timed]:
    """Time plain code."""

    def run() -> Timed:
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        return Timed(Sample(time.perf_counter() - wall, time.process_time() - cpu), result)

    return run


def on_asyncio(
    work: Work, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> Callable[[], Timed]:
    """Time a coroutine function on a fresh loop of asyncio, which is started outside the clock."""

    def run() -> Timed:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(_clocked(work))

    return run


def on_runner(runner: asyncio.Runner, work: Work) -> Callable[[], Timed]:
    """Time a coroutine function on a loop that is kept, with its default executor."""
    return lambda: runner.run(_clocked(work))


def on_trio(work: Work) -> Callable[[], Timed]:
    """Time a coroutine function on a fresh loop of Trio, which is started outside the clock."""
    return lambda: trio.run(_clocked, work)


async def _clocked(work: Work) -> Timed:
    cpu, wall = time.process_time(), time.perf_counter()
    result = await work()
    return Timed(Sample(time.perf_counter() - wall, time.process_time() - cpu), result)


def measure(
    contenders: Sequence[Contender], expected: list[int], repeats: int
) -> dict[str, Sample]:
    """Run all in turns, after one warm-up, check every result, and return the medians."""
    named = {contender.name: contender for contender in contenders}
    samples: dict[str, list[Sample]] = {name: [] for name in named}
    for contender in contenders:
        run_once(contender, expected)
    for name in rounds(list(named), repeats):
        samples[name].append(run_once(named[name], expected))
    return {name: medians(taken) for name, taken in samples.items()}


def run_once(contender: Contender, expected: list[int]) -> Sample:
    """Run from returned memory, and check what comes out.

    Raises:
        AssertionError: The result is wrong.
    """
    gc.collect()
    return_memory()
    sample, result = contender.run()
    assert (result if contender.ordered else sorted(result)) == expected, contender.name
    return sample


def print_comparison(
    title: str,
    contenders: Sequence[Contender],
    taken: Mapping[str, Sample],
    unit: Unit,
    bars: Sequence[Bar],
) -> None:
    """Print a row for each contender: its times, and its ratios to the peers and to the bars."""
    peers = [contender.name for contender in contenders if contender.role == "peer"]
    others = [contender.name for contender in contenders if contender.role != "ours"]
    best_peer = min(taken[name].wall for name in peers)
    references = [
        min(taken[name].wall for name in (others if bar.of else peers) if name.startswith(bar.of))
        for bar in bars
    ]
    rows = []
    for contender in contenders:
        wall, cpu = taken[contender.name]
        judged = (
            judge(wall / reference, bar, contender)
            for bar, reference in zip(bars, references, strict=True)
        )
        times = (f"{seconds * unit.scale:.2f}" for seconds in (wall, cpu))
        rows.append([contender.name, *times, f"{best_peer / wall:.2f}", *judged])
    heads = (f"it / {bar.of or 'best peer'}, bar {bar.most}" for bar in bars)
    head = ["map", f"wall, {unit.name}", f"CPU, {unit.name}", "best peer / it", *heads]
    print_table(title, head, rows)


def judge(ratio: float, bar: Bar, contender: Contender) -> str:
    """Write a ratio, and for ours whether it meets the bar."""
    if contender.role != "ours":
        return f"{ratio:.2f}"
    return f"{ratio:.2f} {'met' if ratio <= bar.most else 'MISSED'}"
