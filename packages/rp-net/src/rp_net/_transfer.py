"""One download's requests: what is asked for, and what an answer means for the part file."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from rp_core import threaded
from rp_net._decode import BodyDecoder, codings_of
from rp_net._digests import digests_in
from rp_net._errors import (
    BodyLimitError,
    DigestError,
    IncompleteBodyError,
    RangeError,
)
from rp_net._fetch import as_response, shown_url
from rp_net._filename import FALLBACK, filename_from
from rp_net._part import Origin, wanted_hashes
from rp_net._pump import pump
from rp_net._ranges import content_range, strong_etag
from rp_net._redirects import follow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from rp_net._digests import Digest
    from rp_net._engine import Engine
    from rp_net._headers import Headers
    from rp_net._options import Call
    from rp_net._part import Part
    from rp_net._redirects import Hop
    from rp_net._types import Exchange

_UNSATISFIED: Final = re.compile(r"bytes \*/(\d{1,18})")


class Transfer:
    """Fetches into a part file until it is whole, request by request.

    Attributes:
        part: The file.
        digest: What the caller wants of it.
        url, request: What is asked for; the request is the last one.
        length: Bytes of the whole, where that is known.
        filename: The name that the response has for the file.
        etag, modified: What it says in ETag and Last-Modified.
        received: Bytes that came, over all requests.
        resumed_from: Bytes that were there before the first request.
        show: Counts bytes for the caller.
        named: Called with the file name; raises if it may not be used.
    """

    show: Any
    named: Callable[[str], None]

    def __init__(
        self,
        engine: Engine,
        url: str,
        options: dict[str, Any],
        part: Part,
        digest: Digest | None,
        *,
        resume: bool,
    ) -> None:
        self._engine = engine
        self._options = options
        self.part = part
        self.digest = digest
        self.url = url
        self._origin = part.origin() if resume else None
        if self._origin and self._origin.url != url:
            self._origin = None
        self._restarts = self._asked_from = 0
        self.length: int | None = None
        self.filename = FALLBACK
        self.etag: str | None = None
        self.modified: str | None = None
        self.received = 0
        self.resumed_from = part.size if self._origin else 0
        self.request, _ = engine.prepare("GET", url, options, whole=False)

    def may_begin_anew(self, error: Exception) -> bool:
        """Return whether the next request is to ask for the whole, after an answer that misled."""
        misled = isinstance(error, (RangeError, DigestError))
        gone_on = self._asked_from > 0
        self._origin = None if misled else self.part.origin()
        if misled and gone_on and self._restarts < 2:
            self._restarts += 1
            self.resumed_from = 0
            return True
        return False

    async def run(self) -> None:
        """Ask once, for all or for the rest, and write what comes.

        Raises:
            NetError: The file is not whole.
            OSError: It cannot be written.
        """
        offset = self.part.size if self._origin else 0
        self._asked_from = offset
        self.request, call = self._engine.prepare(
            "GET", self.url, {**self._options, "headers": self._headers(offset)}, whole=False
        )
        hop, _ = await follow(self._engine.send, self.request, call)
        try:
            if await self._is_complete_already(hop, offset):
                return
            as_response(hop, b"").raise_for_status()
            self.etag = hop.exchange.headers.get("etag")
            self.modified = hop.exchange.headers.get("last-modified")
            await self._take(hop, offset, call)
        finally:
            await hop.exchange.close()

    def _headers(self, offset: int) -> list[tuple[str, str]]:
        headers = self._engine.settings.headers.merged(self._options.get("headers") or ())
        headers = headers.merged({"Accept-Encoding": "identity"})
        if offset and self._origin and self._origin.validator:
            headers = headers.merged(
                {"Range": f"bytes={offset}-", "If-Range": self._origin.validator}
            )
        return headers.multi_items()

    async def _is_complete_already(self, hop: Hop, offset: int) -> bool:
        """Take a 416 for what it is: the part is the whole, or no part of it."""
        if hop.exchange.status != 416 or not offset:
            return False
        said = _UNSATISFIED.fullmatch(hop.exchange.headers.get("content-range", ""))
        whole = int(said[1]) if said else None
        known = self._origin.length if self._origin else None
        if whole != offset or known not in (None, whole):
            raise RangeError(f"{self.url}: the part is no longer part of the file")
        self._take_name(hop)
        self.length = whole
        wanted = [self.digest] if self.digest else []
        if self._origin:
            await self._begin(offset, self._origin, wanted, [])
        self.part.hashes.check(wanted, self.url)
        return True

    async def _take(self, hop: Hop, offset: int, call: Call) -> None:
        headers = hop.exchange.headers
        coded = bool(codings_of(headers))
        start = self._start(hop.exchange, offset, coded=coded)
        self._take_name(hop)
        origin = Origin(self.url, self.length, *_validators(headers, coded=coded))
        if start and self._origin:
            origin = self._origin
        whole = [] if coded else digests_in(headers, "repr-digest")
        now = [] if coded else digests_in(headers, "content-digest")
        wanted = [*([self.digest] if self.digest else []), *whole]
        await self._begin(start, origin, wanted, now)
        await pump(self._pieces(hop.exchange, BodyDecoder(headers, call.max_bytes)), self.part)
        if self.length is not None and self.part.size != self.length:
            raise IncompleteBodyError(f"{self.url}: {self.part.size} of {self.length} bytes came")
        self.part.hashes.check(wanted, self.url)
        if self.part.extra:
            self.part.extra.check(now, self.url)

    def _take_name(self, hop: Hop) -> None:
        self.filename = filename_from(_Head(hop))
        self.named(self.filename)

    async def _begin(
        self, start: int, origin: Origin, whole: list[Digest], now: list[Digest]
    ) -> None:
        begin = threaded(self.part.begin, module=__name__, cpu=False)
        await begin(start, origin, wanted_hashes(whole), wanted_hashes(now) if now else None)

    def _start(self, exchange: Exchange, offset: int, *, coded: bool) -> int:
        """Return the offset of the first byte that comes, and settle the length."""
        length = exchange.headers.get("content-length", "")
        if exchange.status != 206:
            self.length = int(length) if length.isdigit() and not coded else None
            self._check_limit()
            return 0
        said = content_range(exchange.headers)
        if said is None or not offset or coded or said.first != offset:
            raise RangeError(f"{self.url}: asked for bytes from {offset} on, got others")
        known = self._origin
        etag, _ = _validators(exchange.headers, coded=False)
        if known and known.etag and etag and etag != known.etag:
            raise RangeError(f"{self.url}: the file has changed")
        if known and known.length is not None and said.whole not in (None, known.length):
            raise RangeError(f"{self.url}: the file has another length now")
        if said.whole is None or said.last != said.whole - 1:
            raise RangeError(f"{self.url}: asked for all the rest, got a part of it")
        self.length = said.whole
        self._check_limit()
        return offset

    def _check_limit(self) -> None:
        most = self._options.get("max_bytes")
        if most is not None and self.length is not None and self.length > most:
            raise BodyLimitError(f"{self.url}: {self.length} bytes; at most {most} are wanted")

    async def _pieces(self, exchange: Exchange, decoder: BodyDecoder) -> AsyncIterator[bytes]:
        most = self._options.get("max_bytes")
        size = self._asked_from if exchange.status == 206 else 0
        while True:
            raw = await exchange.read()
            if not raw:
                break
            for piece in decoder.pieces(raw):
                size += len(piece)
                self.received += len(piece)
                if most is not None and size > most:
                    raise BodyLimitError(f"{self.url}: more than {most} bytes")
                self.show.report(size, self.length)
                yield piece
        decoder.end()


class _Head:
    """What `filename_from` asks of a response."""

    def __init__(self, hop: Hop) -> None:
        self.url = shown_url(hop)
        self.headers = hop.exchange.headers


def _validators(headers: Headers, *, coded: bool) -> tuple[str | None, str | None]:
    """Return the strong ETag, and Last-Modified where it is strong too (RFC 9110, 8.8.2.2)."""
    if coded:
        return None, None
    strong = strong_etag(headers)
    modified = headers.get("last-modified")
    try:
        age = parsedate_to_datetime(headers["date"]) - parsedate_to_datetime(modified or "")
    except (KeyError, ValueError, TypeError):
        return strong, None
    return strong, modified if age >= timedelta(seconds=60) else None
