"""Nothing that a server sends takes more memory or time than allowed."""

from __future__ import annotations

import gzip
import itertools
import sys
import time
import zlib
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net
from support.fault_cuts import gzipped
from support.fault_exchange import Exchange
from support.fault_lies import long_header, many_headers
from support.fault_server import FaultServer
from support.fault_wire import chunk, head
from support.net_matrix import BackendName, each_backend, on_asyncio

brotli: Any = pytest.importorskip("brotli")
_zstd: Any = pytest.importorskip(
    "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
)


def raw_deflate(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(data) + deflate.flush()


CODINGS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": lambda data: bytes(brotli.compress(data, quality=4)),
    "zstd": _zstd.compress,
}
ENCODERS = [*CODINGS.items(), ("deflate", raw_deflate)]
TEXT = b"".join(b"line %d of a text that is coded\n" % number for number in range(5000))


def answering(body: bytes, coding: str, **options: Any) -> rp_net.Client:
    fields = {"Content-Encoding": coding}
    return rp_net.Client(
        transport=lambda _: rp_net.Response(200, headers=fields, content=body), **options
    )


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@on_asyncio
async def test_every_coding_is_undone(coding: str, encode: Any) -> None:
    async with answering(encode(TEXT), coding.upper()) as client:
        response = await client.get("http://a/")
        assert response.content == TEXT
        async with client.stream("http://a/") as streamed:
            assert b"".join([piece async for piece in streamed.iter_bytes()]) == TEXT
        async with client.stream("http://a/") as streamed:
            assert b"".join([piece async for piece in streamed.iter_raw()]) == encode(TEXT)
    assert response.headers["content-encoding"] == coding.upper()


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@on_asyncio
async def test_a_coded_body_that_ends_early_is_an_error(coding: str, encode: Any) -> None:
    body = encode(b"some text that is coded")
    for end in range(1, len(body)):
        async with answering(body[:end], coding) as client:
            with pytest.raises(rp_net.ProtocolError):
                await client.get("http://a/")


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@on_asyncio
async def test_a_bomb_is_refused(coding: str, encode: Any) -> None:
    bomb = encode(bytes(100 << 20))
    for limits in ({"max_bytes": None}, {"max_bytes": 1 << 20}):
        async with answering(bomb, coding, **limits) as client:
            with pytest.raises(rp_net.BodyLimitError):
                await client.get("http://a/")
            given = 0
            async with client.stream("http://a/", **limits) as response:
                with pytest.raises(rp_net.BodyLimitError):
                    async for piece in response.iter_bytes():
                        assert len(piece) <= 1 << 20
                        given += len(piece)
            assert given <= max(11 << 20, 201 * len(bomb))


@on_asyncio
async def test_nested_codings_are_undone_and_counted() -> None:
    twice = gzip.compress(zlib.compress(TEXT), mtime=0)
    async with answering(twice, "deflate, gzip") as client:
        assert (await client.get("http://a/")).content == TEXT
    bomb = gzip.compress(gzip.compress(bytes(64 << 20), mtime=0), mtime=0)
    async with answering(bomb, "gzip, gzip") as client:
        with pytest.raises(rp_net.BodyLimitError):
            await client.get("http://a/")
    async with answering(b"x", ", ".join(["gzip"] * 9)) as client:
        with pytest.raises(rp_net.ProtocolError):
            await client.get("http://a/")


@on_asyncio
@pytest.mark.timeout(5)
async def test_a_bomb_that_comes_to_nothing_is_refused_too() -> None:
    empty = gzip.compress(b"", mtime=0)
    async with answering(gzip.compress(empty * 600_000, mtime=0), "gzip, gzip") as client:
        begun = time.perf_counter()
        with pytest.raises((rp_net.BodyLimitError, rp_net.ProtocolError)):
            await client.get("http://a/")
        assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("coding", "member"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", _zstd.compress(b""))]
)
@on_asyncio
async def test_many_members_take_time_in_proportion(coding: str, member: bytes) -> None:
    async def seconds(count: int) -> float:
        async with answering(member * count, coding) as client:
            begun = time.perf_counter()
            try:
                await client.get("http://a/")
            except rp_net.NetError:
                return 0.0
            return time.perf_counter() - begun

    await seconds(100)
    assert await seconds(80_000) < 2


