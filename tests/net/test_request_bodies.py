"""Bodies of every kind, through each backend."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

import rp_net
from support.fault_exchange import Exchange
from support.fault_server import FaultServer, Request
from support.net_matrix import BackendName, each_backend, everywhere

BIG = bytes(range(256)) * 4000


@pytest.fixture
def echoing(server: FaultServer) -> FaultServer:
    server.on("/", lambda exchange: exchange.respond(200, exchange.request.body))
    return server


async def drawn(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@everywhere
@pytest.mark.parametrize("data", [b"", b"bytes", BIG], ids=["empty", "small", "big"])
async def test_bytes_have_a_length(echoing: FaultServer, backend: BackendName, data: bytes) -> None:
    async with rp_net.Client(backend=backend) as client:
        for content in (data, bytearray(data), memoryview(data)):
            assert (await client.post(echoing.url(), content=content)).content == data
    for request in echoing.requests:
        assert request.all("content-length") == [str(len(data))]
        assert request.all("transfer-encoding") == []
    assert echoing.connections == 1


@everywhere
async def test_iterables_are_sent_in_chunks(echoing: FaultServer, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend) as client:
        for content in (drawn(b"one", b"", BIG), iter([b"one", b"", BIG])):
            response = await client.put(echoing.url(), content=content)
            assert response.content == b"one" + BIG
        assert (await client.put(echoing.url(), content=drawn())).content == b""
    for request in echoing.requests:
        assert request.all("transfer-encoding") == ["chunked"]
        assert request.all("content-length") == []
    assert echoing.connections == 1


@everywhere
async def test_what_is_no_body_says_so(echoing: FaultServer, backend: BackendName) -> None:
    async def wrong() -> AsyncIterator[Any]:
        yield b"right"
        yield "text"

    async with rp_net.Client(backend=backend, retries=0, timeout=5) as client:
        with pytest.raises(TypeError, match="made of bytes"):
            await client.put(echoing.url(), content=wrong())
        bad: Any = 7
        with pytest.raises(TypeError):
            await client.put(echoing.url(), content=bad)
        with pytest.raises(TypeError, match="one body"):
            await client.put(echoing.url(), content=b"", json={})
        assert (await client.put(echoing.url(), content=b"after")).content == b"after"


@everywhere
async def test_the_error_of_a_body_is_the_callers(
    echoing: FaultServer, backend: BackendName
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"right"
        raise KeyError("mine")

    async with rp_net.Client(backend=backend, retries=2, timeout=5) as client:
        with pytest.raises(KeyError, match="mine"):
            await client.put(echoing.url(), content=broken())
        assert (await client.put(echoing.url(), content=b"after")).content == b"after"
    assert len(echoing.requests) == 1


@each_backend
async def test_json_text_and_forms(echoing: FaultServer, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend) as client:
        response = await client.post(echoing.url(), json={"a": ["é", None, 1.5]})
        assert json.loads(response.content) == {"a": ["é", None, 1.5]}
        assert (await client.post(echoing.url(), content="é")).content == "é".encode()
        response = await client.post(echoing.url(), data={"a": ["1", "2"], "b": "é &"})
        assert response.content == b"a=1&a=2&b=%C3%A9+%26"
        own = {"Content-Type": "application/geo+json"}
        await client.post(echoing.url(), json=1, headers=own)
        await client.post(echoing.url())
    kinds = [request.all("content-type") for request in echoing.requests]
    form = "application/x-www-form-urlencoded"
    assert kinds == [["application/json"], [], [form], ["application/geo+json"], []]
    assert echoing.requests[-1].all("content-length") == ["0"]


def parts_of(request: Request) -> dict[str, tuple[str | None, str, bytes]]:
    kind = request.header("content-type") or ""
    assert kind.startswith("multipart/form-data; boundary=")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    found = {}
    for part in message.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found[name] = (part.get_filename(), part.get_content_type(), body)
    return found


@everywhere
async def test_files_are_streamed(
    echoing: FaultServer, backend: BackendName, tmp_path: Path
) -> None:
    path = tmp_path / "big.png"
    path.write_bytes(BIG)
    with path.open("rb") as opened:
        opened.seek(1000)
        files: dict[str, Any] = {
            "path": path,
            "opened": opened,
            "bytes": ("näme.txt", b"bytes", "text/x-mine"),
            "memory": ("m", io.BytesIO(b"memory")),
        }
        async with rp_net.Client(backend=backend) as client:
            await client.post(echoing.url(), data={"field": "é"}, files=files)
    (request,) = echoing.requests
    parts = parts_of(request)
    assert request.all("content-length") == [str(len(request.body))]
    assert parts["path"] == ("big.png", "image/png", BIG)
    assert parts["opened"] == ("big.png", "image/png", BIG[1000:])
    assert parts["bytes"][1:] == ("text/x-mine", b"bytes")
    assert parts["memory"] == ("m", "application/octet-stream", b"memory")
    assert parts["field"] == (None, "text/plain", "é".encode())


@each_backend
async def test_a_file_without_a_length_is_sent_in_chunks(
    echoing: FaultServer, backend: BackendName
) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    async with rp_net.Client(backend=backend) as client:
        await client.post(echoing.url(), files={"f": ("f", Pipe(BIG))})
    (request,) = echoing.requests
    assert request.all("transfer-encoding") == ["chunked"]
    assert parts_of(request)["f"][2] == BIG


@each_backend
async def test_names_cannot_break_out_of_a_form(echoing: FaultServer, backend: BackendName) -> None:
    evil = 'a"\r\nContent-Type: text/html\r\n\r\n'
    async with rp_net.Client(backend=backend) as client:
        await client.post(echoing.url(), data={evil: "1"}, files={"f": (evil, b"x")})
        with pytest.raises(ValueError):
            await client.post(echoing.url(), files={"f": ("f", b"x", "a\r\nb: c")})
    body = echoing.requests[0].body
    assert b"text/html\r\n" not in body
    assert body.count(b"a%22%0D%0AContent-Type") == 2


@each_backend
async def test_a_retry_sends_the_whole_body_again(
    server: FaultServer, backend: BackendName, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(BIG)
    busy = iter([503, 200, 503])
    server.on("/", lambda exchange: exchange.respond(next(busy), exchange.request.body))
    again = rp_net.Retry(2, base=0)
    async with rp_net.Client(backend=backend, retries=again) as client:
        response = await client.put(server.url(), files={"f": path})
        assert response.content.count(BIG) == 1
        with pytest.raises(rp_net.HTTPStatusError):
            await client.put(server.url(), content=drawn(b"only once"))
    assert len(server.requests) == 3
    assert parts_of(server.requests[0]) == parts_of(server.requests[1])


@everywhere
async def test_an_answer_before_the_end_of_the_body(
    server: FaultServer, backend: BackendName
) -> None:
    reached: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(400):
            reached.append(number)
            yield b"x" * 65_536

    def early(exchange: Exchange) -> None:
        exchange.respond(200, b"", [("Connection", "close")])

    server.on("/", early)
    async with rp_net.Client(backend=backend, retries=0, timeout=10) as client:
        response = await client.put(server.url(), content=endless())
    assert response.status == 200
    assert len(reached) == 400
