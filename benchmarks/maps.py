"""What do the maps cost per item, and what do they hold in memory?

Ours and the peers map the same items in one process, in turns; a loop is started outside the clock.
Every result is checked. A peer's pool of threads is measured both new, created within the call, and
warm, created before: the faster of the two is the one that ours are compared with. Ours are called
as they are. rp_core keeps its threads for some seconds, so they are warm after a first call, which
is measured as well, in fresh processes.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import _map_loop
import _map_pool
import _map_sleep
import _map_threads
from _common import describe_machine, read_options
from _map_bench import LIMIT, Bar, Unit, measure, per_item, print_comparison
from _map_memory import print_head_of_line, print_peaks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _common import Options
    from _map_bench import Contender

LIBRARIES: Final = ("rp-core", "streamable", "aiometer", "aiostream", "aioitertools", "anyio",
                    "trio", "uvloop")  # fmt: skip
MILLISECONDS: Final = Unit("ms", 1e3)
MEMORY_REPEATS: Final = 3


def compare(
    title: str,
    contenders: Sequence[Contender],
    count: int,
    repeats: int,
    bars: Sequence[Bar],
    *,
    unit: Unit | None = None,
) -> None:
    """Measure one table and print it."""
    taken = measure(contenders, [item + 1 for item in range(count)], repeats)
    whole = f"{title}; {count} items, median of {repeats}"
    print_comparison(whole, contenders, taken, unit or per_item(count), bars)


def compare_loops(options: Options) -> None:
    """Compare the maps of coroutine functions."""
    count = 2_000 if options.quick else 10_000
    items = range(count)
    what = f"Coroutine that yields once, limit {LIMIT}"
    asyncio_map = _map_loop.asyncio_contenders(items)
    compare(f"{what}, asyncio", asyncio_map, count, repeats=options.repeats, bars=[Bar(0.5)])
    fast = with_uvloop(items)
    if fast:
        compare(f"{what}, uvloop", fast, count, repeats=options.repeats, bars=[Bar(0.5)])
    trio_map = _map_loop.trio_contenders(items)
    compare(f"{what}, Trio", trio_map, count, repeats=options.repeats, bars=[Bar(0.5, "aiometer")])
    print(
        f"\nPhysical limit: {LIMIT} tasks that pull from one iterator and write into one list, "
        "which can neither stream nor hold back; the last row."
    )


def with_uvloop(items: Sequence[int]) -> list[Contender]:
    """Return the contenders on uvloop, or none where it is not installed."""
    try:
        import uvloop
    except ImportError:
        return []
    return _map_loop.asyncio_contenders(items, uvloop.new_event_loop)


def compare_threads(options: Options) -> None:
    """Compare the maps of blocking functions."""
    count = 2_000 if options.quick else 10_000
    with ExitStack() as held:
        compare(
            f"Blocking no-op, limit {LIMIT}",
            _map_threads.contenders(range(count), held),
            count,
            repeats=options.repeats,
            bars=[Bar(0.5, "ThreadPoolExecutor.map"), Bar(0.2, "to_thread + Semaphore")],
        )
    print(
        f"\nPhysical limit: a plain loop. {LIMIT} threads that pull from one iterator without a "
        "lock come next, when they are there. asyncio.to_thread has CPUs + 4 threads by default."
    )


def compare_sleeps(options: Options) -> None:
    """Compare the maps where items wait."""
    count = 500 if options.quick else 2_000
    with ExitStack() as held:
        compare(
            f"Items of {_map_sleep.PAUSE * 1e3:.0f} ms, limit {LIMIT}",
            _map_sleep.contenders(range(count), held),
            count,
            repeats=options.repeats,
            bars=[Bar(1.5, _map_sleep.IDEAL)],
            unit=MILLISECONDS,
        )
    print(
        "\nPhysical limit: the ideal. What the clocks of the loops and of the system add to it is "
        "in the limits of 32 tasks and of 32 threads."
    )


def compare_memory(options: Options) -> None:
    """Show that memory is flat and that the window holds."""
    many = 100_000 if options.quick else 1_000_000
    print_peaks(10_000, many, 1 if options.quick else min(options.repeats, MEMORY_REPEATS))
    print_head_of_line(2_000)
    print("\nPhysical limit: no growth at all; and no item ahead of the calls that run.")


def compare_pools(options: Options) -> None:
    """Compare the maps that use a process pool."""
    count = 5_000 if options.quick else 20_000
    chunk, processes = _map_pool.CHUNK, _map_pool.PROCESSES
    with ExitStack() as held:
        compare(
            f"No-op in one warm pool of {processes} processes, {chunk} items a submission; CPU of "
            "this process alone",
            _map_pool.contenders(range(count), held),
            count,
            repeats=options.repeats,
            bars=[Bar(1.2, "ProcessPoolExecutor.map")],
        )
    print("\nPhysical limit: pickling the chunks; two pipes and two processes come on top.")


TABLES: Final[dict[str, Callable[[Options], None]]] = {
    "loop": compare_loops,
    "threads": compare_threads,
    "sleep": compare_sleeps,
    "memory": compare_memory,
    "pool": compare_pools,
}


def main() -> None:
    """Print every table, or one."""
    options = read_options("The maps, per item.", repeats=11, quick_repeats=3, tables=list(TABLES))
    print(describe_machine(*LIBRARIES))
    for name in [options.only] if options.only else TABLES:
        TABLES[name](options)


if __name__ == "__main__":
    main()