@on_asyncio
async def test_members_are_joined_and_padding_is_not() -> None:
    two = gzip.compress(b"one", mtime=0) + gzip.compress(b"two", mtime=0)
    for body in (two, two + bytes(100)):
        async with answering(body, "gzip") as client:
            assert (await client.get("http://a/")).content == b"onetwo"
    async with answering(_zstd.compress(b"one") + _zstd.compress(b"two"), "zstd") as client:
        assert (await client.get("http://a/")).content == b"onetwo"


@pytest.mark.parametrize("coding", CODINGS)
@on_asyncio
async def test_what_is_not_coded_so_is_an_error(coding: str) -> None:
    async with answering(b"not coded at all, but said to be", coding) as client:
        with pytest.raises(rp_net.ProtocolError):
            await client.get("http://a/")
    async with answering(b"", coding) as client:
        assert (await client.get("http://a/")).content == b""


@on_asyncio
async def test_a_coding_that_nobody_knows_is_left_alone() -> None:
    for coding in ("identity", "x-mine", ""):
        async with answering(TEXT, coding) as client:
            assert (await client.get("http://a/")).content == TEXT


@given(data=st.binary(max_size=2000), cuts=st.lists(st.integers(0, 2000), max_size=5))
def test_it_does_not_matter_how_a_coded_body_is_cut(data: bytes, cuts: list[int]) -> None:
    from rp_net._decode import BodyDecoder

    for coding, encode in ENCODERS:
        body = encode(data)
        decoder = BodyDecoder(rp_net.Headers({"Content-Encoding": coding}), None)
        places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
        out = b""
        for start, end in itertools.pairwise(places):
            out += b"".join(decoder.pieces(body[start:end]))
        decoder.end()
        assert out == data


@each_backend
async def test_a_body_is_limited_raw_and_decoded(server: FaultServer, backend: BackendName) -> None:
    def chunks(exchange: Exchange) -> None:
        exchange.send(head(200, [("Transfer-Encoding", "chunked")]))
        while True:
            exchange.send(chunk(b"x" * 10_000))

    server.on("/length", lambda exchange: exchange.respond(200, b"x" * 1001))
    server.on("/chunks", chunks)
    server.on("/coded", gzipped(b"x" * 1001))
    server.on("/right", lambda exchange: exchange.respond(200, b"x" * 1000))
    async with rp_net.Client(backend=backend, max_bytes=1000, timeout=10) as client:
        for path in ("/length", "/chunks", "/coded"):
            with pytest.raises(rp_net.BodyLimitError):
                await client.get(server.url(path))
            with pytest.raises(rp_net.BodyLimitError):
                async with client.stream(server.url(path), max_bytes=1000) as response:
                    await response.read()
        assert len(await client.get_bytes(server.url("/right"))) == 1000
        assert (await client.head(server.url("/length"))).headers["content-length"] == "1001"


@each_backend
@pytest.mark.parametrize("flood", [many_headers, long_header])
async def test_a_flood_of_header_fields_is_refused(
    server: FaultServer, backend: BackendName, flood: Any
) -> None:
    server.on("/", flood(b"body"))
    async with rp_net.Client(backend=backend, retries=2, timeout=5) as client:
        with pytest.raises(rp_net.NetError):
            await client.get(server.url())
        server.on("/", many_headers(b"body", 90))
        assert (await client.get(server.url())).content == b"body"
        for count, size in ((101, 1), (20, 4000), (1, 40_000)):
            fields = [(f"X-{number}", "x" * size) for number in range(count)]
            server.on("/", partial(Exchange.respond, headers=fields))
            with pytest.raises(rp_net.ProtocolError):
                await client.get(server.url())
