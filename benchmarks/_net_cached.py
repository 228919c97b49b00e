"""Hits of a cache of responses: ours and the peers."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _net_work import MEGA, Clock, Job, Measured, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FRESH: Final = {"fresh/1k": 1000, "fresh/1m": MEGA}
MAX_BYTES: Final = 100 * MEGA

# A body, and whether it came from the cache.
Answer = tuple[bytes, bool]


def _check(answer: Answer, name: str) -> None:
    body, hit = answer
    if len(body) != FRESH[name]:
        raise ValueError(f"{len(body)} bytes instead of {FRESH[name]}")
    if not hit:
        raise ValueError("not from the cache")


async def time_hits(get: Callable[[str], Awaitable[Answer]], job: Job, name: str) -> Measured:
    """Store a response, then ask for it over and over."""
    for _ in range(3):
        await get(f"{job.url}/{name}")
    clock = Clock()
    for _ in range(job.count):
        _check(await get(f"{job.url}/{name}"), name)
    return clock.read(job.count)


def ours(name: str, *, disk: bool) -> Way:
    """Make the way through our client with a cache in memory or on disk."""

    async def run(job: Job) -> Measured:
        rp_net: Any = import_module("rp_net")
        cache = rp_net.Cache(Path(job.folder) if disk else None, max_bytes=MAX_BYTES)
        async with rp_net.Client(backend="auto", cache=cache, retries=0) as client:

            async def get(url: str) -> Answer:
                response = await client.get(url)
                return response.content, response.from_cache

            return await time_hits(get, job, name)

    return Way(lambda job: asyncio.run(run(job)), ("rp_net",))


def hishel(name: str) -> Way:
    """Make the way by hishel as a private cache that keeps to the standard."""

    async def run(job: Job) -> Measured:
        module: Any = import_module("hishel")
        client_class: Any = import_module("hishel.httpx2").AsyncCacheClient
        storage = module.AsyncSqliteStorage(database_path=Path(job.folder, "hishel.db"))
        rules = module.CacheOptions(shared=False)
        async with client_class(storage=storage, rfc=rules) as client:

            async def get(url: str) -> Answer:
                response = await client.get(url)
                return response.content, response.extensions["caching"]["from_cache"]

            return await time_hits(get, job, name)

    return Way(lambda job: asyncio.run(run(job)), ("hishel", "httpx2"))


def requests_cache(name: str, backend: str) -> Way:
    """Make the way by requests-cache on one of its backends, which obeys the headers."""

    def run(job: Job) -> Measured:
        module: Any = import_module("requests_cache")
        place = str(Path(job.folder, "requests"))
        with module.CachedSession(place, backend=backend, cache_control=True) as session:

            async def get(url: str) -> Answer:
                response = session.get(url)
                return response.content, response.from_cache

            return asyncio.run(time_hits(get, job, name))

    return Way(run, ("requests_cache",))


SMALL: Final[dict[str, Way]] = {
    "rp_net, memory": ours("fresh/1k", disk=False),
    "rp_net, disk": ours("fresh/1k", disk=True),
    "hishel, SQLite": hishel("fresh/1k"),
    "requests-cache, memory": requests_cache("fresh/1k", "memory"),
    "requests-cache, SQLite": requests_cache("fresh/1k", "sqlite"),
    "requests-cache, files": requests_cache("fresh/1k", "filesystem"),
}
LARGE: Final[dict[str, Way]] = {
    "rp_net, memory": ours("fresh/1m", disk=False),
    "rp_net, disk": ours("fresh/1m", disk=True),
    "hishel, SQLite": hishel("fresh/1m"),
    "requests-cache, memory": requests_cache("fresh/1m", "memory"),
    "requests-cache, SQLite": requests_cache("fresh/1m", "sqlite"),
    "requests-cache, files": requests_cache("fresh/1m", "filesystem"),
}
