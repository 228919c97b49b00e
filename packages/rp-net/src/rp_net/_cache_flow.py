"""One request through a cache: answered from it, validated, or fetched and kept."""

from __future__ import annotations

from dataclasses import replace
from time import time
from typing import TYPE_CHECKING, Final

import anyio
import anyio.lowlevel

from rp_net import _attempts
from rp_net._cache_control import directives_of
from rp_net._cached_answer import CachedAnswers, gateway_timeout
from rp_net._conditions import FOR_THE_ORIGIN, confirmed, has_conditions, validating
from rp_net._deadline import Clock
from rp_net._errors import BlockedAddressError, NetError
from rp_net._freshness import may_stand_in, use_of
from rp_net._keeping import News, keep, kept_while_read
from rp_net._local import FromCache
from rp_net._ranges import asked_range, strong_etag
from rp_net._stored import invalidated_by, matches, updated
from rp_net._types import Request

if TYPE_CHECKING:
    from rp_net._background import Background
    from rp_net._cache_stores import CacheStore
    from rp_net._headers import Headers
    from rp_net._options import Call
    from rp_net._stored import Stored
    from rp_net._types import Exchange, Transport

_LATER_SECONDS: Final = 60.0
_FAILED: Final = frozenset({500, 502, 503, 504})


