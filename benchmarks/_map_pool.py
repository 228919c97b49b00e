"""Ways to map a function over items in two processes, 64 items at a time."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

from _map_bench import Contender, on_asyncio, on_trio, plain
from _map_threads import no_op

from rp_core import sync, thread_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

CHUNK: Final = 64
PROCESSES: Final = 2


def ours_plain(items: Sequence[int], pool: ProcessPoolExecutor) -> list[int]:
    """List the results, without an event loop."""
    return list(sync.thread_map(no_op, items, executor=pool, chunk=CHUNK))


async def ours(items: Sequence[int], pool: ProcessPoolExecutor) -> list[int]:
    """Await the list."""
    return await thread_map(no_op, items, executor=pool, chunk=CHUNK)


async def ours_streamed(items: Sequence[int], pool: ProcessPoolExecutor) -> list[int]:
    """Loop over the stream."""
    results = thread_map(no_op, items, executor=pool, chunk=CHUNK)
    return [result async for result in results]


def by_executor(items: Sequence[int], pool: ProcessPoolExecutor) -> list[int]:
    """Map with the executor's own map."""
    return list(pool.map(no_op, items, chunksize=CHUNK))


def by_pickle(items: Sequence[int]) -> list[int]:
    """Pickle and unpickle every chunk there and back, in this process."""
    results: list[int] = []
    for start in range(0, len(items), CHUNK):
        step, chunk = pickle.loads(pickle.dumps((no_op, list(items[start : start + CHUNK]))))
        results += pickle.loads(pickle.dumps([step(item) for item in chunk]))
    return results


def contenders(items: Sequence[int], held: ExitStack) -> list[Contender]:
    """Return all, on one pool of warm processes that lives as long as `held`."""
    context = multiprocessing.get_context("spawn")
    pool = held.enter_context(ProcessPoolExecutor(PROCESSES, mp_context=context))
    awaited = partial(ours, items, pool)
    streamed = partial(ours_streamed, items, pool)
    return [
        Contender("sync.thread_map", plain(partial(ours_plain, items, pool)), "ours"),
        Contender("await thread_map, asyncio", on_asyncio(awaited), "ours"),
        Contender("await thread_map, Trio", on_trio(awaited), "ours"),
        Contender("async for thread_map, asyncio", on_asyncio(streamed), "ours"),
        Contender("async for thread_map, Trio", on_trio(streamed), "ours"),
        Contender("ProcessPoolExecutor.map", plain(partial(by_executor, items, pool)), "peer"),
        Contender("limit: pickling the chunks", plain(partial(by_pickle, items)), "limit"),
    ]
