"""A response whose body is read piece by piece."""

from __future__ import annotations

import codecs
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import anyio

from rp_net._charset import encoding_of
from rp_net._decode import BodyDecoder
from rp_net._errors import HTTPStatusError
from rp_net._events import EventParser
from rp_net._fetch import as_response, shown_url
from rp_net._headers import Headers
from rp_net._limits import MAX_LINE
from rp_net._lines import LineSplitter
from rp_net._local import FromCache
from rp_net._redirects import follow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from typing import Any

    from rp_net._deadline import Clock
    from rp_net._engine import Engine
    from rp_net._events import Event
    from rp_net._options import Call
    from rp_net._redirects import Hop
    from rp_net._response import Response


T = TypeVar("T")


class StreamedResponse:
    """A response that is open: its head is here, its body comes as it is asked for.

    Attributes:
        status, reason, headers, url, method, http_version, history: As in `Response`.
        from_cache: Whether a cache gives the body.
    """

    __module__ = "rp_net"

    def __init__(self, hop: Hop, passed: list[Hop], call: Call, until: tuple[Clock, float]) -> None:
        exchange = hop.exchange
        self.status: int = exchange.status
        self.reason: str = exchange.reason
        self.headers: Headers = exchange.headers
        self.http_version: str = exchange.http_version
        self.url: str = shown_url(hop)
        self.method: str = hop.request.method
        self.history: tuple[Response, ...] = tuple(as_response(one, b"") for one in passed)
        self.from_cache: bool = isinstance(exchange, FromCache)
        self._exchange = exchange
        self._call = call
        self._clock, self._deadline = until
        self._begun = False
        self._iterators: list[AsyncGenerator[Any, None]] = []

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    def iter_raw(self) -> AsyncGenerator[bytes, None]:
        """Give the body as it was sent, piece by piece.

        Raises:
            RuntimeError: The body was read before.
            NetError: It does not come whole, or is more than allowed.
        """
        return self._opened(self._pieces(BodyDecoder(Headers(), self._call.max_bytes)))

    def iter_bytes(self) -> AsyncGenerator[bytes, None]:
        """Give the body, decoded, in pieces of at most 1 MiB.

        Raises:
            RuntimeError: The body was read before.
            NetError: It does not come whole, or is more than allowed.
        """
        return self._opened(self._pieces(BodyDecoder(self.headers, self._call.max_bytes)))

    def iter_lines(
        self, *, encoding: str | None = None, max_line: int = MAX_LINE
    ) -> AsyncGenerator[str, None]:
        r"""Give the body line by line, without line ends: \n, \r\n or \r.

        Args:
            encoding: Of the text; default: as in `Response.encoding`, from the first piece.
            max_line: The most characters of a line.

        Raises:
            RuntimeError: The body was read before.
            LookupError: There is no such encoding.
            BodyLimitError: A line is longer.
            NetError: The body does not come whole, or is more than allowed.
        """
        return self._opened(self._lines(encoding, max_line))

    def iter_events(self, *, max_event: int = MAX_LINE) -> AsyncGenerator[Event, None]:
        """Give the server-sent events of the body, as they come (HTML standard, 9.2).

        Args:
            max_event: The most characters of an event, and of a line.

        Raises:
            RuntimeError: The body was read before.
            BodyLimitError: An event is longer.
            NetError: The body does not come whole, or is more than allowed.
        """
        return self._opened(self._events(max_event))

    async def read(self) -> bytes:
        """Return the whole body, decoded.

        Raises:
            RuntimeError: The body was read before.
            NetError: It does not come whole, or is more than allowed.
        """
        return b"".join([piece async for piece in self.iter_bytes()])

    def raise_for_status(self) -> StreamedResponse:
        """Return itself, unless the status is 4xx or 5xx.

        Raises:
            HTTPStatusError: It is.
        """
        if self.status >= 400:
            response = as_response_head(self)
            text = f"{self.method} {self.url}: {self.status} {self.reason}"
            raise HTTPStatusError(text.rstrip(), response)
        return self

    async def close(self) -> None:
        """Give the connection back, or close it if the body has not been read to its end."""
        with anyio.CancelScope(shield=True):
            while self._iterators:  # the last one reads from those before it
                await self._iterators.pop().aclose()
            await self._exchange.close()

    def _opened(self, iterator: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        self._iterators.append(iterator)
        return iterator

    async def _lines(self, encoding: str | None, max_line: int) -> AsyncGenerator[str, None]:
        splitter = LineSplitter(max_line)
        decoder: codecs.IncrementalDecoder | None = None
        async for piece in self.iter_bytes():
            if decoder is None:
                name = encoding_of(piece, self.headers, encoding, whole=False)
                decoder = codecs.getincrementaldecoder(name)("replace")
            for line in splitter.feed(decoder.decode(piece)):
                yield line
        for line in splitter.end(decoder.decode(b"", True) if decoder else ""):
            yield line

    async def _events(self, max_event: int) -> AsyncGenerator[Event, None]:
        parser = EventParser(max_event)
        async for line in self.iter_lines(encoding="utf-8-sig", max_line=max_event):
            if event := parser.feed(line):
                yield event

    async def _pieces(self, decoder: BodyDecoder) -> AsyncGenerator[bytes, None]:
        if self._begun:
            raise RuntimeError("the body of this response was read before")
        self._begun = True
        while True:
            with self._clock.until(self._deadline, self._call.late):
                raw = await self._exchange.read()
            if not raw:
                break
            for piece in decoder.pieces(raw):
                yield piece
        decoder.end()


@asynccontextmanager
async def open_stream(
    engine: Engine, method: str, url: str, options: Mapping[str, Any]
) -> AsyncGenerator[StreamedResponse, None]:
    """Send a request, follow its redirects, and leave the body to the block.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds.
    """
    limits = {"max_bytes": None, **options}
    request, call = engine.prepare(method, url, limits, whole=False)
    clock = engine.clock
    deadline = clock.deadline(call)
    with clock.until(deadline, call.late):
        last, passed = await follow(engine.send, request, call)
    response = StreamedResponse(last, passed, call, (clock, deadline))
    try:
        yield response.raise_for_status() if options.get("raise_for_status", True) else response
    finally:
        await response.close()


def as_response_head(streamed: StreamedResponse) -> Response:
    """Return what is known of a response without its body."""
    from rp_net._response import Response

    return Response(
        streamed.status,
        headers=streamed.headers,
        reason=streamed.reason,
        url=streamed.url,
        method=streamed.method,
        http_version=streamed.http_version,
    )
