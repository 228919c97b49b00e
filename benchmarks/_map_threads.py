"""Ways to map a blocking function over items in 32 threads: ours, peers and the floor."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread
from _common import Sample
from _map_bench import LIMIT, Contender, Timed, on_asyncio, on_runner, on_trio, plain
from streamable import stream

from rp_core import sync, thread_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import ExitStack

    Step = Callable[[int], int]
    Way = Callable[[Step, Sequence[int]], list[int]]

COLD: Final = Path(__file__).with_name("_map_cold.py")


async def ours(step: Step, items: Sequence[int]) -> list[int]:
    """Await the list."""
    return await thread_map(step, items, limit=LIMIT)


def ours_plain(step: Step, items: Sequence[int]) -> list[int]:
    """List the results, without an event loop."""
    return list(sync.thread_map(step, items, limit=LIMIT))


def in_executor(step: Step, items: Sequence[int], pool: ThreadPoolExecutor) -> list[int]:
    """Map in a pool that is there."""
    return list(pool.map(step, items))


def in_new_executor(step: Step, items: Sequence[int]) -> list[int]:
    """Map in a pool that lives for this call."""
    with ThreadPoolExecutor(LIMIT) as pool:
        return in_executor(step, items, pool)


def in_pool(step: Step, items: Sequence[int], pool: ThreadPool) -> list[int]:
    """Map in a pool that is there."""
    return list(pool.imap(step, items))


def in_new_pool(step: Step, items: Sequence[int]) -> list[int]:
    """Map in a pool that lives for this call."""
    with ThreadPool(LIMIT) as pool:
        return in_pool(step, items, pool)


def by_streamable(
    step: Step, items: Sequence[int], pool: ThreadPoolExecutor | int = LIMIT
) -> list[int]:
    """Map with streamable: in a pool that is there, or in one of its own."""
    return list(stream(items).map(step, concurrency=pool))


async def by_to_thread(step: Step, items: Sequence[int]) -> list[int]:
    """Gather calls of asyncio.to_thread that wait for a semaphore."""
    slots = asyncio.Semaphore(LIMIT)

    async def guarded(item: int) -> int:
        async with slots:
            return await asyncio.to_thread(step, item)

    return await asyncio.gather(*(guarded(item) for item in items))


async def by_anyio(step: Step, items: Sequence[int]) -> list[int]:
    """Let 32 tasks send their items to anyio's threads one by one."""
    results, source = [0] * len(items), enumerate(items)
    limiter = anyio.CapacityLimiter(LIMIT)

    async def pull_async() -> None:
        for index, item in source:
            results[index] = await anyio.to_thread.run_sync(step, item, limiter=limiter)

    async with anyio.create_task_group() as group:
        for _ in range(LIMIT):
            group.start_soon(pull_async)
    return results


def floor(step: Step, items: Sequence[int]) -> list[int]:
    """Let 32 threads pull from one iterator into one list."""
    results, source = [0] * len(items), enumerate(items)
    threads = [Thread(target=pull, args=(step, source, results)) for _ in range(LIMIT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def pull(step: Step, source: Iterator[tuple[int, int]], results: list[int]) -> None:
    """Work until the source is empty; `enumerate` of a range needs no lock under the GIL."""
    for index, item in source:
        results[index] = step(item)


def in_line(step: Step, items: Sequence[int]) -> list[int]:
    """Call in this thread."""
    return [step(item) for item in items]


def no_op(item: int) -> int:
    """Return at once."""
    return item + 1


def warm(pool: ThreadPoolExecutor) -> ThreadPoolExecutor:
    """Start all threads of a pool."""
    together = Barrier(LIMIT)
    list(pool.map(lambda _: together.wait(), range(LIMIT)))
    return pool


def contenders(items: Sequence[int], held: ExitStack) -> list[Contender]:
    """Return all; the pools that are warm live as long as `held`."""
    ours_all = [*our_contenders(no_op, items), *cold_contenders(items)]
    return [*ours_all, *peers(items, held), *limits(items)]


def our_contenders(step: Step, items: Sequence[int]) -> list[Contender]:
    """Return ours on each face and loop."""
    awaited = partial(ours, step, items)
    return [
        Contender("sync.thread_map", plain(partial(ours_plain, step, items)), "ours"),
        Contender("await thread_map, asyncio", on_asyncio(awaited), "ours"),
        Contender("await thread_map, Trio", on_trio(awaited), "ours"),
    ]


def cold_contenders(items: Sequence[int]) -> list[Contender]:
    """Return ours in fresh processes, where they have to start their threads."""
    faces = {
        "sync.thread_map": "plain",
        "await thread_map, asyncio": "asyncio",
        "await thread_map, Trio": "trio",
    }
    return [
        Contender(f"{name}, first call", partial(run_cold, face, items), "ours")
        for name, face in faces.items()
    ]


def run_cold(face: str, items: Sequence[int]) -> Timed:
    """Run a fresh process, which checks its result itself."""
    command = [sys.executable, str(COLD), face, str(len(items))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, cpu = map(float, done.stdout.split())
    return Timed(Sample(wall, cpu), in_line(no_op, items))


def peers(items: Sequence[int], held: ExitStack) -> list[Contender]:
    """Return the peers, each with a new pool and with a warm one."""
    executor = warm(held.enter_context(ThreadPoolExecutor(LIMIT)))
    pool = held.enter_context(ThreadPool(LIMIT))
    small, large = (held.enter_context(asyncio.Runner()) for _ in range(2))
    large.get_loop().set_default_executor(warm(ThreadPoolExecutor(LIMIT)))
    plain_ways: dict[str, Callable[..., list[int]]] = {
        "ThreadPoolExecutor.map, new": in_new_executor,
        "ThreadPoolExecutor.map, warm": partial(in_executor, pool=executor),
        "ThreadPool.imap, new": in_new_pool,
        "ThreadPool.imap, warm": partial(in_pool, pool=pool),
        "streamable, new": by_streamable,
        "streamable, warm": partial(by_streamable, pool=executor),
    }
    to_thread, by_anyio_once = partial(by_to_thread, no_op, items), partial(by_anyio, no_op, items)
    runs = {
        **{name: plain(partial(way, no_op, items)) for name, way in plain_ways.items()},
        "to_thread + Semaphore, new": on_asyncio(to_thread),
        "to_thread + Semaphore, warm": on_runner(small, to_thread),
        "to_thread + Semaphore, warm, 32 threads": on_runner(large, to_thread),
        "anyio.to_thread, asyncio": on_asyncio(by_anyio_once),
        "anyio.to_thread, Trio": on_trio(by_anyio_once),
    }
    return [Contender(name, run, "peer") for name, run in runs.items()]


def limits(items: Sequence[int]) -> list[Contender]:
    """Return the practical limit and the physical one."""
    ways = {"limit: 32 new threads, one iterator": floor, "limit: a plain loop": in_line}
    return [
        Contender(name, plain(partial(way, no_op, items)), "limit") for name, way in ways.items()
    ]
