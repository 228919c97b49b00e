"""The backend `aiohttp`: asyncio, HTTP/1.1."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import aiohttp
from aiohttp import HttpVersion10
from multidict import CIMultiDict
from yarl import URL

from rp_net._aiohttp.connector import Connector, Resolver, connect_seconds
from rp_net._aiohttp.direct import Direct, is_possible
from rp_net._aiohttp.errors import mapped
from rp_net._content import PIECE
from rp_net._errors import NetTimeoutError
from rp_net._headers import Headers
from rp_net._limits import MOST_FIELD, MOST_FIELDS
from rp_net._proxies import basic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from rp_net._content import Content
    from rp_net._transport import TransportOptions
    from rp_net._types import Proxy, Request, Timeout

_MOST_TIMEOUTS: Final = 64
_READ_AHEAD: Final = 1 << 18
# aiohttp lets longer times end on a whole second, up to one later.
_CEIL_THRESHOLD: Final = 3600
# What aiohttp would add by itself where the caller has left it out.
_NOT_ADDED: Final = ("Content-Type", "Accept", "Accept-Encoding", "User-Agent")


class AiohttpTransport:
    """One `aiohttp.ClientSession`, without anything it does beyond one exchange."""

    name = "aiohttp"

    def __init__(self, options: TransportOptions) -> None:
        self._options = options
        self._timeouts: dict[int, tuple[Timeout, aiohttp.ClientTimeout]] = {}
        policy = options.policy
        reading: dict[str, Any] = {
            "auto_decompress": False,
            "read_bufsize": _READ_AHEAD,
            "max_line_size": MOST_FIELD,
            "max_field_size": MOST_FIELD,
            "max_headers": MOST_FIELDS,
        }
        self._session = aiohttp.ClientSession(
            connector=Connector(
                limit=options.max_connections,
                resolver=Resolver(policy),
                use_dns_cache=policy is None,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            **reading,
        )
        reading |= {"read_until_eof": True, "timeout_ceil_threshold": _CEIL_THRESHOLD}
        self._direct = Direct(self._session, reading) if is_possible(reading) else None
        # It would send by itself what the server may have got: retries are made above, and counted.
        self._session._retry_connection = False  # noqa: SLF001

    async def send(self, request: Request, limits: Timeout) -> AiohttpExchange:
        """Send a request; see `Transport`."""
        if self._options.policy:
            self._options.policy.check_url(request.url)
        url = request.url
        self._options.make_context(url)
        connect_seconds.set(limits.connect)
        native = request.native
        if not isinstance(native, _Native):
            native = request.native = _Native.of(request)
        try:
            if request.content is not None:
                response = await self._upload(request, request.content, native, limits)
            else:
                response = await self._request(request, native, limits)
        except Exception as error:
            if request.content and request.content.failure:
                raise request.content.failure from None
            raise mapped(error, url.authority) from error
        return AiohttpExchange(response)

    async def _upload(
        self, request: Request, content: Content, native: _Native, limits: Timeout
    ) -> aiohttp.ClientResponse:
        """Send a request with a body; aiohttp itself has no limit for one that nobody takes."""
        try:
            async with asyncio.timeout(None) as stall:
                data = _data_of(content, stall, limits.stall_needed)
                return await self._request(request, native, limits, data)
        except TimeoutError as error:
            if not stall.expired():
                raise
            where = request.url.authority
            raise NetTimeoutError(f"{where}: no byte was taken in time", "write") from error

    def _request(
        self, request: Request, native: _Native, limits: Timeout, data: Any = None
    ) -> Awaitable[aiohttp.ClientResponse]:
        ssl = self._options.tls_context if request.url.scheme == "https" else True
        if self._direct and data is None and request.proxy is None:
            return self._direct.ask(
                request.method,
                native.url,
                native.headers,
                skip_auto_headers=native.not_added,
                timeout=self._timeout(limits),
                ssl=ssl,
            )
        return self._session.request(
            request.method,
            native.url,
            headers=native.headers,
            skip_auto_headers=native.not_added,
            data=data,
            allow_redirects=False,
            timeout=self._timeout(limits),
            ssl=ssl,
            **(_proxy_options(request.proxy) if request.proxy else {}),
        )

    async def close(self) -> None:
        """Close every connection; see `Transport`."""
        await self._session.close()

    def disown(self) -> None:
        """Leave the connections to the process that this one was forked from.

        Closing them would take them out of the selector that both processes share.
        """
        connector = self._session.connector
        self._session.detach()
        if connector is not None:
            connector._closed = True  # noqa: SLF001

    def _timeout(self, limits: Timeout) -> aiohttp.ClientTimeout:
        # By identity, since hashing costs more than all else here; the tuple keeps it alive.
        known = self._timeouts.get(id(limits))
        if known is None:
            if len(self._timeouts) > _MOST_TIMEOUTS:
                self._timeouts.clear()
            made = aiohttp.ClientTimeout(
                sock_connect=limits.connect,
                sock_read=limits.stall_needed,
                ceil_threshold=_CEIL_THRESHOLD,
            )
            known = self._timeouts[id(limits)] = limits, made
        return known[1]


class AiohttpExchange:
    """A response of aiohttp; see `Exchange`."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._broken = False
        self.status = response.status
        self.reason = response.reason or ""
        self.http_version = "HTTP/1.0" if response.version == HttpVersion10 else "HTTP/1.1"
        self.headers = Headers.received(
            [(str(name, "latin-1"), str(value, "latin-1")) for name, value in response.raw_headers]
        )

    async def read(self) -> bytes:
        """Return the next piece; see `Exchange`."""
        try:
            content = self._response.content
            return b"" if content.at_eof() else await content.readany()
        except Exception as error:
            if held := self._held_back(error):
                return held
            raise mapped(error, self._response.url.raw_authority) from error

    def _held_back(self, error: Exception) -> bytes:
        """Return what came before an error: aiohttp would keep it to itself."""
        content = self._response.content
        if content.exception() is not error or self._broken:
            return b""
        self._broken = True
        no_error: Any = None
        content.set_exception(no_error)
        held = content.read_nowait()
        content.set_exception(error)
        return held

    async def close(self) -> None:
        """Give the connection back or close it; see `Exchange`."""
        if not self._response.closed:  # as it is once the body has been read to its end
            self._response.close()


