"""Ways to wait for 2,000 items of 2 ms, 32 at a time."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import _map_loop as loops
import _map_threads as threads
import trio
from _common import Sample
from _map_bench import LIMIT, Contender, Timed, on_asyncio, on_trio, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from _map_bench import Role

PAUSE: Final = 0.002
IDEAL: Final = "ideal"


async def sleep_on_asyncio(item: int) -> int:
    """Wait on asyncio's loop."""
    await asyncio.sleep(PAUSE)
    return item + 1


async def sleep_on_trio(item: int) -> int:
    """Wait on Trio's loop."""
    await trio.sleep(PAUSE)
    return item + 1


def sleep_in_thread(item: int) -> int:
    """Wait in a thread."""
    time.sleep(PAUSE)
    return item + 1


def contenders(items: Sequence[int], held: ExitStack) -> list[Contender]:
    """Return ours, the peers, three floors with the clocks of this machine, and the ideal."""
    executor = threads.warm(held.enter_context(ThreadPoolExecutor(LIMIT)))
    runs: dict[str, tuple[Role, Callable[[], Timed]]] = {
        "amap, asyncio": ("ours", on_asyncio(partial(loops.ours, sleep_on_asyncio, items))),
        "amap, Trio": ("ours", on_trio(partial(loops.ours, sleep_on_trio, items))),
        **{
            contender.name: ("ours", contender.run)
            for contender in threads.our_contenders(sleep_in_thread, items)
        },
        "gather + Semaphore": (
            "peer",
            on_asyncio(partial(loops.by_gather, sleep_on_asyncio, items)),
        ),
        "ThreadPoolExecutor.map, new": (
            "peer",
            plain(partial(threads.in_new_executor, sleep_in_thread, items)),
        ),
        "ThreadPoolExecutor.map, warm": (
            "peer",
            plain(partial(threads.in_executor, sleep_in_thread, items, executor)),
        ),
        "limit: 32 tasks, asyncio": (
            "limit",
            on_asyncio(partial(loops.floor_asyncio, sleep_on_asyncio, items)),
        ),
        "limit: 32 tasks, Trio": (
            "limit",
            on_trio(partial(loops.floor_trio, sleep_on_trio, items)),
        ),
        "limit: 32 new threads": ("limit", plain(partial(threads.floor, sleep_in_thread, items))),
        IDEAL: ("limit", partial(ideal, items)),
    }
    return [Contender(name, run, role) for name, (role, run) in runs.items()]


def ideal(items: Sequence[int]) -> Timed:
    """Return what it would take if nothing but the pauses took time."""
    return Timed(Sample(PAUSE * len(items) / LIMIT, 0.0), [item + 1 for item in items])
