"""How a cache is used: its modes, equal requests at once, streams, and cancelled calls."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

import rp_net
from support.cache_lab import FRESH, STALE, Answer, open_lab
from support.fault_server import Exchange, FaultServer

LOOPS = [("asyncio", {"use_uvloop": False}), ("trio", {})]
both_loops = pytest.mark.parametrize("anyio_backend", LOOPS, ids=["asyncio", "trio"])


@pytest.mark.parametrize("disk", [False, True])
async def test_offline(server: FaultServer, tmp_path: Path, disk: bool) -> None:
    cache = rp_net.Cache(tmp_path / "cache" if disk else None)
    async with open_lab(server, cache) as lab:
        lab.script(Answer({**STALE, "ETag": '"a"'}))
        lab.script(Answer({"Cache-Control": "no-cache", "ETag": '"a"'}), path="/b")
        offline = cache.with_mode("offline")
        assert (await lab.ask(cache=offline)).status == 504
        await lab.ask()
        await lab.ask(path="/b")
        for path in ("", "/b"):
            found = await lab.ask(path=path, cache=offline)
            assert (found.status, found.content, found.from_cache) == (200, b"body", True)
        assert (await lab.ask({"Cache-Control": "no-cache"}, cache=offline)).status == 200
        assert (await lab.ask(path="/c", cache=offline)).status == 504
        assert (lab.hits, lab.hits_of("/b"), lab.hits_of("/c")) == (1, 1, 0)


async def test_refresh(server: FaultServer) -> None:
    cache = rp_net.Cache()
    async with open_lab(server, cache) as lab:
        stored = {**FRESH, "ETag": '"a"'}
        lab.script(Answer(stored), Answer(stored, b"", 304), Answer(FRESH, b"new"))
        refresh = cache.with_mode("refresh")
        assert not (await lab.ask(cache=refresh)).from_cache
        found = await lab.ask(cache=refresh)
        assert (found.status, found.content, found.from_cache) == (200, b"body", True)
        assert lab.sent[1].header("If-None-Match") == '"a"'
        assert (await lab.ask(cache=refresh)).content == b"new"
        assert (await lab.ask()).content == b"new"
        assert lab.hits == 3


async def test_without_a_cache(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask()
        assert not (await lab.ask(cache=False)).from_cache
        assert (await lab.ask()).from_cache


@both_loops
@pytest.mark.parametrize("headers", [FRESH, {}])
async def test_equal_requests_at_once(
    server: FaultServer, anyio_backend: object, headers: dict[str, str]
) -> None:
    async with open_lab(server) as lab:

        def slow(exchange: Exchange) -> None:
            exchange.sleep(0.2)
            exchange.respond(200, b"body", list(headers.items()))

        lab.script(slow)
        found: list[rp_net.Response] = []

        async def one() -> None:
            found.append(await lab.ask())

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(one)
        assert [response.content for response in found] == [b"body"] * 10
        assert lab.hits == (1 if headers else 10)


async def test_requests_at_once_for_different_variants(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def slow(exchange: Exchange) -> None:
            exchange.sleep(0.1)
            name = exchange.request.header("X-A") or ""
            exchange.respond(200, name.encode(), [*FRESH.items(), ("Vary", "X-A")])

        lab.script(slow)

        async def one(name: str) -> None:
            assert (await lab.ask({"X-A": name})).content == name.encode()

        async with anyio.create_task_group() as group:
            for name in "abcabc":
                group.start_soon(one, name)
        for name in "abc":
            assert (await lab.ask({"X-A": name})).from_cache


@both_loops
async def test_the_one_that_asks_is_cancelled(server: FaultServer, anyio_backend: object) -> None:
    async with open_lab(server) as lab:

        def slow(exchange: Exchange) -> None:
            exchange.sleep(0.3)
            exchange.respond(200, b"body", list(FRESH.items()))

        lab.script(slow)

        async def soon_cancelled() -> None:
            with anyio.move_on_after(0.1):
                await lab.ask()

        async with anyio.create_task_group() as group:
            group.start_soon(soon_cancelled)
            await anyio.sleep(0.05)
            assert (await lab.ask()).content == b"body"
        assert (await lab.ask()).from_cache


@pytest.mark.parametrize("disk", [False, True])
@both_loops
async def test_cancelled_in_the_body(
    server: FaultServer, tmp_path: Path, anyio_backend: object, disk: bool
) -> None:
    async with open_lab(server, rp_net.Cache(tmp_path / "c" if disk else None)) as lab:

        def stuck(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\n")
            exchange.send(b"Content-Length: 8\r\n\r\nhalf")
            exchange.sleep(20)

        lab.script(stuck, Answer(FRESH, b"whole"))
        with anyio.move_on_after(0.2) as scope:
            await lab.ask()
        assert scope.cancelled_caught
        assert (await lab.ask()).content == b"whole"
        assert (await lab.ask()).from_cache


@pytest.mark.parametrize("disk", [False, True])
@both_loops
async def test_cancelled_at_any_time(
    server: FaultServer, tmp_path: Path, anyio_backend: object, disk: bool
) -> None:
    async with open_lab(server, rp_net.Cache(tmp_path / "c" if disk else None)) as lab:
        body = bytes(range(256)) * 2000
        lab.script(Answer(FRESH, body))
        for step in range(12):
            with anyio.move_on_after(0.001 * step):
                assert (await lab.ask({"Cache-Control": "no-cache"})).content == body
            assert (await lab.ask()).content == body


@both_loops
@pytest.mark.parametrize("disk", [False, True])
async def test_a_stream_is_kept_at_its_end(
    server: FaultServer, tmp_path: Path, anyio_backend: object, disk: bool
) -> None:
    async with open_lab(server, rp_net.Cache(tmp_path / "c" if disk else None)) as lab:
        body = bytes(range(256)) * 1000
        lab.script(Answer({**FRESH, "X-A": "1"}, body))
        url = server.url(lab.path)
        async with lab.client.stream(url) as first:
            assert await first.read() == body
        async with lab.client.stream(url) as second:
            assert (second.from_cache, second.headers["x-a"]) == (True, "1")
            assert await second.read() == body
        whole = await lab.ask()
        assert (whole.content, whole.from_cache, lab.hits) == (body, True, 1)


async def test_a_stream_that_is_left_is_not_kept(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        body = bytes(range(256)) * 4000
        lab.script(Answer(FRESH, body))
        url = server.url(lab.path)
        async with lab.client.stream(url):
            pass
        async with lab.client.stream(url) as stream:
            async for _ in stream.iter_bytes():
                break
        assert not (await lab.ask()).from_cache
        assert (await lab.ask()).content == body


async def test_a_stream_that_breaks_is_not_kept(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        cut = {**FRESH, "Content-Length": "99", "Connection": "close"}
        lab.script(Answer(cut, b"half"), Answer(FRESH, b"whole"))
        with pytest.raises(rp_net.NetError):
            async with lab.client.stream(server.url(lab.path)) as stream:
                await stream.read()
        assert (await lab.ask()).content == b"whole"


async def test_a_stream_is_validated(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        said = Answer({**FRESH, "ETag": '"a"'}, b"", 304)
        lab.script(Answer({**STALE, "ETag": '"a"'}), said)
        await lab.ask()
        async with lab.client.stream(server.url(lab.path)) as stream:
            assert (stream.status, stream.from_cache) == (200, True)
            assert await stream.read() == b"body"
        assert (await lab.ask()).from_cache


async def test_an_old_cookie_does_not_come_back(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "Set-Cookie": "a=old; Path=/"}))
        lab.script(Answer({"Set-Cookie": "a=new; Path=/"}), path="/login")
        await lab.ask()
        await lab.ask(method="POST", path="/login")
        assert (await lab.ask()).from_cache
        await lab.ask(path="/login")
        assert lab.sent[-1].header("Cookie") == "a=new"
