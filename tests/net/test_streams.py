"""Bodies piece by piece, line by line, event by event."""

from __future__ import annotations

import resource
import sys

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net
from rp_net._events import EventParser
from rp_net._lines import LineSplitter
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.fault_wire import chunk, head
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio

CHUNKED = head(200, [("Transfer-Encoding", "chunked")])


def in_pieces(server: FaultServer, *pieces: bytes, kind: str = "text/plain") -> str:
    fields = [("Transfer-Encoding", "chunked"), ("Content-Type", kind)]

    def handler(exchange: Exchange) -> None:
        exchange.send(head(200, fields))
        for piece in pieces:
            exchange.send(chunk(piece))
            exchange.sleep(0.002)
        exchange.send(chunk(b""))

    return server.on("/", handler)


@everywhere
async def test_lines_of_pieces(server: FaultServer, backend: BackendName) -> None:
    url = in_pieces(server, b"one\r", b"\ntw", b"o\n\nth\xc3", b"\xa9ree\rfour\x0bfive")
    async with rp_net.Client(backend=backend) as client, client.stream(url) as response:
        lines = [line async for line in response.iter_lines()]
    assert lines == ["one", "two", "", "th\xe9ree", "four\x0bfive"]
    assert response.status == 200
    assert response.ok


@everywhere
async def test_events_as_they_come(server: FaultServer, backend: BackendName) -> None:
    url = in_pieces(
        server, b"\xef\xbb\xbf: hello\n\nda", b"ta: one\nid: 7\n", b"\nevent: x\rdata:two\r",
        b"\ndata:  three\r\n\r\nretry: 50\nid: 9\0\ndata\n\nda", b"ta: lost",
    )  # fmt: skip
    async with rp_net.Client(backend=backend) as client, client.stream(url) as response:
        events = [event async for event in response.iter_events()]
    assert events == [
        rp_net.Event("message", "one", "7"),
        rp_net.Event("x", "two\n three", "7"),
        rp_net.Event("message", "", "7", 50),
    ]


@each_backend
async def test_an_event_is_there_before_the_next_is_sent(
    server: FaultServer, backend: BackendName
) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.send(CHUNKED + chunk(b"data: one\n\n"))
        exchange.sleep(30)

    url = server.on("/", handler)
    async with rp_net.Client(backend=backend) as client, client.stream(url) as response:
        async for event in response.iter_events():
            assert event.data == "one"
            break


@each_backend
async def test_a_body_is_read_once(server: FaultServer, backend: BackendName) -> None:
    url = in_pieces(server, b"body")
    async with rp_net.Client(backend=backend) as client, client.stream(url) as response:
        assert await response.read() == b"body"
        with pytest.raises(RuntimeError, match="read before"):
            await response.read()
        with pytest.raises(RuntimeError, match="read before"):
            async for _ in response.iter_lines():
                pass


@each_backend
async def test_a_connection_is_kept_after_the_end_and_only_then(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"x" * 3_000_000))
    async with rp_net.Client(backend=backend) as client:
        for _ in range(2):
            async with client.stream(server.url()) as response:
                assert len(await response.read()) == 3_000_000
        assert server.connections == 1
        async with client.stream(server.url()):
            pass
        async with client.stream(server.url()) as response:
            assert len(await response.read()) == 3_000_000
    assert server.connections == 2


@each_backend
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
async def test_memory_is_bounded_however_slow_the_reader(
    server: FaultServer, backend: BackendName
) -> None:
    sent = [0]

    def handler(exchange: Exchange) -> None:
        exchange.send(CHUNKED)
        for _ in range(100):
            exchange.send(chunk(b"x" * 1_000_000))
            sent[0] += 1
        exchange.send(chunk(b""))

    server.on("/", handler)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with rp_net.Client(backend=backend) as client:
        size = 0
        async with client.stream(server.url()) as response:
            async for piece in response.iter_bytes():
                size += len(piece)
                if size < 3_000_000:
                    await anyio.sleep(0.01)
                    assert sent[0] < 30
    assert size == 100_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


@everywhere
async def test_others_have_their_turn_while_many_small_pieces_are_read(
    server: FaultServer, backend: BackendName
) -> None:
    pieces = 2000
    server.on("/", lambda exchange: exchange.send(CHUNKED + chunk(b"x") * pieces + chunk(b"")))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while turns < pieces:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with rp_net.Client(backend=backend) as client, anyio.create_task_group() as tasks:
        async with client.stream(server.url()) as response:
            tasks.start_soon(others)
            got = [piece async for piece in response.iter_bytes()]
        tasks.cancel_scope.cancel()
    assert b"".join(got) == b"x" * pieces
    assert turns >= len(got) / 50


@on_asyncio
async def test_lines_and_events_have_a_limit(server: FaultServer) -> None:
    url = in_pieces(server, b"data: " + b"x" * 500, b"x" * 500, b"\n\n")
    async with rp_net.stream(url) as response:
        with pytest.raises(rp_net.BodyLimitError):
            async for _ in response.iter_lines(max_line=999):
                pass
    url = in_pieces(server, b"data: 12345\n" * 30, b"\n\n")
    async with rp_net.stream(url) as response:
        with pytest.raises(rp_net.BodyLimitError):
            async for _ in response.iter_events(max_event=99):
                pass


@on_asyncio
async def test_the_encoding_of_lines(server: FaultServer) -> None:
    url = in_pieces(server, "é\nü".encode("utf-16"), kind="text/plain; charset=iso-8859-1")
    async with rp_net.stream(url) as response:
        assert [line async for line in response.iter_lines()] == ["é", "ü"]
    url = in_pieces(server, b"\xe9\n\x80", kind="text/plain; charset=iso-8859-1")
    async with rp_net.stream(url) as response:
        assert [line async for line in response.iter_lines()] == ["é", "€"]
    for wrong in ("nothing-like-it", "rot13", "hex", "zlib"):
        async with rp_net.stream(url) as response:
            with pytest.raises(LookupError):
                async for _ in response.iter_lines(encoding=wrong):
                    pass


@given(st.text(alphabet="ab\r\n\x0b\x85\u2028", max_size=40), st.data())
def test_lines_do_not_depend_on_where_a_text_is_cut(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    splitter = LineSplitter(1000)
    lines: list[str] = []
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        lines += splitter.feed(text[start:end])
    lines += splitter.end()
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines == (whole if whole[-1] else whole[:-1])


@given(st.lists(st.tuples(st.sampled_from(["data", "event", "id"]), st.text("ab: ", max_size=5))))
def test_what_is_written_as_events_is_read_so(fields: list[tuple[str, str]]) -> None:
    parser = EventParser(10_000)
    data = [value for name, value in fields if name == "data"]
    kinds = [value for name, value in fields if name == "event"]
    for name, value in fields:
        assert parser.feed(f"{name}: {value}") is None
    event = parser.feed("")
    if not data:
        assert event is None
    else:
        assert event is not None
        assert event.data == "\n".join(data)
        assert event.event == ((kinds and kinds[-1]) or "message")


def test_fields_that_are_none() -> None:
    parser = EventParser(100)
    for line in (
        ":data: x",
        "Data: x",
        " data: x",
        "retry: 1x",
        "retry: -1",
        "retry: \u0663",
        "foo",
    ):
        assert parser.feed(line) is None
    assert parser.feed("") is None
    parser.feed("data: x")
    assert parser.feed("") == rp_net.Event("message", "x")
