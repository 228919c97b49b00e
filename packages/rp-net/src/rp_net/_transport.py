"""The chain of backends: which one a client sends with.

The choice is made when a client opens, by what is installed, the event loop and the features asked
for. A request that has begun never moves to another backend.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rp_core import Fallback, base, extra

if TYPE_CHECKING:
    import ssl
    from typing import Literal

    from rp_net._policy import PublicOnly
    from rp_net._tls import Tls
    from rp_net._types import Transport
    from rp_net._url import Url


@dataclass
class TransportOptions:
    """What a client asks of its backend.

    Attributes:
        loop: The event loop it will run on.
        http2: Whether HTTP/2 is offered to servers, over TLS.
        tls: An SSL context, or how to make one.
        policy: Which addresses may be connected to; None: all.
        max_connections: How many connections there may be at once.
    """

    loop: Literal["asyncio", "trio"]
    http2: bool = False
    tls: Tls | ssl.SSLContext | None = None
    policy: PublicOnly | None = None
    max_connections: int = 100

    @cached_property
    def tls_context(self) -> ssl.SSLContext:
        """The SSL context: made at the first connection that needs it, and only once."""
        from rp_net._tls import Tls

        if self.tls is None or isinstance(self.tls, Tls):
            return (self.tls or Tls()).context()
        return self.tls

    def make_context(self, url: Url) -> None:
        """Make the SSL context where a URL needs it: what is wrong with it is no fault of a server.

        Raises:
            FileNotFoundError, ssl.SSLError: As `Tls.context` raises.
        """
        if url.scheme == "https":
            _ = self.tls_context


open_transport: Fallback[[TransportOptions], Transport] = Fallback("rp_net.Client")


@open_transport.via(
    needs="aiohttp",
    install=extra("aiohttp"),
    when=lambda options: options.loop == "asyncio" and not options.http2,
)
def aiohttp(options: TransportOptions) -> Transport:
    """Send with aiohttp."""
    from rp_net._aiohttp.transport import AiohttpTransport

    return AiohttpTransport(options)


@open_transport.via(needs="httpcore2", install=base)
def httpx2(options: TransportOptions) -> Transport:
    """Send with the engine of httpx2."""
    from rp_net._httpcore import HttpcoreTransport

    _need_h2(options)
    return HttpcoreTransport("httpx2", "httpcore2", options)


@open_transport.via(needs="httpcore", install=extra("httpx"))
def httpx(options: TransportOptions) -> Transport:
    """Send with the engine of httpx."""
    from rp_net._httpcore import HttpcoreTransport

    _need_h2(options)
    return HttpcoreTransport("httpx", "httpcore", options)


@open_transport.via(when=lambda options: not options.http2)
def stdlib(options: TransportOptions) -> Transport:
    """Send with http.client, in worker threads."""
    from rp_net._stdlib import StdlibTransport

    return StdlibTransport(options)


def _need_h2(options: TransportOptions) -> None:
    if options.http2:
        from rp_core import require

        require("h2", extra="http2", package="rp-net")


BACKENDS: Final = frozenset(backend.name for backend in open_transport.backends)
