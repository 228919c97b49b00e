"""Stream N items through one map and print its peak memory: `python _map_child.py <way> <N>`.

The address space is limited, so a map that holds on to its items does not finish. Printed: the most
bytes that were resident at once, and the seconds that the stream took. Linux.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import trio
from _map_bench import LIMIT
from streamable import stream

from rp_core import amap, sync, thread_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Results

ADDRESS_SPACE: Final = 700_000_000


async def at_once(item: int) -> int:
    """Return without a pause."""
    return item


def no_op(item: int) -> int:
    """Return at once."""
    return item


async def consume(results: Results[int]) -> int:
    """Add all up, and keep none."""
    total = 0
    async with results as opened:
        async for result in opened:
            total += result
    return total


async def by_amap(count: int) -> int:
    """Stream through amap."""
    return await consume(amap(at_once, range(count), limit=LIMIT))


async def by_thread_map(count: int) -> int:
    """Stream through thread_map."""
    return await consume(thread_map(no_op, range(count), limit=LIMIT))


def by_sync_thread_map(count: int) -> int:
    """Stream through the plain thread_map."""
    return sum(sync.thread_map(no_op, range(count), limit=LIMIT))


def by_streamable(count: int) -> int:
    """Stream through streamable's threads."""
    return sum(stream(range(count)).map(no_op, concurrency=LIMIT))


def by_executor(count: int) -> int:
    """Stream through an executor's map, which submits everything first."""
    with ThreadPoolExecutor(LIMIT) as pool:
        return sum(pool.map(no_op, range(count)))


WAYS: Final[dict[str, Callable[[int], int]]] = {
    "amap, asyncio": lambda count: asyncio.run(by_amap(count)),
    "amap, Trio": lambda count: trio.run(by_amap, count),
    "thread_map, asyncio": lambda count: asyncio.run(by_thread_map(count)),
    "thread_map, Trio": lambda count: trio.run(by_thread_map, count),
    "sync.thread_map": by_sync_thread_map,
    "streamable, threads": by_streamable,
    "ThreadPoolExecutor.map": by_executor,
}
PEERS: Final = ("streamable, threads", "ThreadPoolExecutor.map")


def peak_memory() -> int:
    """Return the most bytes that were resident at once."""
    status = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmHWM"].split()[0]) << 10


def main() -> None:
    """Stream within the address space, check the sum, and print the peak and the time."""
    way, count = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    began = time.perf_counter()
    total = WAYS[way](count)
    took = time.perf_counter() - began
    assert total == count * (count - 1) // 2, total
    print(peak_memory(), took)


if __name__ == "__main__":
    main()
