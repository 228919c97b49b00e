"""One contract, through each backend on each event loop: what is sent, and what is made of it."""

from __future__ import annotations

import pytest

import rp_net
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.fault_wire import chunk, head
from support.net_matrix import BackendName, each_backend, everywhere

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def echo(exchange: Exchange) -> None:
    exchange.respond(200, exchange.request.body)


@everywhere
async def test_every_method_is_sent_as_it_is(server: FaultServer, backend: BackendName) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"right"))
    async with rp_net.Client(backend=backend) as client:
        for method in METHODS:
            response = await client.request(method.lower(), server.url())
            assert response.content == (b"" if method == "HEAD" else b"right")
            assert (response.status, response.method) == (200, method)
        assert client.backend == backend
    assert [request.method for request in server.requests] == METHODS
    assert server.connections == 1


@everywhere
async def test_a_request_has_its_own_fields_and_no_others(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", echo)
    fields = [("X-One", "1"), ("x-two", "a"), ("x-two", "b"), ("User-Agent", "me")]
    async with rp_net.Client(backend=backend) as client:
        await client.get(server.url("/?a=b&c"), headers=fields)
    (request,) = server.requests
    assert request.target == "/?a=b&c"
    assert request.all("x-one") == ["1"]
    assert request.all("x-two") == ["a", "b"]
    assert request.all("user-agent") == ["me"]
    assert request.all("host") == [f"127.0.0.1:{server.port}"]
    assert {name.lower() for name, _ in request.headers} <= {
        "accept", "accept-encoding", "connection", "host", "user-agent", "x-one", "x-two",
    }  # fmt: skip


@each_backend
async def test_a_value_beyond_ascii_is_sent_as_utf_8(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"", [("X-Back", "\xe9")]))
    async with rp_net.Client(backend=backend) as client:
        response = await client.get(server.url(), headers={"X-Name": "caf\xe9"})
    assert server.requests[0].header("x-name") == "caf\xe9".encode().decode("latin-1")
    assert response.headers["x-back"] == "\xe9"


@each_backend
@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding"])
async def test_a_caller_cannot_frame_a_request_twice(
    server: FaultServer, backend: BackendName, name: str
) -> None:
    server.on("/", echo)
    value = {"Host": "else.example", "Content-Length": "3", "Transfer-Encoding": "chunked"}[name]
    async with rp_net.Client(backend=backend, retries=0, timeout=2) as client:
        try:
            await client.post(server.url(), headers={name: value}, content=b"12345")
        except (ValueError, rp_net.NetError):
            assert server.requests == []
            return
    (request,) = server.requests
    assert len(request.all("host")) == 1
    assert len(request.all("content-length") + request.all("transfer-encoding")) == 1
    assert request.body == b"12345"


@everywhere
async def test_a_response_is_told_exactly(server: FaultServer, backend: BackendName) -> None:
    fields = [("X-A", "1"), ("Set-Cookie", "a=1"), ("x-a", "2"), ("Set-Cookie", "b=2")]
    server.on("/", lambda exchange: exchange.respond(299, b"body", fields, reason="All Mine"))
    async with rp_net.Client(backend=backend) as client:
        response = await client.get(server.url("/#part"))
    assert (response.status, response.reason, response.content) == (299, "All Mine", b"body")
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert response.headers["X-A"] == "1, 2"
    assert response.headers.multi_items() == [*fields, ("Content-Length", "4")]
    assert response.url == server.url("/#part")
    assert response.http_version == "HTTP/1.1"
    assert response.elapsed.total_seconds() > 0


@everywhere
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_a_response_without_a_body_leaves_the_connection_usable(
    server: FaultServer, backend: BackendName, method: str, status: int
) -> None:
    fields = [] if status == 204 else [("Content-Length", "999999999")]
    server.on("/bare", lambda exchange: exchange.respond(status, b"", fields))
    server.on("/", lambda exchange: exchange.respond(200, b"right"))
    async with rp_net.Client(backend=backend, max_bytes=100) as client:
        bare = await client.request(method, server.url("/bare"))
        assert (bare.status, bare.content) == (status, b"")
        assert (await client.get(server.url())).content == b"right"
    assert server.connections == 1


@everywhere
async def test_chunks_are_joined_and_trailers_passed_over(
    server: FaultServer, backend: BackendName
) -> None:
    start = head(200, [("Transfer-Encoding", "chunked"), ("X-Head", "1")])
    body = b"5;note=x\r\nright\r\n" + chunk(b"!" * 70_000) + b"0\r\nX-Late: 1\r\n\r\n"
    server.on("/", lambda exchange: exchange.send(start + body))
    async with rp_net.Client(backend=backend) as client:
        for _ in range(3):
            response = await client.get(server.url())
            assert response.content == b"right" + b"!" * 70_000
            assert "x-late" not in response.headers
    assert server.connections == 1


@everywhere
async def test_the_end_of_the_connection_ends_a_body_without_a_length(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"right" * 9999, length=False))
    async with rp_net.Client(backend=backend) as client:
        for _ in range(2):
            assert (await client.get(server.url())).content == b"right" * 9999
    assert server.connections == 2


@everywhere
async def test_interim_responses_are_passed_over(server: FaultServer, backend: BackendName) -> None:
    def early(exchange: Exchange) -> None:
        exchange.send(head(103, [("Link", "</a>")]) + b"HTTP/1.1 100 Continue\r\n\r\n")
        exchange.respond(200, b"right")

    server.on("/", early)
    async with rp_net.Client(backend=backend) as client:
        for _ in range(2):
            response = await client.get(server.url())
            assert (response.status, response.content) == (200, b"right")
            assert "link" not in response.headers
    assert server.connections == 1


@each_backend
async def test_4xx_and_5xx_are_errors_except_for_request(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(418, b"why", reason="Teapot"))
    async with rp_net.Client(backend=backend) as client:
        with pytest.raises(rp_net.HTTPStatusError, match="418 Teapot") as caught:
            await client.get(server.url())
        assert caught.value.response.content == b"why"
        assert caught.value.status == 418
        with pytest.raises(rp_net.HTTPStatusError):
            async with client.stream(server.url()):
                pass
        assert (await client.get(server.url(), raise_for_status=False)).status == 418
        assert (await client.request("GET", server.url())).ok is False


@each_backend
@pytest.mark.parametrize(
    "head_lines",
    [
        b"HTTP/1.1 200 OK\r\nX-A: 1\rSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: 1\0\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 abc Fine\r\n\r\n",
        b"\0\xff\x16\x03garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nab",
    ],
    ids=["bare-cr", "nul", "no-colon", "status", "garbage", "lengths", "negative", "2x"],
)
async def test_what_is_no_http_is_an_error(
    server: FaultServer, backend: BackendName, head_lines: bytes
) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.send(head_lines)
        exchange.close()

    server.on("/", handler)
    async with rp_net.Client(backend=backend, retries=0, timeout=5) as client:
        with pytest.raises(rp_net.ProtocolError):
            await client.get(server.url())


@each_backend
async def test_a_folded_field_has_no_line_break(server: FaultServer, backend: BackendName) -> None:
    raw = b"HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length: 0\r\n\r\n"
    server.on("/", lambda exchange: exchange.send(raw))
    async with rp_net.Client(backend=backend, retries=0) as client:
        try:
            response = await client.get(server.url())
        except rp_net.ProtocolError:
            return
    assert response.headers["x-a"].split() == ["one", "two"]
    assert not set(response.headers["x-a"]) & {"\r", "\n"}
