"""Many URLs at once: bounded, in order, and each only once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import rp_core
import rp_net
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio


class Gauge:
    """Counts how many requests are answered at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = 0

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            exchange.sleep(0.02)
        finally:
            with self._lock:
                self.now -= 1
        status = 404 if "bad" in exchange.request.target else 200
        exchange.respond(status, exchange.request.target.encode())


@everywhere
async def test_the_server_sees_no_more_than_allowed(
    server: FaultServer, backend: BackendName
) -> None:
    gauge = Gauge()
    server.on("*", gauge)
    urls = [server.url(f"/{number}") for number in range(20)]
    async with rp_net.Client(backend=backend) as client:
        responses = await client.fetch_many(urls, limit=10, per_host=4)
        assert 1 < gauge.most <= 4
        gauge.most = 0
        await client.fetch_many(urls, limit=2)
        assert gauge.most <= 2
    assert [response.url for response in responses] == urls


@on_asyncio
async def test_one_host_does_not_keep_others_waiting(
    server: FaultServer, other: FaultServer
) -> None:
    server.on("*", Gauge())
    other.on("*", lambda exchange: exchange.respond())
    urls = [server.url(f"/{n}") for n in range(20)] + [other.url("/")]
    options: dict[str, Any] = {"limit": 8, "per_host": 2, "ordered": False}
    responses = await rp_net.fetch_many(urls, **options)
    assert other.url("/") in [response.url for response in responses[:4]]


@each_backend
async def test_equal_urls_are_fetched_once(server: FaultServer, backend: BackendName) -> None:
    server.on("*", Gauge())
    urls = [server.url("/a"), server.url("/b")] * 5
    async with rp_net.Client(backend=backend) as client:
        responses = await client.fetch_many(urls)
    assert [response.url for response in responses] == urls
    assert Counter(request.path for request in server.requests) == {"/a": 1, "/b": 1}


@each_backend
async def test_what_happens_to_errors(server: FaultServer, backend: BackendName) -> None:
    server.on("*", Gauge())
    urls = [server.url(path) for path in ("/1", "/bad", "/2", "/bad")]
    async with rp_net.Client(backend=backend, retries=0) as client:
        with pytest.raises(rp_net.HTTPStatusError):
            await client.fetch_many(urls)
        skipped = await client.fetch_many(urls, on_error="skip")
        assert [response.url for response in skipped] == [urls[0], urls[2]]
        one, failure, two, again = await client.fetch_many(urls, on_error="return")
        assert isinstance(one, rp_net.Response)
        assert isinstance(two, rp_net.Response)
        assert (one.url, two.url) == (urls[0], urls[2])
        for each, index in ((failure, 1), (again, 3)):
            assert isinstance(each, rp_core.Failure)
            assert (each.item, each.index) == (server.url("/bad"), index)
            assert isinstance(each.error, rp_net.HTTPStatusError)
        fine = await client.fetch_many(urls, raise_for_status=False)
        assert [response.status for response in fine] == [200, 404, 200, 404]


@on_asyncio
async def test_iterables_of_both_kinds_and_progress(server: FaultServer) -> None:
    server.on("*", Gauge())
    reported: list[rp_core.Progress] = []

    async def later() -> AsyncIterator[str]:
        for number in range(5):
            yield server.url(f"/{number}")

    def now() -> Iterator[str]:
        yield from (server.url(f"/{number}") for number in range(5))

    assert len(await rp_net.fetch_many(later(), progress=reported.append)) == 5
    assert len(await rp_net.fetch_many(now())) == 5
    assert await rp_net.fetch_many([]) == []
    assert reported[-1].done == 5


@on_asyncio
async def test_others_have_their_turn_while_a_cache_gives_everything(server: FaultServer) -> None:
    fresh = [("Cache-Control", "max-age=60")]
    urls = [server.on(f"/{n}", lambda e: e.respond(200, b"x", fresh)) for n in range(50)]
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with rp_net.Client(cache=rp_net.Cache(None)) as client:
        await client.fetch_many(urls)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(others)
            found = await client.fetch_many(urls, limit=1)
            tasks.cancel_scope.cancel()
    assert all(response.from_cache for response in found)
    assert turns >= len(urls)


@on_asyncio
async def test_bad_arguments() -> None:
    for options in ({"limit": 0}, {"per_host": 0}):
        with pytest.raises(ValueError):
            await rp_net.fetch_many(["http://a/"], **options)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        await rp_net.fetch_many(["http://a/"], content=b"")  # type: ignore[call-overload]
