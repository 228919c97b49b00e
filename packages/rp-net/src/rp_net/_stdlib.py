"""The backend `stdlib`: http.client in worker threads, on any event loop."""

from __future__ import annotations

import time
from functools import partial
from http.client import HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from rp_net._content import PIECE
from rp_net._errors import (
    IncompleteBodyError,
    NetError,
    NetTimeoutError,
    ProtocolError,
    ReadError,
)
from rp_net._headers import Headers
from rp_net._proxies import basic
from rp_net._types import close_content, with_host
from rp_net._wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_net._transport import TransportOptions
    from rp_net._types import Proxy, Request, Timeout

R = TypeVar("R")


class StdlibTransport:
    """A pool of connections, each used by one worker thread at a time."""

    name = "stdlib"

    def __init__(self, options: TransportOptions) -> None:
        self._options = options
        self._idle: dict[tuple[tuple[str, str, int], Proxy | None], list[Wire]] = {}
        self._in_use: set[Wire] = set()
        self._closed = False
        self._room = anyio.Semaphore(options.max_connections)
        self._threads = anyio.CapacityLimiter(options.max_connections)

    async def send(self, request: Request, limits: Timeout) -> StdlibExchange:
        """Send a request; see `Transport`."""
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._options.policy:
            self._options.policy.check_url(request.url)
        self._options.make_context(request.url)
        await self._room.acquire()
        try:
            return await self._send(request, limits)
        except BaseException:
            self._room.release()
            raise

    async def close(self) -> None:
        """Close every connection; see `Transport`."""
        self._closed = True
        pools, self._idle = self._idle, {}
        for wire in [*self._in_use, *(wire for wires in pools.values() for wire in wires)]:
            wire.cut()

    async def _send(self, request: Request, limits: Timeout) -> StdlibExchange:
        wire, fresh = self._take_idle(request), False
        if wire is None:
            wire, fresh = Wire(), True
            self._trim()

        self._in_use.add(wire)
        try:
            if fresh:
                await self._connect(wire, request, limits)
            response = await self._exchange(wire, request)
        except BaseException:
            wire.cut()
            self._in_use.discard(wire)
            with anyio.CancelScope(shield=True):
                await close_content(request)
            raise
        return StdlibExchange(self, request, wire, response)

    async def _connect(self, wire: Wire, request: Request, limits: Timeout) -> None:
        where = request.url.authority
        connect = partial(wire.connect, request.url, request.proxy, self._options, limits)
        with anyio.move_on_after(limits.connect) as scope:  # looking the name up has no limit
            await self.hop(wire, where, connect)
        if scope.cancelled_caught:
            raise NetTimeoutError(f"{where}: no connection in time", "connect")

    async def _exchange(self, wire: Wire, request: Request) -> HTTPResponse:
        where, content = request.url.authority, request.content
        answer = partial(wire.begin_response, request.method)
        if content is None or content.data is not None:
            body = content.data if content and content.data else b""

            def all_at_once() -> HTTPResponse:
                wire.send(_head_of(request) + body)
                return answer()

            return await self.hop(wire, where, all_at_once)
        await self.hop(wire, where, partial(wire.send, _head_of(request)))
        async for piece in content:
            await self.hop(wire, where, partial(wire.send, _framed(piece, content.length)))
        if content.length is None:
            await self.hop(wire, where, partial(wire.send, _framed(b"", None)))
        return await self.hop(wire, where, answer)

    async def hop(self, wire: Wire, where: str, call: Callable[[], R]) -> R:
        """Do one blocking step; whoever cancels it does not wait, the connection is cut."""
        try:
            return await anyio.to_thread.run_sync(
                call, abandon_on_cancel=True, limiter=self._threads
            )
        except Exception as error:
            wire.cut()
            raise _mapped(error, where) from error
        except BaseException:
            wire.cut()
            raise

    def put_back(self, request: Request, wire: Wire, *, reusable: bool) -> None:
        """Take a connection back, for another request if it can be used again."""
        self._in_use.discard(wire)
        if not reusable or self._closed:
            wire.cut()
        else:
            wire.idle_since = time.monotonic()
            self._idle.setdefault((request.url.origin, request.proxy), []).append(wire)
        self._room.release()

    def _trim(self) -> None:
        """Close the connections that have been idle longest, where there are as many as may be."""
        idle = sorted(
            ((wire.idle_since, key) for key, wires in self._idle.items() for wire in wires),
            key=lambda entry: entry[0],
        )
        for _, key in idle[: max(0, len(idle) - self._options.max_connections + 1)]:
            self._idle[key].pop(0).cut()

    def _take_idle(self, request: Request) -> Wire | None:
        wires = self._idle.get((request.url.origin, request.proxy), [])
        while wires:
            wire = wires.pop()
            if wire.is_reusable():
                return wire
            wire.cut()
        return None


class StdlibExchange:
    """A response of http.client; see `Exchange`."""

    def __init__(
        self, transport: StdlibTransport, request: Request, wire: Wire, response: HTTPResponse
    ) -> None:
        self._transport = transport
        self._request = request
        self._wire: Wire | None = wire
        self._response = response
        self._ended = False
        self.status = response.status
        self.reason = response.reason
        self.http_version = "HTTP/1.0" if response.version == 10 else "HTTP/1.1"
        self.headers = Headers.received(list(response.msg.raw_items()))

    async def read(self) -> bytes:
        """Return the next piece; see `Exchange`."""
        if self._ended or self._wire is None:
            return b""
        piece = await self._transport.hop(self._wire, self._request.url.authority, self._read)
        self._ended = not piece
        return piece

    def _read(self) -> bytes:
        piece = self._response.read1(PIECE)
        if not piece and self._response.length and self._request.method != "HEAD":
            raise IncompleteRead(b"", self._response.length)
        return piece

    async def close(self) -> None:
        """Give the connection back or close it; see `Exchange`."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        reusable = self._ended and not self._response.will_close
        self._transport.put_back(self._request, wire, reusable=reusable)


def _head_of(request: Request) -> bytes:
    url, content = request.url, request.content
    target = url.target
    fields = with_host(request)
    if request.proxy and url.scheme == "http":
        target = str(url)
        if request.proxy.auth:
            fields.append(("Proxy-Authorization", basic(request.proxy.auth)))
    if content and content.length is None:
        fields.append(("Transfer-Encoding", "chunked"))
    elif content or request.method in {"POST", "PUT", "PATCH"}:
        fields.append(("Content-Length", str(content.length if content else 0)))
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in fields), "", ""]
    return "\r\n".join(lines).encode()


def _framed(piece: bytes, length: int | None) -> bytes:
    """Put a piece into the chunked coding where the length is not known; empty ends it."""
    if length is not None:
        return piece
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _mapped(error: Exception, where: str) -> Exception:
    """Return the error of ours that an error of http.client means."""
    mapped: Exception = error
    if isinstance(error, NetError):
        pass
    elif isinstance(error, TimeoutError):
        mapped = NetTimeoutError(f"{where}: no byte moved in time", "read")
    elif isinstance(error, IncompleteRead):
        mapped = IncompleteBodyError(f"{where}: the body ended early")
    elif isinstance(error, RemoteDisconnected):
        mapped = ReadError(f"{where}: the server closed the connection without an answer")
    elif isinstance(error, HTTPException):
        mapped = ProtocolError(f"{where}: {str(error) or type(error).__name__}")
    elif isinstance(error, OSError):
        mapped = ReadError(f"{where}: {error}")
    return mapped