class CacheFlow:
    """How a cache is used.

    Attributes:
        store: Where responses are.
        shared, mode: As in `Cache`.
    """

    def __init__(
        self, store: CacheStore, background: Background, *, shared: bool, mode: str
    ) -> None:
        self.store = store
        self.shared = shared
        self.mode = mode
        self._background = background
        self._answers = CachedAnswers(store)
        self._under_way: dict[tuple[object, str], anyio.Event] = {}
        self._validating: set[tuple[object, str]] = set()

    def with_mode(self, mode: str) -> CacheFlow:
        """Return the same in another mode."""
        return CacheFlow(self.store, self._background, shared=self.shared, mode=mode)

    async def send(self, transport: Transport, request: Request, call: Call) -> Exchange:
        """Answer a request.

        Raises:
            NetError: As `attempts.send` raises.
        """
        if not _is_for_a_cache(request):
            answer = await _attempts.send(transport, request, call)
            for url in invalidated_by(request, answer):
                await self.store.remove(url)
            return answer
        if answer_now := await self._find(transport, request, call):
            return answer_now
        if not call.whole or has_conditions(request.headers) or "range" in request.headers:
            return await self._ask(transport, request, call)
        return await self._ask_once(transport, request, call)

    async def _ask_once(self, transport: Transport, request: Request, call: Call) -> Exchange:
        """Ask the origin, unless an equal request is under way: its answer may do for both."""
        secret = request.headers.get("authorization", "")
        key = (anyio.lowlevel.current_token(), f"{request.method} {request.url} {secret}")
        if ended := self._under_way.get(key):
            await ended.wait()
            found = await self._find(transport, request, call)
            return found or await self._ask(transport, request, call)
        ended = self._under_way[key] = anyio.Event()
        try:
            return await self._ask(transport, request, call)
        finally:
            del self._under_way[key]
            ended.set()

    async def _find(self, transport: Transport, request: Request, call: Call) -> Exchange | None:
        """Return a stored answer that may be used as it is."""
        now = time()
        only_stored = self.mode == "offline" or "only-if-cached" in directives_of(request.headers)
        for stored in await self._candidates(request):
            use, age = use_of(stored, request.headers, now, shared=self.shared)
            if self.mode != "default":
                use = "fresh" if self.mode == "offline" else "validate"
            if use == "validate":
                continue
            answer = await self._answers.give(request, stored, age)
            if answer and use == "stale":
                self._validate_later(transport, request, call)
            if answer:
                return answer
        return gateway_timeout() if only_stored else None

    async def _candidates(self, request: Request) -> list[Stored]:
        found = await self.store.find(str(request.url))
        chosen = [stored for stored in found if matches(stored, request)]
        return sorted(chosen, key=lambda stored: stored.date, reverse=True)

    def _validate_later(self, transport: Transport, request: Request, call: Call) -> None:
        plain = Request(request.method, request.url, request.headers, None, request.proxy)
        background = replace(call, whole=True)
        key = (anyio.lowlevel.current_token(), str(request.url))
        if key in self._validating:
            return
        self._validating.add(key)

        async def validate() -> None:
            try:
                with Clock().within(_LATER_SECONDS, background.late):
                    await self._ask(transport, plain, background)
            finally:
                self._validating.discard(key)

        self._background.start(validate)

    async def _ask(
        self, transport: Transport, request: Request, call: Call, *, anew: bool = False
    ) -> Exchange:
        """Ask the origin: whether what is stored still holds, for the rest, or for all.

        Args:
            transport: What sends the request.
            request: What is asked.
            call: For which call.
            anew: Whether to ask as if nothing were stored.
        """
        candidates = await self._candidates(request)
        whole = [stored for stored in candidates if not stored.is_part]
        asking, for_the_rest = self._asking(request, [] if anew else candidates, call)
        outgoing = Request(request.method, request.url, asking, None, request.proxy)
        requested = time()
        try:
            answer = await _attempts.send(transport, outgoing, call)
        except NetError as error:
            stale = await self._stand_in(request, whole)
            if stale is None or isinstance(error, BlockedAddressError):
                raise
            return stale
        if answer.status in _FAILED and (stale := await self._stand_in(request, whole)):
            await answer.close()
            return stale
        if answer.status == 304:
            held = await self._confirm(request, answer, whole, requested)
        else:
            news = News(request, outgoing, answer, candidates, requested, time())
            held = await self._settle(news, call)
            if for_the_rest and held.status in {206, 416}:
                await held.close()
                held = None
        return held or await self._ask(transport, request, call, anew=True)

    def _asking(
        self, request: Request, candidates: list[Stored], call: Call
    ) -> tuple[Headers, bool]:
        """Return the fields to ask with, and whether they ask for the rest of a part."""
        headers = request.headers
        whole = [stored for stored in candidates if not stored.is_part]
        if request.method != "GET":
            return headers, False
        if whole:
            return validating(headers, whole), False
        part = _first_part(candidates)
        if not part or not call.whole or "range" in headers or has_conditions(headers):
            return headers, False
        etag = strong_etag(part.headers) or ""
        return headers.merged({"Range": f"bytes={part.size}-", "If-Range": etag}), True

    async def _stand_in(self, request: Request, whole: list[Stored]) -> Exchange | None:
        now = time()
        for stored in whole:
            if may_stand_in(stored, request.headers, now, shared=self.shared):
                _, age = use_of(stored, request.headers, now, shared=self.shared)
                return await self._answers.give(request, stored, age)
        return None

    async def _confirm(
        self, request: Request, answer: Exchange, whole: list[Stored], requested: float
    ) -> Exchange | None:
        """Update what a 304 speaks of, and return it; None: nothing here answers the caller."""
        stored = confirmed(answer.headers, whole, request.headers)
        await answer.close()
        if stored is None:
            return answer if has_conditions(request.headers) else None
        received = time()
        newer = updated(stored, answer.headers, requested, received, shared=self.shared)
        await self.store.update(str(request.url), newer)
        _, age = use_of(newer, request.headers, received, shared=self.shared)
        held = await self._answers.give(request, newer, age)
        if held is None:  # its body is gone
            await self.store.remove(str(request.url))
        elif isinstance(held, FromCache):
            held.news = answer.headers
        return held

    async def _settle(self, news: News, call: Call) -> Exchange:
        """Keep an answer, if it may be, and return what answers the caller."""
        if news.request.method == "HEAD":
            await self._freshen(news)
            return news.answer
        if call.whole:
            return await keep(self.store, news, shared=self.shared)
        return await kept_while_read(self.store, news, shared=self.shared)

    async def _freshen(self, news: News) -> None:
        """Let a HEAD say whether what is stored still holds (RFC 9111, 4.3.5)."""
        answer = news.answer
        if answer.status != 200:
            return
        for stored in news.candidates:
            if stored.status != 200:
                continue
            length = stored.headers.get("content-length", str(stored.size))
            same = answer.headers.get("content-length", length) == length and all(
                answer.headers.get(name) in (None, stored.headers.get(name))
                for name in ("etag", "last-modified")
            )
            times = (news.requested, news.received)
            newer = updated(stored, answer.headers, *times, shared=self.shared) if same else None
            url = str(news.request.url)
            await self.store.update(url, newer or replace(stored, invalid=True))


def _is_for_a_cache(request: Request) -> bool:
    headers = request.headers
    if request.method not in {"GET", "HEAD"} or request.content is not None:
        return False
    if "no-store" in directives_of(headers) or any(name in headers for name in FOR_THE_ORIGIN):
        return False
    return "range" not in headers or asked_range(headers) is not None


def _first_part(candidates: list[Stored]) -> Stored | None:
    for stored in candidates:
        if stored.is_part and stored.first == 0 and strong_etag(stored.headers):
            return stored
    return None
