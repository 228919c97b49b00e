"""Downloads with SHA-256 into files: ours, and peers written by hand around a client."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from _net_gets import import_urllib3, needs_of
from _net_work import MEGA, Clock, Item, Job, Measured, Sink, Way, check_files, share_out

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Fetch = Callable[[Item], Awaitable[object]]

# The fastest of 16 KiB to 1 MiB for each client, or as fast as that.
CHUNK: Final = 1 << 20


def way(run: Callable[[Job], Awaitable[Measured]], *needs: str) -> Way:
    """Run a coroutine function, then make sure that all files are right."""

    def run_and_check(job: Job) -> Measured:
        measured = asyncio.run(_await(run(job)))
        check_files(job.items())
        return measured

    return Way(run_and_check, needs)


async def _await(work: Awaitable[Measured]) -> Measured:
    return await work


def megabytes(job: Job) -> float:
    """Return how much there is to download."""
    return job.count / MEGA


def ours(backend: str) -> Way:
    """Make the way through our client, on one of its backends."""

    async def run(job: Job) -> Measured:
        rp_net: Any = import_module("rp_net")
        async with rp_net.Client(backend=backend, retries=0) as client:
            clock = Clock()
            items = job.items()
            if len(items) == 1:
                await client.download(
                    items[0].url, items[0].path, digest=f"sha256:{items[0].digest}"
                )
            else:
                await client.download_many(
                    [(item.url, item.path) for item in items],
                    digests={item.url: f"sha256:{item.digest}" for item in items},
                    limit=job.limit,
                    per_host=job.limit,
                )
            return clock.read(megabytes(job))

    return way(run, "rp_net", *needs_of(backend))


async def by_aiohttp(job: Job) -> Measured:
    """Download by aiohttp, with a plain write for each chunk."""
    aiohttp: Any = import_module("aiohttp")
    connector = aiohttp.TCPConnector(limit=job.limit)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def fetch(item: Item) -> None:
            async with session.get(item.url) as response:
                with Sink(item) as sink:
                    async for chunk in response.content.iter_chunked(CHUNK):
                        sink.write(chunk)

        clock = Clock()
        await share_out(fetch, job.items(), job.limit)
        return clock.read(megabytes(job))


def with_httpx(module: str, *, aiofiles: bool) -> Way:
    """Make the way by httpx or httpx2, written by aiofiles for each chunk or in the loop."""

    async def run(job: Job) -> Measured:
        httpx: Any = import_module(module)
        async with httpx.AsyncClient() as client:

            async def fetch(item: Item) -> None:
                async with client.stream("GET", item.url) as response:
                    chunks = response.aiter_bytes()
                    await (write_by_aiofiles(item, chunks) if aiofiles else write(item, chunks))

            clock = Clock()
            await share_out(fetch, job.items(), job.limit)
            return clock.read(megabytes(job))

    return way(run, module, *(["aiofiles"] if aiofiles else []))


async def write(item: Item, chunks: AsyncIterator[bytes]) -> None:
    """Write and hash in the loop."""
    with Sink(item) as sink:
        async for chunk in chunks:
            sink.write(chunk)


async def write_by_aiofiles(item: Item, chunks: AsyncIterator[bytes]) -> None:
    """Hash in the loop, and write each chunk by aiofiles."""
    aiofiles: Any = import_module("aiofiles")
    digest = hashlib.sha256()
    async with aiofiles.open(item.path, "wb") as file:
        async for chunk in chunks:
            digest.update(chunk)
            await file.write(chunk)
    if digest.hexdigest() != item.digest:
        raise ValueError(f"{item.url}: another digest")


async def by_niquests(job: Job) -> Measured:
    """Download by niquests, with a plain write for each chunk."""
    niquests: Any = import_module("niquests")
    async with niquests.AsyncSession(pool_maxsize=job.limit) as session:

        async def fetch(item: Item) -> None:
            async with await session.get(item.url, stream=True) as response:
                await write(item, await response.iter_content(CHUNK))

        clock = Clock()
        await share_out(fetch, job.items(), job.limit)
        return clock.read(megabytes(job))


def by_urllib3(job: Job) -> Measured:
    """Download by urllib3 in threads."""
    with import_urllib3().PoolManager(maxsize=job.limit, block=True) as pool:

        def fetch(item: Item) -> None:
            asked = pool.request("GET", item.url, preload_content=False)
            with asked as response, Sink(item) as sink:
                for chunk in response.stream(CHUNK):
                    sink.write(chunk)

        clock = Clock()
        with ThreadPoolExecutor(job.limit) as threads:
            list(threads.map(fetch, job.items()))
        return clock.read(megabytes(job))


WAYS: Final[dict[str, Way]] = {
    "rp_net, aiohttp": ours("aiohttp"),
    "rp_net, httpx2": ours("httpx2"),
    "rp_net, stdlib": ours("stdlib"),
    "aiohttp": way(by_aiohttp, "aiohttp"),
    "httpx2 + aiofiles": with_httpx("httpx2", aiofiles=True),
    "httpx2": with_httpx("httpx2", aiofiles=False),
    "httpx + aiofiles": with_httpx("httpx", aiofiles=True),
    "niquests": way(by_niquests, "niquests"),
    "urllib3 + threads": Way(by_urllib3, ("urllib3",)),
}
