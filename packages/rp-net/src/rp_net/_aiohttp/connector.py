"""The connections of aiohttp: to addresses that the policy admits, dropped after surplus bytes."""

from __future__ import annotations

import asyncio
import socket
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from rp_net._errors import NetTimeoutError
from rp_net._resolve import resolve

if TYPE_CHECKING:
    from rp_net._policy import PublicOnly


connect_seconds: ContextVar[float | None] = ContextVar("rp_net_connect", default=None)


class Connector(aiohttp.TCPConnector):
    """Gives no connection out on which something came while it was idle."""

    async def connect(self, *about: Any, **options: Any) -> Any:
        """Return a connection that is in order."""
        while True:
            connection = await super().connect(*about, **options)
            if connection.protocol is None or not connection.protocol.should_close:
                return connection
            connection.close()


class Resolver(AbstractResolver):
    """Gives the addresses of a host, in time, and if the policy admits them all."""

    def __init__(self, policy: PublicOnly | None) -> None:
        self._policy = policy

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: int = 0,  # noqa: ARG002 - which aiohttp names
    ) -> list[ResolveResult]:
        """Look a host up."""
        seconds = connect_seconds.get()
        try:
            async with asyncio.timeout(seconds):
                addresses = await resolve(host, port, self._policy)
        except TimeoutError as error:
            raise NetTimeoutError(f"{host}: no address in time", "connect") from error
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Do nothing."""
