"""Small GETs, many at a time: ours and the peers."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock, Job, Measured, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SIZE: Final = 1000
FILE: Final = "small"
WARM_UP: Final = 0.3


async def hammer(get: Callable[[], Awaitable[bytes]], job: Job) -> Measured:
    """Ask over and over, so many at a time, until the time is over; warm up before."""

    async def work(deadline: float) -> int:
        count = 0
        while time.perf_counter() < deadline:
            _check(await get())
            count += 1
        return count

    async def hammer_for(seconds: float) -> int:
        deadline = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(work(deadline) for _ in range(job.limit))))

    await hammer_for(WARM_UP)
    clock = Clock()
    return clock.read(await hammer_for(job.seconds))


def hammer_in_threads(get: Callable[[], bytes], job: Job) -> Measured:
    """Ask over and over in so many threads, until the time is over; warm up before."""

    def work(deadline: float) -> int:
        count = 0
        while time.perf_counter() < deadline:
            _check(get())
            count += 1
        return count

    with ThreadPoolExecutor(job.limit) as pool:

        def hammer_for(seconds: float) -> int:
            deadline = time.perf_counter() + seconds
            return sum(pool.map(work, [deadline] * job.limit))

        hammer_for(WARM_UP)
        clock = Clock()
        return clock.read(hammer_for(job.seconds))


def _check(body: bytes) -> None:
    if len(body) != SIZE:
        raise ValueError(f"{len(body)} bytes instead of {SIZE}")


def ours(backend: str) -> Way:
    """Make the way through our whole client, on one of its backends."""

    async def run(job: Job) -> Measured:
        rp_net: Any = import_module("rp_net")
        async with rp_net.Client(backend=backend, retries=0) as client:

            async def get() -> bytes:
                content: bytes = (await client.get(f"{job.url}/{FILE}")).content
                return content

            return await hammer(get, job)

    return Way(lambda job: asyncio.run(run(job)), ("rp_net", *needs_of(backend)))


def needs_of(backend: str) -> tuple[str, ...]:
    """Return the modules that one of our backends stands on."""
    return () if backend in {"stdlib", "auto"} else (backend,)


def with_httpx(module: str, **limits: int) -> Way:
    """Make the way by httpx or by its successor, which has the same interface."""

    async def run(job: Job) -> Measured:
        httpx: Any = import_module(module)
        given = {"limits": httpx.Limits(**limits)} if limits else {}
        async with httpx.AsyncClient(**given) as client:

            async def get() -> bytes:
                content: bytes = (await client.get(f"{job.url}/{FILE}")).content
                return content

            return await hammer(get, job)

    return Way(lambda job: asyncio.run(run(job)), (module,))


async def by_aiohttp(job: Job) -> Measured:
    """Ask by aiohttp."""
    aiohttp: Any = import_module("aiohttp")
    connector = aiohttp.TCPConnector(limit=job.limit)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get() -> bytes:
            async with session.get(f"{job.url}/{FILE}") as response:
                content: bytes = await response.read()
                return content

        return await hammer(get, job)


async def by_niquests(job: Job) -> Measured:
    """Ask by niquests."""
    niquests: Any = import_module("niquests")
    async with niquests.AsyncSession(pool_maxsize=job.limit) as session:

        async def get() -> bytes:
            content: bytes = (await session.get(f"{job.url}/{FILE}")).content
            return content

        return await hammer(get, job)


def import_urllib3() -> Any:
    """Return urllib3, which urllib3-future, a requirement of niquests, overwrites with itself.

    Raises:
        RuntimeError: It has; what stands on requests would be measured on the fork too.
    """
    urllib3: Any = import_module("urllib3")
    if urllib3.__version__ != version("urllib3"):
        raise RuntimeError(
            "urllib3 is overwritten by urllib3-future; with URLLIB3_NO_OVERRIDE=1 install niquests "
            "by --no-binary urllib3-future"
        )
    return urllib3


def by_urllib3(job: Job) -> Measured:
    """Ask by urllib3 in threads."""
    with import_urllib3().PoolManager(maxsize=job.limit, block=True) as pool:
        return hammer_in_threads(lambda: pool.request("GET", f"{job.url}/{FILE}").data, job)


WAYS: Final[dict[str, Way]] = {
    "rp_net, aiohttp": ours("aiohttp"),
    "rp_net, httpx2": ours("httpx2"),
    "rp_net, httpx": ours("httpx"),
    "rp_net, stdlib": ours("stdlib"),
    "aiohttp": Way(lambda job: asyncio.run(by_aiohttp(job)), ("aiohttp",)),
    "httpx2": with_httpx("httpx2"),
    "httpx": with_httpx("httpx"),
    "httpx, keeps all connections": with_httpx(
        "httpx", max_connections=100, max_keepalive_connections=100
    ),
    "niquests": Way(lambda job: asyncio.run(by_niquests(job)), ("niquests",)),
    "urllib3 + threads": Way(by_urllib3, ("urllib3",)),
}
