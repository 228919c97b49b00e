"""A call that is cancelled, wherever it waits, leaves nothing behind, and the client goes on."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import rp_net
from support.certificates import Certificates
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc")
Call = Callable[[rp_net.Client, FaultServer], Awaitable[object]]


def sockets() -> int:
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        try:
            found += os.readlink(link).startswith("socket:")
        except OSError:
            continue
    return found


async def settles(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    with anyio.move_on_after(seconds):
        while not condition():
            await anyio.sleep(0.005)
    return condition()


def slow(exchange: Exchange) -> None:
    exchange.respond(200, b"x" * 200_000)


async def fetch(client: rp_net.Client, server: FaultServer) -> object:
    return await client.get(server.url("/slow"))


async def send(client: rp_net.Client, server: FaultServer) -> object:
    async def pieces() -> Any:
        for _ in range(3):
            await anyio.lowlevel.checkpoint()
            yield b"x" * 1000

    return await client.put(server.url("/slow"), content=pieces())


async def read(client: rp_net.Client, server: FaultServer) -> object:
    async with client.stream(server.url("/slow")) as response:
        return [piece async for piece in response.iter_bytes()]


class _Counted:
    """Awaits something, and does `act` when it waits for the n-th time."""

    def __init__(self, inner: Awaitable[object], at: int, act: Callable[[], object]) -> None:
        self.inner, self.at, self.act = inner, at, act
        self.waits = 0

    def __await__(self) -> Generator[Any, Any, object]:
        steps = self.inner.__await__()
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited = steps.throw(error) if error else steps.send(value)
            except StopIteration as end:
                return end.value
            self.waits += 1
            if self.waits == self.at:
                self.act()
            value, error = None, None
            try:
                value = yield waited
            except BaseException as raised:
                error = raised


@everywhere
@pytest.mark.parametrize("call", [fetch, send, read])
@pytest.mark.parametrize("style", ["scope", "native"])
async def test_cancelled_at_every_suspension(
    server: FaultServer, backend: BackendName, call: Call, style: str, anyio_backend: Any
) -> None:
    if style == "native" and anyio_backend[0] == "trio":
        pytest.skip("Trio has scopes only")
    server.on("/slow", slow)
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    async with rp_net.Client(backend=backend, retries=0, max_connections=2) as client:
        await client.get(server.url())
        before, threads = sockets(), threading.active_count()
        for at in range(1, 60):
            counted = await cancelled(call(client, server), at, style)
            assert await settles(lambda: sockets() <= before + 2 and server.open_connections <= 1)
            assert (await client.get(server.url(), timeout=5)).content == b"good"
            if counted.waits < at:
                break
        assert at > 1
    assert await settles(lambda: server.open_connections == 0)
    assert threading.active_count() <= threads + 5
    gc.collect()


async def cancelled(awaitable: Awaitable[object], at: int, style: str) -> _Counted:
    if style == "scope":
        with anyio.CancelScope() as scope:
            counted = _Counted(awaitable, at, scope.cancel)
            await counted
        return counted
    loop = asyncio.get_running_loop()
    counted = _Counted(awaitable, at, lambda: loop.call_soon(task.cancel))

    async def run() -> object:
        return await counted

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()):
        raise error
    return counted


def _mute(exchange: Exchange) -> None:
    exchange.sleep(30)


@everywhere
@pytest.mark.parametrize("style", ["scope", "native"])
async def test_cancelled_while_nothing_comes(
    server: FaultServer, backend: BackendName, style: str, anyio_backend: Any
) -> None:
    if style == "native" and anyio_backend[0] == "trio":
        pytest.skip("Trio has scopes only")
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    server.on("/slow", _mute)
    async with rp_net.Client(backend=backend, max_connections=2) as client:
        for _ in range(5):
            if style == "scope":
                with anyio.move_on_after(0.03):
                    await client.get(server.url("/slow"))
            else:
                task = asyncio.ensure_future(client.get(server.url("/slow")))
                await asyncio.sleep(0.03)
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()
        assert (await client.get(server.url(), timeout=5)).content == b"good"
        assert await settles(lambda: server.open_connections <= 1)
    assert await settles(lambda: server.open_connections == 0)


@each_backend
async def test_cancelled_while_waiting_for_a_place(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    server.on("/slow", _mute)
    async with rp_net.Client(backend=backend, max_connections=1) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.get, server.url("/slow"))
            await anyio.sleep(0.05)
            for _ in range(3):
                with anyio.move_on_after(0.02) as scope:
                    await client.get(server.url())
                assert scope.cancelled_caught
            tasks.cancel_scope.cancel()
        assert (await client.get(server.url(), timeout=5)).content == b"good"


@each_backend
async def test_cancelled_in_a_tls_handshake(backend: BackendName, signed: Certificates) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        before = sockets()
        async with rp_net.Client(backend=backend, tls=signed.trusting()) as client:
            with anyio.move_on_after(0.1) as scope:
                await client.get(url)
            assert scope.cancelled_caught
            assert await settles(lambda: sockets() == before, 1.0)


@each_backend
async def test_a_stream_that_is_left_early_closes_its_connection(
    server: FaultServer, backend: BackendName
) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.respond(200, b"", [("Transfer-Encoding", "chunked")])
        while True:
            exchange.send(b"5\r\nright\r\n")
            exchange.sleep(0.005)

    server.on("/", endless)
    async with rp_net.Client(backend=backend, max_connections=1) as client:
        for _ in range(3):
            async with client.stream(server.url()) as response:
                async for _ in response.iter_bytes():
                    break
            assert await settles(lambda: server.open_connections == 0)


@each_backend
async def test_an_error_in_the_block_of_a_stream_closes_it_too(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"x" * 3_000_000))
    async with rp_net.Client(backend=backend, max_connections=1) as client:
        with pytest.raises(KeyError):
            async with client.stream(server.url()):
                raise KeyError
        assert await settles(lambda: server.open_connections == 0)
