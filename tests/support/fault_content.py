"""Content that is answered right: validators, conditions and ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import Final

from support.fault_exchange import Exchange, Handler
from support.fault_wire import Request, head

OLD: Final = "Wed, 01 Jan 2020 00:00:00 GMT"
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class Answer:
    """What a right server says to a request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def head(self, length: int | None = None) -> bytes:
        """Return the head, which promises the body or another length."""
        count = len(self.body) if length is None else length
        return head(self.status, [*self.headers, ("Content-Length", str(count))])

    def without(self, name: str, *instead: str) -> Answer:
        """Return the answer with other headers of this name, or without it."""
        kept = [pair for pair in self.headers if pair[0] != name]
        return Answer(self.status, (*kept, *((name, value) for value in instead)), self.body)

    def send(self, exchange: Exchange) -> None:
        """Answer so."""
        exchange.respond(self.status, self.body, self.headers)


@dataclass(frozen=True)
class Content:
    """A payload with its validators; `naive`: ranges are served whatever If-Range says."""

    payload: bytes
    etag: str | None = '"one"'
    last_modified: str | None = None
    ranges: bool = True
    naive: bool = False
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/octet-stream"),)

    def __call__(self, exchange: Exchange) -> None:
        """Answer an exchange."""
        self.answer(exchange.request).send(exchange)

    def answer(self, request: Request) -> Answer:
        """Return the right answer."""
        if status := self._condition(request):
            return Answer(status, self._fields())
        span = self._span(request)
        if span is None:
            return Answer(200, self._fields(), self.payload)
        first, end = span
        total = len(self.payload)
        if first >= end:
            return Answer(416, (*self._fields(), ("Content-Range", f"bytes */{total}")))
        place = ("Content-Range", f"bytes {first}-{end - 1}/{total}")
        return Answer(206, (*self._fields(), place), self.payload[first:end])

    def _fields(self) -> tuple[tuple[str, str], ...]:
        fields = list(self.headers)
        if self.ranges:
            fields.append(("Accept-Ranges", "bytes"))
        if self.etag:
            fields.append(("ETag", self.etag))
        if self.last_modified:
            # A date is strong only for a client that knows how long before now it was.
            fields += [("Last-Modified", self.last_modified), ("Date", formatdate(usegmt=True))]
        return tuple(fields)

    def _condition(self, request: Request) -> int:
        """Return the status that a condition asks for, 0 where there is none or it holds."""
        if match := request.header("If-Match"):
            if not _has(match, self.etag, weak=False):
                return 412
        elif (date := request.header("If-Unmodified-Since")) and self._is_newer(date):
            return 412
        if match := request.header("If-None-Match"):
            return 304 if _has(match, self.etag, weak=True) else 0
        date = request.header("If-Modified-Since")
        return 304 if date and self.last_modified and not self._is_newer(date) else 0

    def _is_newer(self, date: str) -> bool:
        if not self.last_modified:
            return False
        return parsedate_to_datetime(self.last_modified) > parsedate_to_datetime(date)

    def _span(self, request: Request) -> tuple[int, int] | None:
        """Return start and end of what is asked for, None for all of it."""
        found = _RANGE.fullmatch(request.header("Range") or "")
        if not found or request.method != "GET" or not self.ranges:
            return None
        if not self.naive and not self._is_same(request.header("If-Range")):
            return None
        first, last = found.groups()
        total = len(self.payload)
        if not first:
            return (max(0, total - int(last)), total) if last else None
        if last and int(last) < int(first):
            return None
        return int(first), min(int(last) + 1, total) if last else total

    def _is_same(self, validator: str | None) -> bool:
        if validator is None:
            return True
        strong = self.etag is not None and not self.etag.startswith("W/")
        return (strong and validator == self.etag) or validator == self.last_modified


def _has(tags: str, etag: str | None, *, weak: bool) -> bool:
    if etag is None:
        return False
    if tags.strip() == "*":
        return True
    listed = [tag.strip() for tag in tags.split(",")]
    if weak:
        return etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in listed]
    return etag in listed and not etag.startswith("W/")


def ranged(
    payload: bytes, *, etag: str | None = '"one"', last_modified: str | None = None
) -> Handler:
    """Serve a payload right."""
    return Content(payload, etag, last_modified)
