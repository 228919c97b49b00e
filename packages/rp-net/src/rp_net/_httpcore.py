"""The backends `httpx2` and `httpx`: their engines, httpcore2 and httpcore, which are alike."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
import anyio.lowlevel

from rp_net._apart import apart
from rp_net._errors import (
    ConnectError,
    IncompleteBodyError,
    NetError,
    NetTimeoutError,
    ProtocolError,
    ReadError,
)
from rp_net._headers import Headers
from rp_net._loop import on_trio
from rp_net._network import LaterContext, Network
from rp_net._proxies import basic
from rp_net._types import close_content, with_host

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rp_net._transport import TransportOptions
    from rp_net._types import Proxy, Request, Timeout


R = TypeVar("R")
_PIECES: Final = 32


class HttpcoreTransport:
    """Connection pools of httpcore: one without a proxy, one for each proxy."""

    def __init__(self, name: str, module: str, options: TransportOptions) -> None:
        self.name = name
        self._core: Any = import_module(module)
        self._options = options
        self._pools: dict[Proxy | None, Any] = {}
        self._closed = False

    async def send(self, request: Request, limits: Timeout) -> HttpcoreExchange:
        """Send a request; see `Transport`."""
        core, url = self._core, request.url
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._options.policy:
            self._options.policy.check_url(url)
        seconds = {"connect": limits.connect, "read": limits.stall, "write": limits.stall}
        content = request.content
        message = core.Request(
            request.method.encode("ascii"),
            core.URL(
                scheme=url.scheme.encode(),
                host=url.host.encode(),
                port=url.explicit_port,
                target=url.target.encode(),
            ),
            headers=_fields_of(request),
            content=content,
            extensions={"timeout": seconds},
        )
        pool = self._pool(request.proxy)
        self._options.make_context(url)
        try:
            response = await self.run(lambda: pool.handle_async_request(message))
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await close_content(request)
            if isinstance(error, Exception):
                raise self.mapped(error, url.authority) from error
            raise
        return HttpcoreExchange(self, response, url.authority)

    async def run(self, step: Callable[[], Awaitable[R]]) -> R:
        """Await a step of httpcore, so that a cancelled one leaves the pool in order."""
        return await (apart(step) if self.name == "httpx" and not on_trio() else step())

    async def close(self) -> None:
        """Close every connection; see `Transport`."""
        self._closed = True
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    def _pool(self, proxy: Proxy | None) -> Any:
        pool = self._pools.get(proxy)
        if pool is None:
            pool = self._pools[proxy] = self._make_pool(proxy)
        return pool

    def _make_pool(self, proxy: Proxy | None) -> Any:
        core, options = self._core, self._options
        shared: dict[str, Any] = {
            "ssl_context": LaterContext(lambda: options.tls_context),
            "max_connections": options.max_connections,
            "max_keepalive_connections": options.max_connections,
            "keepalive_expiry": 30.0,
            "http2": options.http2,
            "network_backend": Network(core, options.policy),
        }
        if proxy is None:
            return core.AsyncConnectionPool(**shared)
        url = proxy.url
        auth = proxy.auth and tuple(part.encode() for part in proxy.auth)
        where = core.URL(
            scheme=url.scheme.encode(), host=url.host.encode(), port=url.port, target=b"/"
        )
        return core.AsyncHTTPProxy(proxy_url=where, proxy_auth=auth, **shared)

    def mapped(self, error: Exception, where: str) -> Exception:
        """Return the error of ours that an error of httpcore means."""
        core = self._core
        text = f"{where}: {str(error) or type(error).__name__}"
        mapped: Exception = error
        if isinstance(error, NetError):
            pass
        elif isinstance(error, (core.ConnectTimeout, core.PoolTimeout)):
            mapped = NetTimeoutError(f"{where}: no connection in time", "connect")
        elif isinstance(error, core.ReadTimeout):
            mapped = NetTimeoutError(f"{where}: no byte came in time", "read")
        elif isinstance(error, core.WriteTimeout):
            mapped = NetTimeoutError(f"{where}: no byte was taken in time", "write")
        elif isinstance(error, (core.ConnectError, core.ProxyError)):
            mapped = ConnectError(text)
        elif isinstance(error, core.RemoteProtocolError):
            mapped = _protocol_error(str(error), where)
        elif isinstance(error, core.LocalProtocolError):
            mapped = ProtocolError(text)
        elif isinstance(error, (core.NetworkError, OSError)):
            mapped = ReadError(text)
        return mapped


class HttpcoreExchange:
    """A response of httpcore; see `Exchange`."""

    def __init__(self, transport: HttpcoreTransport, response: Any, where: str) -> None:
        self._transport = transport
        self._stream = response.stream
        self._pieces: Any = None
        self._until_pause = _PIECES
        self._where = where
        self.status: int = response.status
        extensions = response.extensions
        self.reason: str = extensions.get("reason_phrase", b"").decode("latin-1")
        self.http_version: str = extensions.get("http_version", b"HTTP/1.1").decode("latin-1")
        self.headers = Headers.received(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
        )

    async def read(self) -> bytes:
        """Return the next piece; see `Exchange`."""
        pieces = self._pieces = self._pieces or aiter(self._stream)
        self._until_pause -= 1
        if not self._until_pause:  # thousands of small ones may have come at once
            self._until_pause = _PIECES
            await anyio.lowlevel.checkpoint()
        try:
            return await self._transport.run(lambda: anext(pieces, b""))
        except Exception as error:
            raise self._transport.mapped(error, self._where) from error

    async def close(self) -> None:
        """Give the connection back or close it; see `Exchange`."""
        with anyio.CancelScope(shield=True):
            await self._transport.run(self._close)

    async def _close(self) -> None:
        if self._pieces is not None:
            await self._pieces.aclose()
        await self._stream.aclose()


def _fields_of(request: Request) -> list[tuple[bytes, bytes]]:
    fields = with_host(request)
    content = request.content
    if content and content.length is None:
        fields.append(("Transfer-Encoding", "chunked"))
    elif content or request.method in {"POST", "PUT", "PATCH"}:
        fields.append(("Content-Length", str(content.length if content else 0)))
    if request.proxy and request.proxy.auth and request.url.scheme == "http":
        fields.append(("Proxy-Authorization", basic(request.proxy.auth)))
    return [(name.encode(), value.encode()) for name, value in fields]


def _protocol_error(text: str, where: str) -> NetError:
    if "without sending complete" in text or "incomplete" in text:
        return IncompleteBodyError(f"{where}: the body ended early")
    if "without sending" in text:
        return ReadError(f"{where}: the server closed the connection without an answer")
    return ProtocolError(f"{where}: {text}")
