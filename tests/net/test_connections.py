"""When a connection is used again, and when it is not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial

import anyio
import pytest

import rp_net
from support.certificates import Certificates
from support.fault_cuts import smuggled
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.fault_wire import chunk, head
from support.net_client import wait_for
from support.net_matrix import BackendName, each_backend, everywhere, on_two_loops

EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
CHUNKED = head(200, [("Transfer-Encoding", "chunked")])
SURPLUS = {
    "length": head(200, [("Content-Length", "4")]) + b"good" + EVIL,
    "no-body": head(200, [("Content-Length", "0")]) + EVIL,
    "204": head(204) + EVIL,
    "304": head(304, [("Content-Length", "4")]) + EVIL,
    "chunked": CHUNKED + chunk(b"good") + chunk(b"") + EVIL,
    "trailers": CHUNKED + chunk(b"good") + b"0\r\nX-A: 1\r\n\r\n" + EVIL,
    "one-byte": head(200, [("Content-Length", "4")]) + b"good" + b"x",
    "interim": head(103) + head(200, [("Content-Length", "4")]) + b"good" + EVIL,
    "bare-lf": b"HTTP/1.1 200 OK\nContent-Length: 4\n\ngood" + EVIL,
    "folded-length": b"HTTP/1.1 200 OK\r\nContent-Length:\r\n 4\r\n\r\ngood" + EVIL,
    "folded-coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + EVIL,
    "bare-lf-trailers": CHUNKED + chunk(b"good") + b"0\r\nX: a\n\n" + EMPTY,
    "bare-lf-last-chunk": CHUNKED + chunk(b"good") + b"0\r\n\n" + EMPTY,
}


async def then(client: rp_net.Client, server: FaultServer) -> None:
    server.on("/next", lambda exchange: exchange.respond(200, b"good"))
    response = await client.get(server.url("/next"))
    assert (response.status, response.content) == (200, b"good")
    assert server.hits("/next") == 1


@on_two_loops
@pytest.mark.parametrize("placement", SURPLUS)
async def test_surplus_bytes_never_answer_the_next_request(
    server: FaultServer, backend: BackendName, placement: str
) -> None:
    server.on("/", lambda exchange: exchange.send(SURPLUS[placement]))
    async with rp_net.Client(backend=backend, retries=0, timeout=5) as client:
        with suppress(rp_net.ProtocolError):
            assert (await client.get(server.url())).content in (b"good", b"")
        await then(client, server)
    assert server.connections == 2


def _long(size: int, *, chunked: bool) -> bytes:
    """Make a response that is so many bytes long as a whole."""
    if not chunked:
        body = size - len(head(200, [("Content-Length", "000000")]))
        return head(200, [("Content-Length", f"{body:06}")]) + b"x" * body
    left = size - len(CHUNKED + chunk(b"x" * 9) + chunk(b""))
    body = next(n for n in range(left) if len(chunk(b"x" * (left - n))) == left)
    return CHUNKED + chunk(b"x" * 9) + chunk(b"x" * (left - body)) + chunk(b"")


def _send(data: bytes, exchange: Exchange) -> None:
    exchange.send(data)


# What asyncio takes at once, what httpcore asks for, and sizes between.
LONG = [1 << 16, 1 << 17, 150_000, 200_000, 250_000, (1 << 18) - len(EVIL)]


@on_two_loops
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
async def test_surplus_that_comes_with_a_long_answer(
    backend: BackendName, signed: Certificates, secure: bool, chunked: bool
) -> None:
    tls = signed.good.server() if secure else None
    for size in LONG:
        answer = _long(size, chunked=chunked)
        assert len(answer) == size
        with FaultServer(host="localhost", tls=tls) as server:
            server.on("/", partial(_send, answer + EVIL))
            trusting = signed.trusting() if secure else None
            async with rp_net.Client(backend=backend, retries=0, tls=trusting) as client:
                with suppress(rp_net.ProtocolError):
                    await client.get(server.url())
                await anyio.sleep(0.05)  # until all has come
                await then(client, server)


MISFRAMED = {
    "negative-chunk": CHUNKED + b"1\r\nx\r\n-6\r\nx",
    "negative-first-chunk": CHUNKED + b"-1\r\n",
    "length-of-5000-digits": head(200, [("Content-Length", "9" * 5000)]) + b"x",
}


@everywhere
@pytest.mark.parametrize("answer", MISFRAMED)
async def test_a_size_that_cannot_be_is_an_error_at_once(
    server: FaultServer, backend: BackendName, answer: str
) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.send(MISFRAMED[answer])
        exchange.drop()

    server.on("/", handler)
    async with rp_net.Client(backend=backend, retries=0, timeout=5) as client:
        with anyio.fail_after(4), pytest.raises(rp_net.NetError):
            await client.get(server.url())
        await then(client, server)


@everywhere
async def test_surplus_after_the_answer_to_head(server: FaultServer, backend: BackendName) -> None:
    server.on("/", lambda exchange: exchange.send(head(200, [("Content-Length", "4")]) + EVIL))
    async with rp_net.Client(backend=backend, retries=0) as client:
        with suppress(rp_net.ProtocolError):
            assert (await client.head(server.url())).content == b""
        await then(client, server)
    assert server.connections == 2


@everywhere
async def test_surplus_of_a_body_that_is_streamed(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", smuggled(b"good" * 1000))
    async with rp_net.Client(backend=backend, retries=0) as client:
        async with client.stream(server.url()) as response:
            assert await response.read() == b"good" * 1000
        await then(client, server)
    assert server.connections == 2


@everywhere
@pytest.mark.parametrize("late", [EVIL, b"\0"], ids=["response", "nul"])
async def test_what_comes_while_a_connection_is_idle_drops_it(
    server: FaultServer, backend: BackendName, late: bytes
) -> None:
    sent: list[bool] = []

    def handler(exchange: Exchange) -> None:
        exchange.respond(200, b"good")
        exchange.sleep(0.05)
        exchange.send(late)
        sent.append(True)

    server.on("/", handler)
    async with rp_net.Client(backend=backend, retries=0) as client:
        assert (await client.get(server.url())).content == b"good"
        while not sent:
            await anyio.sleep(0.01)
        await anyio.sleep(0.02)
        await then(client, server)
    assert server.connections == 2


@everywhere
async def test_a_connection_that_the_server_has_closed_is_not_used(
    server: FaultServer, backend: BackendName
) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.respond(200, b"good")
        exchange.drop()

    server.on("/", handler)
    async with rp_net.Client(backend=backend, retries=0) as client:
        for _ in range(3):
            assert (await client.post(server.url(), content=b"once")).content == b"good"
            while server.open_connections:
                await anyio.sleep(0.01)
            await anyio.sleep(0.02)
    assert len(server.requests) == 3


def _cut(exchange: Exchange) -> None:
    exchange.send(head(200, [("Content-Length", "100")]) + b"x" * 40)
    exchange.close()


def _bad_chunk(exchange: Exchange) -> None:
    exchange.send(CHUNKED + chunk(b"good") + b"-zz\r\n")
    exchange.sleep(9)


def _stall(exchange: Exchange) -> None:
    exchange.send(head(200, [("Content-Length", "100")]))
    exchange.sleep(9)


def _huge(exchange: Exchange) -> None:
    exchange.respond(200, b"x" * 3000)


def _reset(exchange: Exchange) -> None:
    exchange.reset()


@on_two_loops
@pytest.mark.parametrize("fault", [_cut, _bad_chunk, _stall, _huge, _reset])
async def test_after_an_error_the_client_goes_on_with_a_clean_connection(
    server: FaultServer, backend: BackendName, fault: Callable[[Exchange], None]
) -> None:
    server.on("/", fault)
    limits = rp_net.Timeout(total=5, stall=0.1)
    async with rp_net.Client(backend=backend, retries=0, timeout=limits, max_bytes=1000) as client:
        with pytest.raises(rp_net.NetError):
            await client.get(server.url())
        await then(client, server)
        await then_again(client, server)
    wait_for(lambda: server.open_connections == 0)
    assert server.connections == (1 if fault is _huge and backend == "aiohttp" else 2)


async def then_again(client: rp_net.Client, server: FaultServer) -> None:
    assert (await client.get(server.url("/next"))).content == b"good"


@on_two_loops
async def test_a_body_that_ends_early_is_known_as_such(
    server: FaultServer, backend: BackendName
) -> None:
    def no_last_chunk(exchange: Exchange) -> None:
        exchange.send(CHUNKED + chunk(b"good"))
        exchange.close()

    async with rp_net.Client(backend=backend, retries=0) as client:
        for handler in (_cut, no_last_chunk):
            server.on("/", handler)
            with pytest.raises(rp_net.IncompleteBodyError):
                await client.get(server.url())


@everywhere
async def test_connections_are_bounded_and_kept(server: FaultServer, backend: BackendName) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.sleep(0.01)
        exchange.respond(200, b"good")

    server.on("/", handler)
    async with rp_net.Client(backend=backend, max_connections=3) as client:
        for _ in range(3):
            async with anyio.create_task_group() as tasks:
                for _ in range(6):
                    tasks.start_soon(client.get, server.url())
    assert server.connections == 3
    wait_for(lambda: server.open_connections == 0)


@pytest.mark.parametrize("backend", ["httpx2", "httpx", "stdlib"])  # aiohttp counts those in use
async def test_idle_connections_to_other_hosts_count_too(backend: BackendName) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(FaultServer()) for _ in range(4)]
        async with rp_net.Client(backend=backend, max_connections=2) as client:
            for server in servers:
                server.on("/", lambda exchange: exchange.respond(200, b"good"))
                await client.get(server.url())
            await anyio.sleep(0.05)
            assert sum(server.open_connections for server in servers) <= 2


@each_backend
async def test_redirects_and_errors_give_their_connections_back(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda e: e.respond(302, b"moved", [("Location", "/next")]))
    server.on("/busy", lambda exchange: exchange.respond(503, b"busy"))
    async with rp_net.Client(backend=backend, retries=rp_net.Retry(2, base=0)) as client:
        assert (await client.request("GET", server.url("/busy"))).status == 503
        server.on("/next", lambda exchange: exchange.respond(200, b"good"))
        assert (await client.get(server.url())).content == b"good"
    assert server.connections == 1
