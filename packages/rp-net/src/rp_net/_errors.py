"""Errors of rp-net.

NetError
 ├─ ConnectError         no connection: name, address, TLS, proxy
 │   └─ BlockedAddressError   the policy forbids the address, or the URL; nothing was sent
 ├─ ReadError            the connection broke while a request or a response was under way
 ├─ NetTimeoutError      also TimeoutError; `phase` says what took too long
 ├─ ProtocolError        the server does not speak HTTP, or ended a body early
 ├─ RedirectError        too many redirects, or one that is refused
 ├─ HTTPStatusError      4xx or 5xx
 ├─ BodyLimitError       also LimitExceededError: a body larger than allowed
 └─ DownloadError        a download that cannot be right
     ├─ DigestError      the bytes are not those that were promised
     ├─ TruncatedError   the server ended early, every time
     ├─ RangeError       the server answers a range with another one
     └─ DiskFullError    also OSError

A caller's mistake (a URL that is none, an unknown option) is a ValueError or TypeError.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Literal

from rp_core import LimitExceededError, RpError

if TYPE_CHECKING:
    from typing import TypeAlias

    from rp_net._response import Response

    Phase: TypeAlias = Literal["connect", "read", "write", "total"]


class NetError(RpError):
    """Base of every error of rp-net."""

    __module__ = "rp_net"


class ConnectError(NetError):
    """No connection came about: the name, the address, TLS or the proxy; nothing was sent."""

    __module__ = "rp_net"


class BlockedAddressError(ConnectError):
    """The policy forbids to connect there; nothing was sent."""

    __module__ = "rp_net"


class ReadError(NetError):
    """The connection broke while a request was sent or its response read."""

    __module__ = "rp_net"


class NetTimeoutError(NetError, TimeoutError):
    """Something took too long.

    Attributes:
        phase: "connect", "read" or "write" (no byte moved for that long), or "total".
    """

    __module__ = "rp_net"

    def __init__(self, message: str, phase: Phase) -> None:
        super().__init__(message)
        self.phase = phase

    def __reduce__(self) -> tuple[type, tuple[str, Phase]]:
        """Pickle the message and the phase."""
        return type(self), (str(self), self.phase)


class ProtocolError(NetError):
    """What came is not HTTP, or not a whole response."""

    __module__ = "rp_net"


class IncompleteBodyError(ProtocolError):
    """The body ended before its declared end."""

    __module__ = "rp_net"


class RedirectError(NetError):
    """There were too many redirects, or one leads where none may lead."""

    __module__ = "rp_net"


class HTTPStatusError(NetError):
    """The server answered with 4xx or 5xx.

    Attributes:
        response: The answer.
        status: Its status code.
    """

    __module__ = "rp_net"

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(message, response)
        self.response = response
        self.status = response.status

    def __str__(self) -> str:
        """Return the message."""
        return str(self.args[0])


class BodyLimitError(NetError, LimitExceededError):
    """A body is larger than allowed, as it is sent or decoded."""

    __module__ = "rp_net"


class DownloadError(NetError):
    """A download failed; what had come is kept for the next attempt where that is of use."""

    __module__ = "rp_net"


class DigestError(DownloadError):
    """The bytes are not those that were promised.

    Attributes:
        expected, actual: "algorithm:hex".
    """

    __module__ = "rp_net"

    def __init__(self, message: str, expected: str = "", actual: str = "") -> None:
        super().__init__(message, expected, actual)
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        """Return the message."""
        return str(self.args[0])


class TruncatedError(DownloadError):
    """The server ended the body early, every time.

    Attributes:
        got, expected: Bytes.
    """

    __module__ = "rp_net"

    def __init__(self, message: str, got: int = 0, expected: int | None = None) -> None:
        super().__init__(message, got, expected)
        self.got = got
        self.expected = expected

    def __str__(self) -> str:
        """Return the message."""
        return str(self.args[0])


class RangeError(DownloadError):
    """The server answered a request for a range with another one."""

    __module__ = "rp_net"


class DiskFullError(DownloadError, OSError):
    """The disk has no room for the file; `errno` is ENOSPC."""

    __module__ = "rp_net"

    def __init__(self, path: str) -> None:
        super().__init__(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        """Pickle the path."""
        return type(self), (str(self.filename),)
