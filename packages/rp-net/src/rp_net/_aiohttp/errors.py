"""What the errors of aiohttp mean."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

import aiohttp

from rp_net._errors import (
    ConnectError,
    IncompleteBodyError,
    NetError,
    NetTimeoutError,
    ProtocolError,
    ReadError,
)

_READ_LATE: Final = (aiohttp.SocketTimeoutError, asyncio.TimeoutError)
_NO_CONNECTION: Final = (aiohttp.ClientConnectorError, ssl.SSLError)
_BROKEN: Final = (aiohttp.ClientConnectionError, OSError)


def mapped(error: Exception, where: str) -> Exception:
    """Return the error of ours that an error of aiohttp means."""
    text = f"{where}: {str(error) or type(error).__name__}"
    meant: Exception = error
    if isinstance(error, NetError):
        pass
    elif isinstance(error, aiohttp.ConnectionTimeoutError):
        meant = NetTimeoutError(f"{where}: no connection in time", "connect")
    elif isinstance(error, _READ_LATE):
        meant = NetTimeoutError(f"{where}: no byte came in time", "read")
    elif isinstance(error, _NO_CONNECTION):
        meant = ConnectError(text)
    elif isinstance(error, aiohttp.ClientHttpProxyError):
        meant = ConnectError(f"{where}: the proxy answered {error.status} {error.message}")
    elif isinstance(error, aiohttp.ClientPayloadError):
        meant = IncompleteBodyError(f"{where}: the body ended early ({error})")
    elif isinstance(error, _BROKEN):
        meant = ReadError(text)
    elif isinstance(error, aiohttp.ClientError):
        meant = ProtocolError(text)
    return meant
