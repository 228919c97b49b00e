"""Many URLs at once: bounded as a whole and for each host, equal ones fetched once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import anyio

from rp_core import amap
from rp_net._fetch import fetch
from rp_net._options import SendOptions, check_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping

    from rp_core import Progress, Results
    from rp_net._engine import Engine
    from rp_net._response import Response


class BatchOptions(SendOptions, total=False):
    """Options of a batch of requests.

    Attributes:
        limit: How many requests run at once.
        per_host: How many of them to one host.
        ordered: Whether results come in the order of the input, or as they are there.
        progress: True shows a bar on stderr; a callable receives a `Progress` for each item.
    """

    limit: int
    per_host: int
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


OF_BATCH = {"on_error", *BatchOptions.__annotations__} - SendOptions.__annotations__.keys()


class Turns:
    """Lets at most `limit` calls run, and at most `per_host` of them to one host.

    A call that waits for its host takes no place from those of others.
    """

    def __init__(self, limit: int, per_host: int) -> None:
        if not isinstance(limit, int) or not isinstance(per_host, int):
            raise TypeError("limit and per_host must be ints")
        if limit < 1 or per_host < 1:
            raise ValueError("limit and per_host must be at least 1")
        # One of the two waits for the next turn of the loop, as what a cache gives never does.
        self._all = anyio.Semaphore(limit)
        self._hosts: dict[str, anyio.Semaphore] = defaultdict(
            lambda: anyio.Semaphore(per_host, fast_acquire=True)
        )

    async def take(self, host: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Make a call when it is its turn."""
        async with self._hosts[host], self._all:
            return await call()


def batch(
    fn: Callable[[Any], Awaitable[Any]],
    items: Iterable[Any] | AsyncIterable[Any],
    options: Mapping[str, Any],
    *,
    limit: int,
) -> Results[Any]:
    """Map over items so that hosts with a long queue do not keep others waiting."""
    chosen = {
        name: options[name] for name in ("ordered", "on_error", "progress") if name in options
    }
    return amap(fn, items, limit=4 * limit, **chosen)


async def fetch_many(
    engine: Engine, urls: Iterable[str] | AsyncIterable[str], options: Mapping[str, Any]
) -> list[Any]:
    """Get many URLs; see `rp_net.fetch_many`."""
    if isinstance(urls, str):
        raise TypeError("fetch_many takes many URLs, not one")
    own = {name: value for name, value in options.items() if name not in OF_BATCH}
    check_options(own, body=False)
    limit = options.get("limit", 32)
    turns = Turns(limit, options.get("per_host", 8))
    under_way: dict[str, _Shared] = {}

    async def fetch_one(url: str) -> Response:
        if shared := under_way.get(url):
            return await shared.wait()
        shared = under_way[url] = _Shared()
        try:
            response: Response = await turns.take(
                engine.host_of(url), lambda: fetch(engine, "GET", url, own)
            )
        except BaseException as error:
            shared.end(error=error)
            raise
        else:
            shared.end(response)
            return response
        finally:
            del under_way[url]

    return await batch(fetch_one, urls, options, limit=limit)


class _Shared:
    """One request that several items wait for."""

    def __init__(self) -> None:
        self._done = anyio.Event()
        self._response: Response | None = None
        self._error: BaseException | None = None

    def end(self, response: Response | None = None, *, error: BaseException | None = None) -> None:
        self._response, self._error = response, error
        self._done.set()

    async def wait(self) -> Response:
        await self._done.wait()
        if isinstance(self._error, Exception):
            raise self._error
        if self._response is None:
            raise RuntimeError("the request that was waited for was cancelled")
        return self._response
