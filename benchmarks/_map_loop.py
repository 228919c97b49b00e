"""Ways to map a coroutine function over items, at most 32 at a time: ours, peers and the floor."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import aiometer
import aiostream
import anyio
import trio
from _map_bench import LIMIT, Contender, on_asyncio, on_trio
from aioitertools.asyncio import gather as aioitertools_gather
from streamable import stream

from rp_core import amap

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from typing import Any

    from _map_bench import Timed, Work

    Step = Callable[[int], Coroutine[Any, Any, int]]
    Way = Callable[[Step, Sequence[int]], Coroutine[Any, Any, list[int]]]

UNBOUNDED: Final = "anyio.amap (no limit)"
UNORDERED: Final = "aiometer.amap (unordered)"


async def ours(step: Step, items: Sequence[int]) -> list[int]:
    """Await the list."""
    return await amap(step, items, limit=LIMIT)


async def ours_streamed(step: Step, items: Sequence[int]) -> list[int]:
    """Consume one by one."""
    async with amap(step, items, limit=LIMIT) as results:
        return [result async for result in results]


async def by_aiometer(step: Step, items: Sequence[int]) -> list[int]:
    """Run all with aiometer, in order."""
    return await aiometer.run_all([partial(step, item) for item in items], max_at_once=LIMIT)


async def by_aiometer_amap(step: Step, items: Sequence[int]) -> list[int]:
    """Stream with aiometer, results as they come."""
    async with aiometer.amap(step, items, max_at_once=LIMIT) as results:
        return [result async for result in results]


async def by_anyio(step: Step, items: Sequence[int]) -> list[int]:
    """Start a task for every item at once."""
    return await anyio.amap(step, items)


async def by_streamable(step: Step, items: Sequence[int]) -> list[int]:
    """Stream with streamable."""
    return [result async for result in stream(items).map(step, concurrency=LIMIT)]


async def by_gather(step: Step, items: Sequence[int]) -> list[int]:
    """Gather tasks that wait for a semaphore."""
    slots = asyncio.Semaphore(LIMIT)

    async def guarded(item: int) -> int:
        async with slots:
            return await step(item)

    return await asyncio.gather(*(guarded(item) for item in items))


async def by_aiostream(step: Step, items: Sequence[int]) -> list[int]:
    """Stream with aiostream, in order."""
    source: Any = aiostream.stream.iterate(items)
    mapped: Any = aiostream.stream.map(source, step, task_limit=LIMIT)
    result: Any = await aiostream.stream.list(mapped)
    return list(result)


async def by_aioitertools(step: Step, items: Sequence[int]) -> list[int]:
    """Gather with aioitertools, which has a limit."""
    return await aioitertools_gather(*(step(item) for item in items), limit=LIMIT)


async def floor_asyncio(step: Step, items: Sequence[int]) -> list[int]:
    """Let 32 tasks pull from one iterator into one list."""
    results, source = [0] * len(items), enumerate(items)
    async with asyncio.TaskGroup() as group:
        for _ in range(LIMIT):
            group.create_task(pull(step, source, results))
    return results


async def floor_trio(step: Step, items: Sequence[int]) -> list[int]:
    """Let 32 tasks pull from one iterator into one list."""
    results, source = [0] * len(items), enumerate(items)
    async with trio.open_nursery() as nursery:
        for _ in range(LIMIT):
            nursery.start_soon(pull, step, source, results)
    return results


async def pull(step: Step, source: Iterator[tuple[int, int]], results: list[int]) -> None:
    """Work until the source is empty."""
    for index, item in source:
        results[index] = await step(item)


OURS: Final[dict[str, Way]] = {"await amap": ours, "async with amap": ours_streamed}
NEUTRAL: Final[dict[str, Way]] = {
    "aiometer.run_all": by_aiometer,
    UNORDERED: by_aiometer_amap,
    UNBOUNDED: by_anyio,
}
ASYNCIO: Final[dict[str, Way]] = {
    "streamable": by_streamable,
    "gather + Semaphore": by_gather,
    "aioitertools.gather": by_aioitertools,
    **NEUTRAL,
    "aiostream": by_aiostream,
}


async def yield_to_asyncio(item: int) -> int:
    """Yield to asyncio's loop once."""
    await asyncio.sleep(0)
    return item + 1


async def yield_to_trio(item: int) -> int:
    """Yield to Trio's loop once."""
    await trio.lowlevel.checkpoint()
    return item + 1


def asyncio_contenders(
    items: Sequence[int], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> list[Contender]:
    """Return all that run on asyncio's loop, or on another loop with its interface."""
    return contenders(
        partial(on_asyncio, loop_factory=loop_factory),
        yield_to_asyncio,
        items,
        peers=ASYNCIO,
        floor=floor_asyncio,
    )


def trio_contenders(items: Sequence[int]) -> list[Contender]:
    """Return all that run on Trio's loop."""
    return contenders(on_trio, yield_to_trio, items, peers=NEUTRAL, floor=floor_trio)


def contenders(
    loop: Callable[[Work], Callable[[], Timed]],
    step: Step,
    items: Sequence[int],
    *,
    peers: dict[str, Way],
    floor: Way,
) -> list[Contender]:
    """Return ours, the peers and the floor, each to be run on one kind of loop."""

    def run(way: Way) -> Callable[[], Timed]:
        return loop(partial(way, step, items))

    return [
        *(Contender(name, run(way), "ours") for name, way in OURS.items()),
        *(
            Contender(name, run(way), "peer", ordered=name != UNORDERED)
            for name, way in peers.items()
        ),
        Contender("limit: 32 tasks, one iterator", run(floor), "limit"),
    ]
