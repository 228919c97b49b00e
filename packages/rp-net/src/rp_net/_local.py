"""Answers without a network: a function, or an ASGI application, in the place of a backend."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import anyio

from rp_net._content import bytes_content
from rp_net._headers import Headers

if TYPE_CHECKING:
    from rp_net._response import Response
    from rp_net._types import Exchange, Request, Timeout, Transport

    Answer: TypeAlias = Callable[[Request], Response | Awaitable[Response]]
    ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
    TransportTypes: TypeAlias = Answer | ASGIApp | Transport


def as_transport(given: TransportTypes) -> Transport:
    """Return what stands in for a backend.

    Args:
        given: A function (plain or async) of a `Request` that returns a `Response`; an ASGI
            application; or an object with `send` and `close`, whose exchanges can be closed also in
            a task that is cancelled.

    Raises:
        TypeError: It is none of these.
    """
    if hasattr(given, "send") and hasattr(given, "close"):
        return cast("Transport", given)
    if not callable(given):
        raise TypeError(f"transport must be a function or an ASGI application, not {given!r}")
    needed = [
        parameter
        for parameter in inspect.signature(given).parameters.values()
        if parameter.default is parameter.empty and parameter.kind != parameter.VAR_KEYWORD
    ]
    return _Local("asgi", _of_asgi(given)) if len(needed) == 3 else _Local("function", given)


class _Local:
    def __init__(self, name: str, answer: Any) -> None:
        self.name = name
        self._answer = answer

    async def send(self, request: Request, _: Timeout) -> Exchange:
        """Ask the function."""
        if request.content is not None and request.content.data is None:
            pieces = [piece async for piece in request.content]
            request.content = bytes_content(b"".join(pieces))
        response = self._answer(request)
        if inspect.isawaitable(response):
            response = await response
        return MemoryExchange.of(response)

    async def close(self) -> None:
        """Do nothing."""


class MemoryExchange:
    """A response that is there already; see `Exchange`.

    Attributes:
        body: The whole body, as it was sent; empty once it has been read.
    """

    def __init__(
        self,
        status: int,
        headers: Headers,
        body: bytes,
        reason: str = "",
        version: str = "HTTP/1.1",
    ) -> None:
        self.status = status
        self.reason = reason
        self.http_version = version
        self.headers = headers
        self.body = body

    @classmethod
    def of(cls, response: Response) -> MemoryExchange:
        """Return a response as it would have come."""
        return cls(response.status, response.headers, response.content, response.reason)

    async def read(self) -> bytes:
        """Return the whole body, then nothing."""
        body, self.body = self.body, b""
        return body

    async def close(self) -> None:
        """Do nothing."""


class FromCache(MemoryExchange):
    """A response that a cache gives.

    Attributes:
        news: Fields of the 304 that confirmed it; None: none was asked for.
    """

    news: Headers | None = None


def _of_asgi(app: Any) -> Callable[[Request], Awaitable[Response]]:
    """Return a function that asks an ASGI application (ASGI 3, "http"), to the end of its body."""

    async def answer(request: Request) -> Response:
        from rp_net._response import Response

        complete = anyio.Event()
        inbox = [request.content.data or b"" if request.content else b""]
        start: dict[str, Any] = {}
        body: list[bytes] = []

        async def receive() -> dict[str, Any]:
            if inbox:
                return {"type": "http.request", "body": inbox.pop(), "more_body": False}
            await complete.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body.append(bytes(message.get("body", b"")))
                if not message.get("more_body", False):
                    complete.set()

        await app(_scope_of(request), receive, send)
        if not start:
            raise RuntimeError("the ASGI application gave no response")
        pairs = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in start.get("headers", ())]
        content = b"" if request.method == "HEAD" else b"".join(body)
        return Response(start["status"], headers=Headers.received(pairs), content=content)

    return answer


def _scope_of(request: Request) -> dict[str, Any]:
    from urllib.parse import unquote_to_bytes

    url, content = request.url, request.content
    path, _, query = url.target.partition("?")
    fields = [("host", url.authority), *request.headers.multi_items()]
    if content is not None:
        fields.append(("content-length", str(len(content.data or b""))))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in fields],
        "client": ("127.0.0.1", 0),
        "server": (url.host, url.port),
    }
