"""An ASGI application, or a function, in the place of the network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import rp_net
from rp_net import sync


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    message = await receive()
    headers = [(b"x-path", scope["path"].encode()), (b"x-query", scope["query_string"])]
    headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    for piece in (scope["method"].encode(), b" ", message["body"]):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})
    assert (await receive())["type"] == "http.disconnect"


async def test_an_application() -> None:
    async with rp_net.Client(transport=app, base_url="http://app/") as client:
        response = await client.post("/p%C3%A9?q=1", content="body")
        assert (response.status, response.content) == (201, b"POST body")
        assert response.headers["x-path"] == "/p\xc3\xa9"
        assert response.headers["x-query"] == "q=1"
        assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert set(client.cookies) == {"a", "b"}
        assert (await client.head("/")).content == b""
        async with client.stream("/") as streamed:
            assert await streamed.read() == b"GET "
        assert client.backend == "asgi"


async def test_a_function_of_either_colour() -> None:
    async def later(request: rp_net.Request) -> rp_net.Response:
        await anyio.lowlevel.checkpoint()
        return now(request)

    def now(request: rp_net.Request) -> rp_net.Response:
        body = request.content.data if request.content else b""
        return rp_net.Response(200, content=f"{request.method} {request.url} {body!r}")

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    for answer in (now, later):
        async with rp_net.Client(transport=answer) as client:
            response = await client.put("http://a/b?c", content=pieces())
            assert response.text == "PUT http://a/b?c b'ab'"


async def test_all_that_a_client_does_holds_here_too() -> None:
    answers = iter([503, 302, 200])

    def answer(request: rp_net.Request) -> rp_net.Response:
        status = next(answers)
        headers = {"Location": "http://else/"} if status == 302 else {}
        return rp_net.Response(status, headers=headers, content=str(dict(request.headers)))

    async with rp_net.Client(transport=answer, retries=rp_net.Retry(1, base=0)) as client:
        response = await client.get("http://a/", headers={"X-Api-Key": "secret"})
    assert (response.status, response.url) == (200, "http://else/")
    assert "secret" not in response.text


async def test_limits_hold() -> None:
    async def slow(request: rp_net.Request) -> rp_net.Response:
        await anyio.sleep(9)
        raise AssertionError

    async with rp_net.Client(transport=slow, timeout=0.05) as client:
        with pytest.raises(rp_net.NetTimeoutError):
            await client.get("http://a/")
    big = rp_net.Response(200, content=b"x" * 1000)
    async with rp_net.Client(transport=lambda _: big, max_bytes=999) as client:
        with pytest.raises(rp_net.BodyLimitError):
            await client.get("http://a/")


async def test_errors_of_the_application_are_its_own() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("mine")

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        pass

    async with rp_net.Client(transport=broken) as client:
        with pytest.raises(KeyError, match="mine"):
            await client.get("http://a/")
    async with rp_net.Client(transport=silent) as client:
        with pytest.raises(RuntimeError, match="no response"):
            await client.get("http://a/")
    wrong: Any = 7
    with pytest.raises(TypeError):
        rp_net.Client(transport=wrong)


def test_in_plain_code() -> None:
    with sync.Client(transport=app, base_url="http://app") as client:
        assert client.get("/").content == b"GET "
