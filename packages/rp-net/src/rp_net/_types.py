"""What an exchange is made of, and the options of time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from rp_net._content import Content
    from rp_net._headers import Headers
    from rp_net._url import Url


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long what may take, in seconds; None: as long as it takes.

    Attributes:
        total: The whole call: redirects, retries and the body included.
        connect: A connection, its TLS handshake included.
        stall: Time in which no byte moves, while a response is awaited or read.

    Raises:
        TypeError: A value is no number.
        ValueError: A value is not positive.
    """

    __module__ = "rp_net"

    total: float | None = 60.0
    connect: float | None = 10.0
    stall: float | None = 60.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                raise TypeError(f"Timeout: {name} must be a number of seconds, not {value!r}")
            if not value > 0:
                raise ValueError(f"Timeout: {name} must be positive, it is {value}")

    @property
    def stall_needed(self) -> float | None:
        """The stall timeout, unless the time for the whole is up before it is."""
        if self.stall is None or (self.total is not None and self.total <= self.stall):
            return None
        return self.stall


TimeoutTypes: TypeAlias = float | Timeout | None
DEFAULT_TIMEOUT: Final = Timeout()
ENDLESS: Final = Timeout(None, 10.0, 60.0)


def as_timeout(value: TimeoutTypes, default: Timeout) -> Timeout:
    """Return what a `timeout=` argument means: a number is the total, None no limit at all.

    Raises:
        TypeError: It is neither.
        ValueError: It is not positive.
    """
    if isinstance(value, Timeout):
        return value
    if value is None:
        return Timeout(None, None, None)
    return replace(default, total=value)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A forward proxy.

    Attributes:
        url: Where it is; http or https.
        auth: User and password, or None.
    """

    __module__ = "rp_net"

    url: Url
    auth: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(slots=True)
class Request:
    """One request as it is sent: to one URL, with all its headers.

    Attributes:
        method: In upper case.
        url: Where to.
        headers: All but Host, Content-Length and Transfer-Encoding, which the backend adds.
        content: The body; None: there is none.
        proxy: Through which proxy; None: straight.
        native, shown: What a backend made of it, and its URL as text, for the next time.
    """

    __module__ = "rp_net"

    method: str
    url: Url
    headers: Headers
    content: Content | None = None
    proxy: Proxy | None = None
    native: object = None
    shown: str | None = None


def with_host(request: Request) -> list[tuple[str, str]]:
    """Return the header fields of a request, Host first unless the caller gives one."""
    fields = request.headers.multi_items()
    return fields if "host" in request.headers else [("Host", request.url.authority), *fields]


async def close_content(request: Request) -> None:
    """End what gives the pieces of a body that was not sent to its end."""
    if request.content is not None:
        await request.content.close()


class Exchange(Protocol):
    """A response whose head has come and whose body has not been read."""

    status: int
    reason: str
    http_version: str
    headers: Headers

    async def read(self) -> bytes:
        """Return the next piece of the body as it was sent; empty at its end.

        Raises:
            NetError: The connection broke, stalled, or ended early.
        """
        ...

    async def close(self) -> None:
        """Give the connection back, or close it if the body has not been read to its end.

        Also in a task that is cancelled.
        """
        ...


class Transport(Protocol):
    """What a backend is: it sends one request, on pooled connections, and nothing else."""

    name: str

    async def send(self, request: Request, limits: Timeout) -> Exchange:
        """Send a request and return its response, once the head has come.

        Raises:
            NetError: It could not be sent, or what came is no response.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
