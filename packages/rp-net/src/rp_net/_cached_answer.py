"""Answers made of what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_net._conditions import has_conditions, is_unmodified
from rp_net._headers import Headers
from rp_net._local import FromCache
from rp_net._ranges import asked_range, cut_out, span_in, strong_etag

if TYPE_CHECKING:
    from rp_net._cache_stores import CacheStore
    from rp_net._stored import Stored
    from rp_net._types import Exchange, Request


class CachedAnswers:
    """Makes answers of what a store holds."""

    def __init__(self, store: CacheStore) -> None:
        self._store = store

    async def give(self, request: Request, stored: Stored, age: float) -> Exchange | None:
        """Return the answer that a stored response makes; None: it is not in it.

        Args:
            request: What is asked: perhaps a part, perhaps on a condition.
            stored: What is stored.
            age: Seconds, for the Age field.
        """
        aged = {"Age": str(int(age))}
        headers = stored.headers.merged(aged)
        good = 200 <= stored.status < 300
        if good and has_conditions(request.headers) and is_unmodified(stored, request.headers):
            bare = headers.without({"content-length", "content-encoding", "content-range"})
            return FromCache(304, bare, b"", "Not Modified")
        asked = asked_range(request.headers) if request.method == "GET" else None
        if asked and not _still_wanted(request.headers, stored):
            asked = None
        if asked is None or stored.status not in {200, 206}:
            return None if stored.is_part else await self._whole(request, stored, headers)
        span = span_in(stored, asked)
        if span is None:
            return None if stored.is_part else _unsatisfiable(stored, headers)
        body = await self._store.body(str(request.url), stored)
        if body is None:
            return None
        fields, piece = cut_out(stored, body, span)
        return FromCache(206, fields.merged(aged), piece, "Partial Content")

    async def _whole(self, request: Request, stored: Stored, headers: Headers) -> Exchange | None:
        body: bytes | None = b""
        if request.method != "HEAD":
            body = await self._store.body(str(request.url), stored)
        return None if body is None else FromCache(
            stored.status, headers, body, stored.reason
        )  # fmt: skip


def _unsatisfiable(stored: Stored, headers: Headers) -> Exchange:
    fields = {"Content-Range": f"bytes */{stored.size}", "Content-Length": "0"}
    bare = headers.without({"content-encoding", "content-type"}).merged(fields)
    return FromCache(416, bare, b"", "Range Not Satisfiable")


def gateway_timeout() -> Exchange:
    """Return what says that nothing is stored and the origin was not to be asked."""
    return FromCache(504, Headers({"Content-Length": "0"}), b"", "Gateway Timeout")


def _still_wanted(headers: Headers, stored: Stored) -> bool:
    """Return whether If-Range lets a part be given: what is stored is what the caller has."""
    if "if-range" not in headers:
        return True
    wanted = headers["if-range"]
    if wanted.startswith(('"', "W/")):
        return strong_etag(stored.headers) == wanted
    return stored.headers.get("last-modified") == wanted
