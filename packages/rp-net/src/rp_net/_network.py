"""The connections of httpcore: to addresses that the policy admits, dropped after surplus bytes."""

from __future__ import annotations

import ssl as ssl_module
from typing import TYPE_CHECKING, Any

import anyio

from rp_net._content import PIECE
from rp_net._errors import ConnectError
from rp_net._framing import ResponseMeter
from rp_net._resolve import resolve

if TYPE_CHECKING:
    import ssl

    from rp_net._policy import PublicOnly


class Network:
    """What httpcore calls a network backend, on asyncio and Trio."""

    def __init__(self, core: Any, policy: PublicOnly | None) -> None:
        self._inner = core.AnyIOBackend()
        self._policy = policy

    async def connect_tcp(self, host: str, port: int, **options: Any) -> MeteredStream:
        """Connect to a host: to its first address that answers."""
        if self._policy is None:
            return MeteredStream(await self._inner.connect_tcp(host, port, **options))
        failure: Exception = ConnectError(f"{host}: it has no address")
        for address in await resolve(host, port, self._policy):
            try:
                return MeteredStream(await self._inner.connect_tcp(address, port, **options))
            except Exception as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, path: str, **options: Any) -> MeteredStream:
        """Connect to a Unix socket; no pool here is set up for that."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait between tries to connect."""
        await self._inner.sleep(seconds)


class MeteredStream:
    """A connection that calls itself unusable once bytes came that belong to no response."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._tls = inner.get_extra_info("ssl_object")
        frames = self._tls is not None and self._tls.selected_alpn_protocol() == "h2"
        self._meter = None if frames else ResponseMeter()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Receive bytes: of a long body more than is asked for, since each piece costs httpcore."""
        meter = self._meter
        if meter is None:
            return await self._inner.read(max_bytes, timeout)  # type: ignore[no-any-return]
        data: bytes = await self._inner.read(max(max_bytes, min(meter.body_left, PIECE)), timeout)
        meter.received(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send bytes."""
        if self._meter:
            self._meter.sent(buffer)
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> MeteredStream:
        """Go on inside TLS."""
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise
        return MeteredStream(inner)

    def get_extra_info(self, info: str) -> Any:
        """Say something of the connection; "is_readable" means to a pool: drop it."""
        if info == "is_readable" and self._meter and not self._meter.is_clean:
            return True
        if info == "is_readable" and self._tls is not None and self._has_more():
            return True
        return self._inner.get_extra_info(info)

    def _has_more(self) -> bool:
        """Return whether TLS holds bytes that came and were not read."""
        try:
            self._tls.read(1)
        except ssl_module.SSLWantReadError:
            return False
        except ssl_module.SSLError:
            pass
        return True
