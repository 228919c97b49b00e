"""The connections of httpcore: to addresses that the policy admits, dropped after surplus bytes."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

from rp_net._content import PIECE
from rp_net._deadline import Clock
from rp_net._errors import ConnectError
from rp_net._framing import ResponseMeter
from rp_net._resolve import resolve
from rp_net._sockets import is_readable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rp_net._policy import PublicOnly

_BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError)


class Network:
    """What httpcore calls a network backend, on asyncio and Trio."""

    def __init__(self, core: Any, policy: PublicOnly | None) -> None:
        self._core = core
        self._policy = policy
        self._clock = Clock()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        **_: Any,
    ) -> Connection:
        """Connect to a host: to its first address that answers."""
        if self._policy is None:
            return await self._dial(host, port, timeout)
        failure: Exception = ConnectError(f"{host}: it has no address")
        for address in await resolve(host, port, self._policy):
            try:
                return await self._dial(address, port, timeout)
            except Exception as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, path: str, **_: Any) -> Connection:
        """Connect to a Unix socket; no pool here is set up for that."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait between tries to connect."""
        await anyio.sleep(seconds)

    async def _dial(self, host: str, port: int, seconds: float | None) -> Connection:
        try:
            with anyio.fail_after(seconds):
                stream = await anyio.connect_tcp(host, port)
        except TimeoutError as error:
            raise self._core.ConnectTimeout(error) from error
        except (OSError, *_BROKEN) as error:
            raise self._core.ConnectError(error) from error
        return Connection(self._core, Undivided(stream), self._clock)


class Connection:
    """A connection that calls itself unusable once bytes came that belong to no response."""

    def __init__(self, core: Any, stream: ByteStream, clock: Clock) -> None:
        self._core = core
        self._stream = stream
        self._clock = clock
        self._socket = stream.extra(SocketAttribute.raw_socket, None)
        self._tls: Any = stream.extra(TLSAttribute.ssl_object, None)
        frames = self._tls is not None and self._tls.selected_alpn_protocol() == "h2"
        self._meter = None if frames else ResponseMeter()
        self._held = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Receive bytes: of a long body more than is asked for, since each piece costs httpcore."""
        data = self._held or await self._receive(timeout)
        if self._meter is None:
            return data
        most = max(max_bytes, self._meter.body_left)
        data, self._held = data[:most], data[most:]
        self._meter.received(data)
        return data

    async def _receive(self, seconds: float | None) -> bytes:
        try:
            with self._clock.within(seconds, self._core.ReadTimeout):
                return await self._stream.receive(PIECE)
        except anyio.EndOfStream:
            return b""
        except _BROKEN as error:
            raise self._core.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send bytes."""
        if not buffer:
            return
        if self._meter:
            self._meter.sent(buffer)
        try:
            with self._clock.within(timeout, self._core.WriteTimeout):
                await self._stream.send(buffer)
        except (anyio.EndOfStream, *_BROKEN) as error:
            raise self._core.WriteError(error) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext | LaterContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Connection:
        """Go on inside TLS."""
        try:
            if isinstance(ssl_context, LaterContext):
                ssl_context = ssl_context.made()
            with anyio.fail_after(timeout):
                stream = await TLSStream.wrap(
                    self._stream,
                    server_side=False,
                    hostname=server_hostname,
                    ssl_context=ssl_context,
                    standard_compatible=False,
                )
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            if isinstance(error, TimeoutError):
                raise self._core.ConnectTimeout(error) from error
            if isinstance(error, (anyio.EndOfStream, ssl.SSLError, *_BROKEN)):
                raise self._core.ConnectError(error) from error
            raise
        return Connection(self._core, stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Say something of the connection; "is_readable" means to a pool: drop it."""
        if info == "ssl_object":
            return self._tls
        if info == "socket":
            return self._socket
        return self._is_used_up() if info == "is_readable" else None

    def _is_used_up(self) -> bool:
        if self._held or (self._meter and not self._meter.is_clean):
            return True
        if self._tls is not None and self._has_more():
            return True
        return self._socket is None or is_readable(self._socket)

    def _has_more(self) -> bool:
        """Return whether TLS holds bytes that came and were not read."""
        try:
            self._tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            pass
        return True


class Undivided(ByteStream):
    """A stream that gives all that has come.

    That of anyio keeps what goes beyond `max_bytes` to itself: surplus that nobody would see.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._inner = stream

    async def receive(self, max_bytes: int = PIECE) -> bytes:
        """Return what has come; at most as much as asyncio takes at once."""
        return await self._inner.receive(max(max_bytes, PIECE))

    async def send(self, item: bytes) -> None:
        """Send bytes."""
        await self._inner.send(item)

    async def send_eof(self) -> None:
        """Say that nothing more is sent."""
        await self._inner.send_eof()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What is known of the connection."""
        return self._inner.extra_attributes


class LaterContext:
    """Stands for an SSL context, which is made when a connection needs it: that takes long."""

    def __init__(self, make: Callable[[], ssl.SSLContext]) -> None:
        self._make = make
        self._protocols: list[str] = []

    def set_alpn_protocols(self, protocols: list[str]) -> None:
        """Offer these protocols to servers, as httpcore says before each connection."""
        self._protocols = protocols

    def made(self) -> ssl.SSLContext:
        """Return the context."""
        context = self._make()
        context.set_alpn_protocols(self._protocols)
        return context
