"""What a client does for one call: from the caller's arguments to the last answer."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import anyio

from rp_net._attempts import send
from rp_net._content import encode_content, without_framing
from rp_net._cookies import Cookies
from rp_net._deadline import Clock
from rp_net._decode import accepted_codings
from rp_net._headers import Headers, is_token
from rp_net._local import FromCache
from rp_net._loop import on_trio, running_loop
from rp_net._options import Call
from rp_net._proxies import as_proxy, basic, environment_proxy
from rp_net._settings import check_proxy, own_settings
from rp_net._transport import TransportOptions, open_transport
from rp_net._types import DEFAULT_TIMEOUT, ENDLESS, Request, as_timeout
from rp_net._url import Url, add_params, join_url, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_net._policy import PublicOnly
    from rp_net._settings import Settings
    from rp_net._types import Exchange, Proxy, Transport
    from rp_net._url import ParamTypes

_CONTENT: Final = ("content", "json", "data", "files")
_WITHOUT_EFFECT: Final = frozenset({"raise_for_status"})
_MOST_PREPARED: Final = 256
# What was open when this process was forked off: collecting it would close or complain.
_left_behind: list[object] = []
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Engine:
    """Settings, cookies and open backends: the inside of a `Client`."""

    def __init__(self, settings: Settings, *, keep_cookies: bool = True) -> None:
        self.settings = settings
        self._keep_cookies = keep_cookies
        self.jar = Cookies()
        self.backend: str | None = None
        self.closed = False
        self._home = settings.base.origin if settings.base else None
        self._of_every_call = {
            "cache": settings.cache,
            "policy": settings.policy,
            "backend": settings.backend,
            "proxy": settings.proxy,
            "follow": settings.follow_redirects,
            "max_redirects": settings.max_redirects,
            "allow_downgrade": settings.allow_downgrade,
            "max_bytes": settings.max_bytes,
            "retry": settings.retry,
        }
        self._transports: dict[tuple[str, PublicOnly | None], Transport] = {}
        self._proxies: dict[tuple[str, str, int], Proxy | None] = {}
        self._prepared: dict[tuple[str, str], tuple[Request, Call]] = {}
        self._clock: Clock | None = None
        self._home_loop: object = None
        self._pid = os.getpid()

    def open(self) -> None:
        """Choose the backend that requests are sent with, unless they say otherwise.

        Raises:
            NoBackendError: None is able.
        """
        self.closed = False
        if self._home_loop is not running_loop() or self._pid != os.getpid():
            self._settle_here()
        self._transport(self.settings.backend, self.settings.policy)

    async def close(self) -> None:
        """Close every connection, and end what goes on in the background."""
        self.closed = True
        transports, self._transports = self._transports, {}
        with anyio.CancelScope(shield=True):
            for transport in transports.values():
                await transport.close()
            if self.settings.cache:
                await self.settings.cache._settle()  # noqa: SLF001

    def prepare(
        self, method: str, url: str, options: Mapping[str, Any], *, whole: bool = True
    ) -> tuple[Request, Call]:
        """Return the first request of a call, and what holds for all of them.

        Raises:
            TypeError, ValueError: An argument cannot be right.
        """
        if self.closed:
            raise RuntimeError("the client is closed")
        if self._home_loop is not running_loop() or self._pid != os.getpid():
            self._settle_here()
        plain = whole and (not options or not (options.keys() - _WITHOUT_EFFECT))
        prepared = self._prepared.get((method, url)) if plain else None
        if prepared is None:
            prepared = self._prepare(method, url, options, whole=whole)
            if plain and len(self._prepared) < _MOST_PREPARED:
                self._prepared[method, url] = prepared
        return prepared

    @cached_property
    def _headers(self) -> Headers:
        return self.settings.headers.defaults({"Accept-Encoding": accepted_codings()})

    @property
    def clock(self) -> Clock:
        """The deadlines of the event loop that this engine belongs to."""
        if self._clock is None:
            self._clock = Clock()
        return self._clock

    def _settle_here(self) -> None:
        """Leave behind what belongs to another event loop, or to the process that was forked."""
        old = self._home_loop
        if self._pid != os.getpid():
            for transport in self._transports.values():
                getattr(transport, "disown", _nothing)()
            _left_behind.append(self._transports)
        elif isinstance(old, asyncio.AbstractEventLoop) and old.is_running():
            raise RuntimeError("this client is in use on another event loop")
        self._home_loop, self._pid = running_loop(), os.getpid()
        self._transports, self._clock = {}, None

    def _prepare(
        self, method: str, url: str, options: Mapping[str, Any], *, whole: bool
    ) -> tuple[Request, Call]:
        if not is_token(method):
            raise ValueError(f"{method!r} is no method")
        target = self._url(url, options.get("params"))
        call = self._call(target, options, whole=whole)
        body = {name: options[name] for name in _CONTENT if name in options}
        content, kind = encode_content(**body) if body else (None, None)
        headers = self._headers
        if given := options.get("headers"):
            headers = headers.merged(given)
        if "transfer-encoding" in headers or "content-length" in headers:
            headers = without_framing(headers, content)
        if kind and "content-type" not in headers:
            headers = headers.merged({"Content-Type": kind})
        return Request(method.upper(), target._replace(userinfo=None), headers, content), call

    async def send(self, request: Request, call: Call) -> Exchange:
        """Send one request of a call: with its cookies, through the cache if there is one."""
        if call.cookies is not None or call.auth is not None or not self.jar.unused:
            headers = self._with_secrets(request, call)
            request = Request(request.method, request.url, headers, request.content)
        if proxy := self._proxy(request.url, call):
            request = replace(request, proxy=proxy, native=None)
        transport = self._transports.get((call.backend, call.policy))
        if transport is None or self.closed:
            transport = self._transport(call.backend, call.policy)
        if call.cache:
            answer = await call.cache._send(transport, request, call)  # noqa: SLF001
        else:
            answer = await send(transport, request, call)
        # What a cache gives again must not bring old cookies back.
        came = answer.news if isinstance(answer, FromCache) else answer.headers
        if self._keep_cookies and came and "set-cookie" in came.index():
            self.jar.take(came, request.url)
        return answer

    def host_of(self, url: str) -> str:
        """Return the host that a URL leads to."""
        return self._url(url, None).host

    def _url(self, url: str, params: ParamTypes | None) -> Url:
        if not isinstance(url, str):
            raise TypeError(f"a URL is a string, not {type(url).__name__!r}")
        base = self.settings.base
        parsed = parse_url(url) if base is None or _ABSOLUTE.match(url) else join_url(base, url)
        if self.settings.params:
            parsed = add_params(parsed, self.settings.params)
        return add_params(parsed, params)._replace(fragment="") if params else parsed

    def _call(self, url: Url, options: Mapping[str, Any], *, whole: bool) -> Call:
        settings = self.settings
        if self._home is None:
            self._home = url.origin
        at_home = url.origin == self._home
        timeout = settings.timeout
        if not whole and timeout is DEFAULT_TIMEOUT:
            timeout = ENDLESS
        if "timeout" in options:
            timeout = as_timeout(options["timeout"], timeout)
        fields: dict[str, Any] = {
            **self._of_every_call,
            "auth": url.userinfo or (settings.auth if at_home else None),
            "cookies": settings.cookies if at_home else None,
            **own_settings(options),
        }
        check_proxy(fields["proxy"], fields["policy"])
        return Call(timeout=timeout, first=url, whole=whole, **fields)

    def _with_secrets(self, request: Request, call: Call) -> Headers:
        headers, url = request.headers, request.url
        home = url.origin == call.first.origin
        if "cookie" not in headers:
            found = [call.cookies if home else None, self.jar.header(url)]
            if text := "; ".join(part for part in found if part):
                headers = headers.merged({"Cookie": text})
        if home and call.auth and "authorization" not in headers:
            if callable(call.auth):
                headers = headers.merged(call.auth(request))
            else:
                headers = headers.merged({"Authorization": basic(call.auth)})
        return headers

    def _proxy(self, url: Url, call: Call) -> Proxy | None:
        if call.proxy is False or call.policy or self.settings.transport:
            return None
        if call.proxy:
            return as_proxy(call.proxy)
        origin = url.origin
        if origin not in self._proxies:
            self._proxies[origin] = environment_proxy(url)
        return self._proxies[origin]

    def _transport(self, backend: str, policy: PublicOnly | None) -> Transport:
        if self.closed:
            raise RuntimeError("the client is closed")
        if self.settings.transport:
            self.backend = self.settings.transport.name
            return self.settings.transport
        transport = self._transports.get((backend, policy))
        if transport is None:
            options = TransportOptions(
                "trio" if on_trio() else "asyncio",
                self.settings.http2,
                self.settings.tls,
                policy,
                self.settings.max_connections,
            )
            make = open_transport.using(None if backend == "auto" else backend)
            transport = self._transports[backend, policy] = make(options)
        self.backend = transport.name
        return transport


def _nothing() -> None:
    pass
