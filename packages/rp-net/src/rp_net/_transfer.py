"""One download's requests: what is asked for, and what an answer means for the part file."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from rp_core import threaded
from rp_net._decode import BodyDecoder, codings_of
from rp_net._digests import Promise, digests_in
from rp_net._downloaded import Download
from rp_net._errors import (
    BodyLimitError,
    DigestError,
    ProtocolError,
    RangeError,
)
from rp_net._fetch import as_response, shown_url
from rp_net._filename import filename_from
from rp_net._origin import Origin, key_of
from rp_net._part import Part
from rp_net._pump import pump
from rp_net._ranges import content_range
from rp_net._redirects import follow
from rp_net._types import Request

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from rp_net._digests import Digest
    from rp_net._options import Call
    from rp_net._redirects import Hop, SendOne
    from rp_net._types import Exchange

_finish: Final = threaded(Part.finish, module=__name__, cpu=False)
_UNSATISFIED: Final = re.compile(r"bytes \*/(\d{1,18})")


class Transfer:
    """Fetches into a part file until it is whole, request by request.

    Attributes:
        part: The file.
        digest: What the caller wants of it.
        url: What is asked for.
        request: The last request.
        length: Bytes of the whole, where that is known.
        etag, modified: What the response says in ETag and Last-Modified.
        path: Of the file, once the response has named it.
        resumed_from: Bytes that were there before the first request.
        show: Told how many bytes there are, and how many there will be; None: nobody asks.
        named: Called with what gives the file name that the response has; returns the path of
            the file, or raises if it may not be used.
        overwrite: Whether a file at the destination is replaced.
        durable: Whether to wait until the file is on the disk.
    """

    request: Request
    show: Callable[[int, int | None], object] | None = None
    named: Callable[[Callable[[], str]], str]
    overwrite = True
    durable = False

    def __init__(
        self,
        send: SendOne,
        url: str,
        first: tuple[Request, Call],
        part: Part,
        digest: Digest | None,
    ) -> None:
        self._send = send
        self._whole, self._call = first
        self.request = self._whole
        self.part = part
        self.digest = digest
        self.url = url
        self._promise = Promise([digest] if digest else [])
        self._origin: Origin | None = None
        self._restarts = self._asked_from = self.resumed_from = 0
        self.length: int | None = None
        self.etag: str | None = None
        self.modified: str | None = None
        self.path = ""

    def go_on(self) -> None:
        """Go on from what the part file holds, if it is the beginning of what this URL gives."""
        found = self.part.origin() if self.part.size else None
        if found and found.key == key_of(self._whole.url):
            self._origin, self.resumed_from = found, self.part.size

    def may_begin_anew(self, error: Exception) -> bool:
        """Return whether the next request is to ask for the whole, after an answer that misled."""
        misled = isinstance(error, (RangeError, DigestError))
        gone_on = self._asked_from > 0
        self._origin = self.part.origin() if self.part.size and not misled else None
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
        self.request = self._asking(offset)
        hop, _ = await follow(self._send, self.request, self._call)
        try:
            if hop.exchange.status == 416 and offset:
                await self._take_as_complete(hop, offset)
            else:
                self._check_status(hop)
                await self._take(hop, offset)
        finally:
            await hop.exchange.close()

    def _asking(self, offset: int) -> Request:
        fields = {"Accept-Encoding": "identity"}
        if offset and self._origin and self._origin.validator:
            fields |= {"Range": f"bytes={offset}-", "If-Range": self._origin.validator}
        return Request("GET", self._whole.url, self._whole.headers.merged(fields))

    async def _take_as_complete(self, hop: Hop, offset: int) -> None:
        """Take a 416 for what it is: the part is the whole, or no part of it."""
        said = _UNSATISFIED.fullmatch(hop.exchange.headers.get("content-range", ""))
        whole = int(said[1]) if said else None
        origin = self._origin
        same = origin is not None and origin.is_of(hop.exchange.headers)
        if origin is None or not same or whole != offset or origin.length not in (None, whole):
            raise RangeError(f"{self.url}: the part is no longer part of the file")
        self.length, self.etag, self.modified = whole, origin.etag, origin.modified
        self.path = self.named(lambda: filename_from(_Head(hop)))
        self.part.begin(offset, origin, self._promise, Promise())
        await self._finish([])

    async def _take(self, hop: Hop, offset: int) -> None:
        headers = hop.exchange.headers
        coded = bool(codings_of(headers))
        start = self._start(hop.exchange, offset, coded=coded)
        self.path = self.named(lambda: filename_from(_Head(hop)))
        self.etag, self.modified = headers.get("etag"), headers.get("last-modified")
        origin = Origin.of(self._whole.url, self.length, headers, coded=coded)
        if start and self._origin:
            origin = self._origin
        else:
            self.resumed_from = 0
        whole = [] if coded else digests_in(headers, "repr-digest")
        now = [] if coded else digests_in(headers, "content-digest")
        self._promise = Promise([*([self.digest] if self.digest else []), *whole])
        self.part.begin(start, origin, self._promise, Promise(now))
        async with aclosing(self._pieces(hop.exchange)) as pieces:
            last = await pump(pieces, self.part)
        await self._finish(last)

    async def _finish(self, last: list[bytes]) -> None:
        how = {"overwrite": self.overwrite, "durable": self.durable}
        await _finish(self.part, last, self.path, **how)

    @property
    def done(self) -> Download | None:
        """What was downloaded; None: the file is not in its place."""
        if self.part.placed is None:
            return None
        digest = str(self._promise.value(self.digest.algorithm)) if self.digest else None
        about = (digest, self.etag, self.modified, self.resumed_from)
        return Download(self.path, self.part.placed, self.url, *about)

    def _check_status(self, hop: Hop) -> None:
        as_response(hop, b"").raise_for_status()
        if hop.exchange.status not in {200, 203, 206}:
            raise ProtocolError(f"{self.url}: {hop.exchange.status} is not an answer with the file")

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
        if known and not known.is_of(exchange.headers):
            raise RangeError(f"{self.url}: the file has changed")
        if known and known.length is not None and said.whole not in (None, known.length):
            raise RangeError(f"{self.url}: the file has another length now")
        if said.whole is None or said.last != said.whole - 1:
            raise RangeError(f"{self.url}: asked for all the rest, got a part of it")
        self.length = said.whole
        self._check_limit()
        return offset

    def _check_limit(self) -> None:
        most = self._call.max_bytes
        if most is not None and self.length is not None and self.length > most:
            raise BodyLimitError(f"{self.url}: {self.length} bytes; at most {most} are wanted")

    async def _pieces(self, exchange: Exchange) -> AsyncGenerator[bytes, None]:
        most, show = self._call.max_bytes, self.show
        size = self._asked_from if exchange.status == 206 else 0
        decoder = BodyDecoder(exchange.headers, most) if codings_of(exchange.headers) else None
        while raw := await exchange.read():
            for piece in decoder.pieces(raw) if decoder else (raw,):
                size += len(piece)
                if most is not None and size > most:
                    raise BodyLimitError(f"{self.url}: more than {most} bytes")
                if show:
                    show(size, self.length)
                yield piece
        if decoder:
            decoder.end()


class _Head:
    """What `filename_from` asks of a response."""

    def __init__(self, hop: Hop) -> None:
        self.url = shown_url(hop)
        self.headers = hop.exchange.headers
