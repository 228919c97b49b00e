"""Every wait has an end: of the whole call, of a connection, of a time in which nothing moves."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.to_thread
import pytest

import rp_net
from support.fault_cuts import drip, mute, stall_after
from support.fault_exchange import Exchange
from support.fault_lies import busy, interim
from support.fault_server import FaultServer
from support.fault_wire import head
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio

STALL = rp_net.Timeout(total=None, connect=5, stall=0.2)


async def seconds_until(phase: str, call: Any, *arguments: Any, **options: Any) -> float:
    begun = time.perf_counter()
    with pytest.raises(rp_net.NetTimeoutError) as caught:
        await call(*arguments, **options)
    assert caught.value.phase == phase
    assert isinstance(caught.value, TimeoutError)
    return time.perf_counter() - begun


@everywhere
async def test_a_deadline_holds_against_a_byte_at_a_time(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", drip(b"x" * 1000))
    async with rp_net.Client(backend=backend) as client:
        assert 0.35 < await seconds_until("total", client.get, server.url(), timeout=0.4) < 0.8

        async def read() -> None:
            async with client.stream(server.url(), timeout=0.4) as response:
                await response.read()

        assert 0.35 < await seconds_until("total", read) < 0.8


@each_backend
async def test_a_deadline_holds_against_a_head_that_drips(
    server: FaultServer, backend: BackendName
) -> None:
    def slow_head(exchange: Exchange) -> None:
        for byte in head(200, [("X-A", "x" * 1000)]):
            exchange.send(bytes([byte]))
            exchange.sleep(0.05)

    server.on("/", slow_head)
    server.on("/interim", interim(b""))
    async with rp_net.Client(backend=backend) as client:
        for path in ("/", "/interim"):
            assert await seconds_until("total", client.get, server.url(path), timeout=0.3) < 0.8


@everywhere
async def test_a_stall_ends_a_call(server: FaultServer, backend: BackendName) -> None:
    server.on("/head", mute)
    server.on("/body", stall_after(b"x" * 1000, 10))
    async with rp_net.Client(backend=backend, timeout=STALL, retries=0) as client:
        for path in ("/head", "/body"):
            assert 0.15 < await seconds_until("read", client.get, server.url(path)) < 0.8

        async def read() -> None:
            async with client.stream(server.url("/body"), timeout=STALL) as response:
                await response.read()

        assert await seconds_until("read", read) < 0.8


@each_backend
async def test_a_slow_body_that_moves_is_no_stall(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", drip(b"x" * 12, 0.05))
    async with rp_net.Client(backend=backend, timeout=STALL, retries=0) as client:
        assert (await client.get(server.url())).content == b"x" * 12


def _listener() -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    return sock


async def _big() -> AsyncIterator[bytes]:
    for _ in range(500):
        yield b"x" * 100_000


@each_backend
@pytest.mark.parametrize("kind", ["bytes", "pieces"])
async def test_a_body_that_nobody_takes_is_a_stall(backend: BackendName, kind: str) -> None:
    with _listener() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        content: Any = b"x" * 50_000_000 if kind == "bytes" else _big()
        async with rp_net.Client(backend=backend, timeout=STALL, retries=0) as client:
            with anyio.fail_after(3), pytest.raises(rp_net.NetTimeoutError):
                await client.put(url, content=content)


@each_backend
async def test_a_body_that_is_taken_slowly_is_none(backend: BackendName) -> None:
    def take(sock: socket.socket) -> int:
        taken = 0
        while taken < 20_000_000:
            got = len(sock.recv(400_000))
            if not got:
                return taken
            taken += got
            time.sleep(0.02)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        return taken

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        def serve() -> int:
            sock, _ = listener.accept()
            with sock:
                return take(sock)

        async with (
            rp_net.Client(
                backend=backend, timeout=rp_net.Timeout(None, 5, 0.6), retries=0
            ) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(anyio.to_thread.run_sync, serve)
            assert (await client.put(url, content=b"x" * 20_000_000)).ok


@each_backend
async def test_a_handshake_has_a_limit(backend: BackendName) -> None:
    with _listener() as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        limits = rp_net.Timeout(total=None, connect=0.2, stall=5)
        async with rp_net.Client(backend=backend, timeout=limits, retries=0) as client:
            assert await seconds_until("connect", client.get, url) < 1


@each_backend
async def test_one_deadline_over_redirects_retries_and_waits(
    server: FaultServer, backend: BackendName
) -> None:
    def redirect(exchange: Exchange) -> None:
        exchange.sleep(0.1)
        exchange.respond(302, b"", [("Location", "/")])

    server.on("/", redirect)
    server.on("/busy", busy(b"", None, 0))
    async with rp_net.Client(backend=backend, max_redirects=99) as client:
        assert await seconds_until("total", client.get, server.url(), timeout=0.35) < 0.8
        begun = time.perf_counter()
        retry = rp_net.Retry(1000, base=0.01)
        with pytest.raises(rp_net.NetError):
            await client.get(server.url("/busy"), timeout=0.3, retries=retry)
        assert time.perf_counter() - begun < 0.8


@each_backend
async def test_after_a_timeout_the_client_goes_on(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/mute", mute)
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    async with rp_net.Client(backend=backend, max_connections=1, retries=0) as client:
        for _ in range(3):
            await seconds_until("total", client.get, server.url("/mute"), timeout=0.05)
            assert (await client.get(server.url(), timeout=3)).content == b"good"


@each_backend
async def test_no_connection_is_an_error_of_connecting(backend: BackendName) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with rp_net.Client(backend=backend, retries=0) as client:
        for url in (f"http://127.0.0.1:{port}/", "http://nowhere.invalid/"):
            with pytest.raises(rp_net.ConnectError) as caught:
                await client.get(url)
            assert url.partition("//")[2].partition(":")[0].strip("/") in str(caught.value)


@on_asyncio
async def test_what_is_no_time_is_refused() -> None:
    for wrong in (0, -1, float("nan")):
        with pytest.raises(ValueError):
            rp_net.Timeout(total=wrong)
    text: Any = "1"
    for value in (text, True):
        with pytest.raises(TypeError):
            rp_net.Timeout(stall=value)
    assert rp_net.Timeout(total=None) != rp_net.Timeout()
