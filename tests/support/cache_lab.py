"""A client with a cache, an origin that follows a script, and what passed between the two."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final, TypeAlias

import rp_net
from support.fault_server import Exchange, FaultServer, Request

Fields: TypeAlias = Iterable[tuple[str, str]] | Mapping[str, str]
_NUMBERS: Final = itertools.count(1)

HOUR: Final = 3600
DAY: Final = 24 * HOUR
FRESH: Final = {"Cache-Control": "max-age=3600"}
STALE: Final = {"Cache-Control": "max-age=3600", "Age": "7200"}


class Moment(str):
    """An HTTP-date that is made anew when it is sent: a table is made long before that."""

    __slots__ = ("seconds",)
    seconds: float


def at(seconds: float) -> str:
    """Return an HTTP-date so many seconds from now."""
    return formatdate(time.time() + seconds, usegmt=True)


def moving(seconds: float) -> str:
    """Return an HTTP-date so many seconds from when it is sent."""
    moment = Moment(at(seconds))
    moment.seconds = seconds
    return moment


def pairs(fields: Fields) -> list[tuple[str, str]]:
    items = fields.items() if isinstance(fields, Mapping) else fields
    return [(n, str(at(v.seconds)) if isinstance(v, Moment) else v) for n, v in items]


@dataclass(frozen=True)
class Answer:
    """What the origin says to one request."""

    headers: Fields = ()
    body: bytes = b"body"
    status: int = 200
    reason: str | None = None

    def __call__(self, exchange: Exchange) -> None:
        exchange.respond(self.status, self.body, pairs(self.headers), self.reason)


def closed(exchange: Exchange) -> None:
    """Close the connection instead of an answer."""
    exchange.reset()


Step: TypeAlias = Callable[[Exchange], None]


class Lab:
    """One client and one path of the server, which no other test uses."""

    def __init__(self, server: FaultServer, client: rp_net.Client) -> None:
        self.server = server
        self.client = client
        self.path = f"/lab/{next(_NUMBERS)}"

    def script(self, *steps: Step, path: str = "") -> None:
        """Answer the next requests for a path so, all further ones as the last."""
        rest = list(steps)

        def handler(exchange: Exchange) -> None:
            (rest.pop(0) if len(rest) > 1 else rest[0])(exchange)

        self.server.on(self.path + path, handler)

    async def ask(
        self, headers: Fields = (), method: str = "GET", path: str = "", **options: Any
    ) -> rp_net.Response:
        """Send a request."""
        url = self.server.url(self.path + path)
        options = {"follow_redirects": False, **options}
        return await self.client.request(method, url, headers=pairs(headers), **options)

    @property
    def sent(self) -> list[Request]:
        """What came to the path and those below it."""
        return [one for one in self.server.requests if one.path.startswith(self.path)]

    @property
    def hits(self) -> int:
        return self.hits_of()

    def hits_of(self, path: str = "") -> int:
        return self.server.hits(self.path + path)


@asynccontextmanager
async def open_lab(
    server: FaultServer, cache: rp_net.Cache | None = None, *, shared: bool = False
) -> AsyncIterator[Lab]:
    """Open a client with a cache."""
    used = rp_net.Cache(shared=shared) if cache is None else cache
    async with rp_net.Client(cache=used, retries=0, timeout=20) as client:
        yield Lab(server, client)


async def is_reused(
    server: FaultServer,
    headers: Fields,
    *,
    status: int = 200,
    body: bytes = b"body",
    request: Fields = (),
    again: Fields | None = None,
    method: str = "GET",
    shared: bool = False,
) -> bool:
    """Ask twice for what has these headers; return whether the second answer was stored."""
    async with open_lab(server, shared=shared) as lab:
        lab.script(Answer(headers, body, status))
        first = await lab.ask(request, method)
        second = await lab.ask(request if again is None else again, method)
        assert (first.status, first.from_cache) == (status, False)
        assert second.status == status
        assert second.from_cache == (lab.hits == 1)
        if method != "HEAD":
            assert second.content == first.content
        return lab.hits == 1
