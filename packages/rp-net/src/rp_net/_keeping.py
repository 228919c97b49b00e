"""Putting answers into a cache: whole ones, parts, and those that are still being read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from rp_net._local import MemoryExchange
from rp_net._ranges import asked_range, content_range, cut_out, joined, span_in, strong_etag
from rp_net._stored import make_stored, may_store

if TYPE_CHECKING:
    from rp_net._cache_stores import CacheStore
    from rp_net._stored import Stored
    from rp_net._types import Exchange, Request

MOST_STREAMED: Final = 1 << 24


class News(NamedTuple):
    """An answer of the origin, and what it was asked for.

    Attributes:
        request: The request as the caller made it.
        outgoing: The request as it was sent: perhaps for the rest of a part.
        answer: What came.
        candidates: What is stored for the same request.
        requested, received: Times, in seconds since 1970.
    """

    request: Request
    outgoing: Request
    answer: Exchange
    candidates: list[Stored]
    requested: float
    received: float

    def stored(self, *, shared: bool) -> Stored | None:
        """Return what is to be kept of it; None: it may not be."""
        if not may_store(self.outgoing, self.answer, shared=shared):
            return None
        times = (self.requested, self.received)
        return make_stored(self.outgoing, self.answer, *times, shared=shared)


async def keep(store: CacheStore, news: News, *, shared: bool) -> Exchange:
    """Keep an answer whose body is here, if it may be, and return what answers the caller."""
    answer = news.answer
    body = await answer.read()
    again = MemoryExchange(answer.status, answer.headers, body, answer.reason, answer.http_version)
    stored = news.stored(shared=shared)
    if stored is None:
        await drop_outdated(store, news)
        return again
    stored = replace(stored, size=len(body))
    if answer.status == 206:
        return await _keep_part(store, news, stored, body) or again
    replaced = {one.id for one in news.candidates}
    await store.put(str(news.request.url), stored, body, replaced)
    return again


async def drop_outdated(store: CacheStore, news: News) -> None:
    """Drop what an answer that may not be kept has taken the place of."""
    outdated = {one.id for one in news.candidates}
    if outdated and news.answer.status < 500 and news.request.method == "GET":
        await store.drop(str(news.request.url), outdated)


async def _keep_part(store: CacheStore, news: News, stored: Stored, body: bytes) -> Exchange | None:
    """Keep a part, joined with what is there; return an answer if it completes what was asked."""
    request, candidates = news.request, news.candidates
    url = str(request.url)
    said = content_range(stored.headers)
    if said is None or said.whole is None or said.last - said.first + 1 != len(body):
        return None
    stored = replace(stored, first=said.first, whole=said.whole)
    replaced: set[str] = set()
    for old in candidates:
        old_body = await store.body(url, old) if strong_etag(old.headers) else None
        if old_body is None or not old.is_part:
            continue
        if union := joined(old, old_body, stored, body):
            first, body = union
            # The rest comes without the fields that the beginning had already (RFC 9111, 3.4).
            fields = old.headers.without({"age"}).merged(stored.headers).multi_items()
            stored = replace(stored, first=first, size=len(body), fields=fields)
            replaced.add(old.id)
    if stored.first == 0 and len(body) == said.whole:
        stored = _completed(stored, len(body))
        replaced |= {one.id for one in candidates}
    await store.put(url, stored, body, replaced)
    if stored.is_part or asked_range(request.headers):
        return _part_of(request, stored, body)
    return MemoryExchange(stored.status, stored.headers, body, stored.reason)


def _completed(stored: Stored, length: int) -> Stored:
    headers = stored.headers.without({"content-range"}).merged({"Content-Length": str(length)})
    return replace(stored, status=200, reason="OK", fields=headers.multi_items(), whole=None)


def _part_of(request: Request, stored: Stored, body: bytes) -> Exchange | None:
    asked = asked_range(request.headers)
    span = span_in(stored, asked) if asked else None
    if span is None:
        return None
    return MemoryExchange(206, *cut_out(stored, body, span), "Partial Content")


class KeptWhileRead:
    """An answer that is put into the cache once it has been read to its end; see `Exchange`.

    One of more than 16 MiB is not kept: its pieces would have to be, until the end is known.
    """

    def __init__(
        self, store: CacheStore, url: str, stored: Stored, answer: Exchange, replaced: set[str]
    ) -> None:
        self.status = answer.status
        self.reason = answer.reason
        self.http_version = answer.http_version
        self.headers = answer.headers
        self._answer = answer
        self._put = (store, url, stored, replaced)
        self._pieces: list[bytes] | None = []
        self._size = 0

    async def read(self) -> bytes:
        """Return the next piece; see `Exchange`."""
        piece = await self._answer.read()
        if self._pieces is None:
            return piece
        self._size += len(piece)
        if self._size > MOST_STREAMED:
            self._pieces = None
        elif piece:
            self._pieces.append(piece)
        else:
            store, url, stored, replaced = self._put
            body, self._pieces = b"".join(self._pieces), None
            await store.put(url, replace(stored, size=len(body)), body, replaced)
        return piece

    async def close(self) -> None:
        """Give the connection back or close it; see `Exchange`."""
        await self._answer.close()


async def kept_while_read(store: CacheStore, news: News, *, shared: bool) -> Exchange:
    """Return an answer that is kept as it is read, if it may be."""
    stored = None if news.answer.status == 206 else news.stored(shared=shared)
    if stored is None:
        await drop_outdated(store, news)
        return news.answer
    replaced = {one.id for one in news.candidates}
    return KeptWhileRead(store, str(news.request.url), stored, news.answer, replaced)