class _Native(NamedTuple):
    url: URL
    headers: CIMultiDict[str]
    not_added: tuple[str, ...] | None

    @classmethod
    def of(cls, request: Request) -> _Native:
        fields = _fields_of(request)
        names = _NOT_ADDED[1:] if request.method in {"GET", "HEAD"} else _NOT_ADDED
        left_out = tuple(name for name in names if name not in fields)
        return cls(URL(str(request.url), encoded=True), fields, left_out or None)


def _fields_of(request: Request) -> CIMultiDict[str]:
    fields = CIMultiDict(request.headers.multi_items())
    content = request.content
    if content and content.length is not None:
        fields["Content-Length"] = str(content.length)
    elif not content and request.method in {"POST", "PUT", "PATCH"}:
        fields["Content-Length"] = "0"
    if request.proxy and request.proxy.auth and request.url.scheme == "http":
        fields["Proxy-Authorization"] = basic(request.proxy.auth)
    return fields


def _data_of(content: Content, stall: asyncio.Timeout, seconds: float | None) -> Any:
    if content.data is not None and len(content.data) <= PIECE:
        return content.data
    return _pieces(content, stall, seconds)


async def _pieces(
    content: Content, stall: asyncio.Timeout, seconds: float | None
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    async for piece in content:
        if seconds is not None and not stall.expired():
            stall.reschedule(loop.time() + seconds)
        yield piece
        if seconds is not None and not stall.expired():
            stall.reschedule(None)


def _proxy_options(proxy: Proxy) -> dict[str, Any]:
    options: dict[str, Any] = {"proxy": URL(str(proxy.url))}
    if proxy.auth:
        options["proxy_headers"] = {"Proxy-Authorization": basic(proxy.auth)}
    return options
