"""Ways that measure themselves, in turns; a table of them; bars that are judged in pairs."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, cpu, medians, wall
from _common import milliseconds, print_table, return_memory, rounds
from _net_work import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from _video_report import Bar
    from _video_work import Figures

    Measure = Callable[[], Figures]
    Ways = Mapping[str, Measure]
    Found = dict[str, Figures]
    Work = Callable[..., Awaitable[Any]]

OURS: Final = "rp_text"
# For each round, so many pairs of ours and the peer of the bar.
PAIRS: Final = 4
LEAST: Final = 3
LEAST_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Table:
    """One question.

    Attributes:
        title: What is measured.
        ways: The rows, ours and the peers.
        bars: What should be reached, each by one row of one peer.
        limit: Says, of what was measured, what the physical limit is.
        unit: That of the times.
        write: Writes a time in that unit.
        more: Further columns, by their heads.
        seconds: About how long the rounds may take, and each bar; there are at least two rounds,
            and three pairs.
    """

    title: str
    ways: Ways
    bars: tuple[Bar, ...]
    limit: Callable[[Found], str]
    unit: str = "ms"
    write: Callable[[float], str] = milliseconds
    more: Mapping[str, Callable[[Figures, Found], str]] | None = None
    seconds: float = 4


def timed(
    call: Callable[..., Any],
    *given: object,
    check: Callable[[Any], object] | None = None,
    before: Callable[[], object] | None = None,
    times: int = 1,
    per: int = 1,
) -> Measure:
    """Return what measures a call.

    Args:
        call: What is called.
        *given: Its arguments.
        check: Refuses a result that is not what it should be, untimed.
        before: Is called before, untimed.
        times: How many calls are measured together.
        per: How many things one call does; the figures are those of one thing.
    """

    def measure() -> Figures:
        if before:
            before()
        _clean()
        clock = Clock()
        for _ in range(times):
            result = call(*given)
        figures = _read(clock, times * per)
        if check:
            check(result)
        return figures

    return measure


def timed_on(
    run: Callable[[Work], Any],
    work: Work,
    *given: object,
    check: Callable[[Any], object] | None = None,
    before: Callable[[], object] | None = None,
    times: int = 1,
    per: int = 1,
) -> Measure:
    """Return what measures a coroutine function, as `timed`, inside an event loop that runs."""

    async def measured() -> tuple[Any, Figures]:
        clock = Clock()
        for _ in range(times):
            result = await work(*given)
        return result, _read(clock, times * per)

    def measure() -> Figures:
        if before:
            before()
        _clean()
        result, figures = run(measured)
        if check:
            check(result)
        found: Figures = figures
        return found

    return measure


def _clean() -> None:
    gc.collect()
    return_memory()


def _read(clock: Clock, count: int) -> Figures:
    measured = clock.read(1)
    return {"wall": measured.wall / count, "cpu": measured.cpu / count}


def on_asyncio(work: Work) -> Any:
    """Run a coroutine function on the loop of the standard library."""
    return asyncio.run(work())  # type: ignore[arg-type]


def on_trio(work: Work) -> Any:
    """Run a coroutine function on Trio."""
    import trio

    return trio.run(work)


def on_uvloop(work: Work) -> Any:
    """Run a coroutine function on uvloop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())  # type: ignore[arg-type]


def ask(table: Table, repeats: int) -> Found:
    """Measure all ways in turns, after one of each, and print the table and what became of bars.

    Returns:
        Of each way the medians of its figures; those that fail are left out.
    """
    able = {name: way for name, way in table.ways.items() if _is_able(table.title, name, way)}
    taken: dict[str, list[Figures]] = {name: [] for name in able}
    end, done = time.monotonic() + table.seconds, 0
    while done < repeats and (done < LEAST_ROUNDS or time.monotonic() < end):
        # Each round begins one further, and every other one goes backwards.
        for name in list(rounds(list(able), done + 1))[-len(able) :]:
            taken[name].append(able[name]())
        done += 1
    found = {name: medians(figures) for name, figures in taken.items()}
    _print(table, found, done)
    print()
    for bar in table.bars:
        print(f"{bar.ours}: {_judged(table, able, bar, PAIRS * repeats)}.", flush=True)
    print(f"Physical limit: {table.limit(found)}", flush=True)
    return found


def _is_able(title: str, name: str, way: Measure) -> bool:
    try:
        way()
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"{name} is left out of “{title}”: {reason}", flush=True)
        return False
    return True


def _print(table: Table, found: Found, done: int) -> None:
    best = min((wall(it) for name, it in found.items() if is_peer(name)), default=0)
    more = table.more or {}
    rows = []
    for name, it in found.items():
        ratio = best / wall(it)
        shown = f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"
        times = [table.write(wall(it)), table.write(cpu(it)), shown]
        rows.append([name, *times, *(write(it, found) for write in more.values())])
    heads = [f"wall, {table.unit}", f"CPU, {table.unit}", "best peer / it", *more]
    print_table(f"{table.title}; median of {done}", ["way", *heads], rows)


def is_peer(name: str) -> bool:
    """Return whether a row is neither ours nor a limit."""
    return not name.startswith((OURS, LIMIT))


def _judged(table: Table, able: Ways, bar: Bar, pairs: int) -> str:
    """Measure ours and a peer again, in pairs, and say whether the bar is met.

    What else the machine does slows both of a pair; the median of the ratios is then steadier than
    the ratio of the medians.
    """
    (peer,) = bar.of
    if missing := {bar.ours, peer} - set(able):
        return f"bar {bar.most:.3g} of {peer} not judged: left out: {', '.join(sorted(missing))}"
    ratios: list[float] = []
    end = time.monotonic() + table.seconds
    while len(ratios) < pairs and (len(ratios) < LEAST or time.monotonic() < end):
        pair = (bar.ours, peer) if len(ratios) % 2 else (peer, bar.ours)
        took = {name: bar.figure(able[name]()) for name in pair}
        ratios.append(took[bar.ours] / took[peer])
    ratio = median(ratios)
    figures = ({"wall": it, "cpu": it} for it in (ratio, 1.0))
    told = bar.judge(dict(zip((bar.ours, peer), figures, strict=True)))
    low, _, high = quantiles([1 / it if bar.as_speed else it for it in ratios])
    return f"{told} (median of {len(ratios)} pairs in turns, half within {low:.2f} to {high:.2f})"


def micro(seconds: float) -> str:
    """Write a time in microseconds."""
    return f"{seconds * 1e6:.2f}"


def nano(seconds: float) -> str:
    """Write a time in nanoseconds."""
    value = seconds * 1e9
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"
