"""The two ways through aiohttp: straight on its connections, and by its session."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import anyio
import pytest

import rp_net
from support.fault_cuts import cut_after, hang_up, mute, no_length, stall_after
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import on_asyncio

pytest.importorskip("aiohttp")
from rp_net._aiohttp import direct, transport

BODY = b"0123456789" * 1000


@pytest.fixture(params=["direct", "session"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take one way, and make sure of it."""
    taken: list[str] = []
    ask = direct.Direct.ask

    def counted(*arguments: object, **options: object) -> object:
        taken.append("direct")
        return ask(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(direct.Direct, "ask", counted)
    if request.param == "session":
        monkeypatch.setattr(transport, "is_possible", lambda _: False)
    yield
    assert bool(taken) == (request.param == "direct")


def a_client(**options: object) -> rp_net.Client:
    return rp_net.Client(backend="aiohttp", retries=0, **options)  # type: ignore[arg-type]


@on_asyncio
@pytest.mark.usefixtures("way")
async def test_both_ways_give_the_same_answers(server: FaultServer) -> None:
    server.on("/", lambda exchange: exchange.respond(200, BODY, [("X-Name", "value")]))
    server.on("/closed", no_length(BODY))
    server.on("/missing", lambda exchange: exchange.respond(404, b"no"))
    async with a_client() as client:
        response = await client.get(server.url(), headers={"Accept": "text/plain"})
        assert (response.content, response.headers["x-name"]) == (BODY, "value")
        sent = [value for name, value in server.requests[-1].headers if name == "Accept"]
        assert sent == ["text/plain"]
        head = await client.head(server.url())
        assert (head.content, head.headers["content-length"]) == (b"", str(len(BODY)))
        assert (await client.get(server.url("/closed"))).content == BODY
        assert (await client.request("GET", server.url("/missing"))).status == 404
        assert (await client.post(server.url(), content=b"sent")).status == 200
        assert server.requests[-1].body == b"sent"


@on_asyncio
@pytest.mark.usefixtures("way")
async def test_both_ways_use_a_connection_again(server: FaultServer) -> None:
    server.on("/", lambda exchange: exchange.respond(200, BODY))
    async with a_client() as client:
        for _ in range(5):
            assert (await client.get(server.url())).content == BODY
        assert server.connections == 1


FAULTS: dict[str, tuple[Callable[[Exchange], object], type[rp_net.NetError], str | None]] = {
    "hung-up": (hang_up, rp_net.ReadError, None),
    "cut": (cut_after(BODY, 5000), rp_net.IncompleteBodyError, None),
    "mute": (mute, rp_net.NetTimeoutError, "read"),
    "stalled": (stall_after(BODY, 5000), rp_net.NetTimeoutError, "read"),
    "no-http": (lambda exchange: exchange.send(b"SSH-2.0\r\n\r\n"), rp_net.ProtocolError, None),
}


@on_asyncio
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("fault", FAULTS)
async def test_both_ways_tell_the_same_errors(server: FaultServer, fault: str) -> None:
    handler, kind, phase = FAULTS[fault]
    server.on("/", handler)  # type: ignore[arg-type]
    async with a_client(timeout=rp_net.Timeout(total=5, stall=0.2)) as client:
        with pytest.raises(kind) as caught:
            await client.get(server.url())
        assert getattr(caught.value, "phase", None) == phase
        with anyio.fail_after(5):
            while server.open_connections:
                await anyio.sleep(0.01)


@on_asyncio
@pytest.mark.usefixtures("way")
async def test_both_ways_tell_that_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    async with a_client() as client:
        with pytest.raises(rp_net.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")


@on_asyncio
async def test_what_the_direct_way_is_made_of_is_looked_for() -> None:
    reading = {"auto_decompress": False}
    assert direct.is_possible(reading)
    assert not direct.is_possible({**reading, "not_known": 1})
