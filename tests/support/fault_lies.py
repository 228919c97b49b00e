"""Answers that are whole and wrong: ranges, heads, states."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from support.fault_content import Answer, Content
from support.fault_cuts import cut_once
from support.fault_exchange import Exchange, Handler
from support.fault_wire import head

_PLACE: Final = "Content-Range"


def _resumed(payload: bytes, n: int, spoil: Callable[[Answer], Answer]) -> Handler:
    """Cut the first answer after n bytes, and spoil every 206 to a later request."""
    content = Content(payload)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        (spoil(answer) if answer.status == 206 else answer).send(exchange)

    return cut_once(payload, n, then=handler)


def ranges_ignored(payload: bytes, n: int) -> Handler:
    """Answer 200 with the whole to a request for the rest."""
    return cut_once(payload, n, then=Content(payload, ranges=False))


def wrong_start(payload: bytes, n: int, off: int = 1) -> Handler:
    """Answer with a range that starts elsewhere, and says so."""
    total = len(payload)

    def spoil(answer: Answer) -> Answer:
        start = total - len(answer.body) - off
        moved = answer.without(_PLACE, f"bytes {start}-{total - 1}/{total}")
        return replace(moved, body=payload[start:])

    return _resumed(payload, n, spoil)


def wrong_total(payload: bytes, n: int, off: int = 7) -> Handler:
    """Answer with the right range of another total."""
    total = len(payload)

    def spoil(answer: Answer) -> Answer:
        start = total - len(answer.body)
        return answer.without(_PLACE, f"bytes {start}-{total - 1}/{total + off}")

    return _resumed(payload, n, spoil)


def no_content_range(payload: bytes, n: int) -> Handler:
    """Answer 206 without saying which part it is."""
    return _resumed(payload, n, lambda answer: answer.without(_PLACE))


def unasked_206(payload: bytes) -> Handler:
    """Answer the first half, as 206, to a request for the whole."""
    half, total = len(payload) // 2, len(payload)
    headers = (("ETag", '"one"'), (_PLACE, f"bytes 0-{half - 1}/{total}"))
    return Answer(206, headers, payload[:half]).send


def never_satisfiable(payload: bytes, n: int) -> Handler:
    """Cut the first answer, and answer 416 to every request for a range."""
    unsatisfiable = Answer(416, ((_PLACE, f"bytes */{len(payload)}"),))
    return _resumed(payload, n, lambda answer: unsatisfiable)


def raw(data: bytes) -> Handler:
    """Send these bytes and close."""

    def handler(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close()

    return handler


def lengths(payload: bytes, *promised: int) -> Handler:
    """Send a Content-Length for each promise."""
    fields = [("Content-Length", str(length)) for length in promised]
    return raw(head(200, fields) + payload)


def many_headers(payload: bytes, count: int = 10_000) -> Handler:
    """Send a flood of headers."""
    fields = [(f"X-Flood-{number}", "1") for number in range(count)]
    return raw(head(200, [*fields, ("Content-Length", str(len(payload)))]) + payload)


def long_header(payload: bytes, size: int = 1 << 20) -> Handler:
    """Send one header of a great size."""
    fields = [("X-Flood", "x" * size), ("Content-Length", str(len(payload)))]
    return raw(head(200, fields) + payload)


def interim(payload: bytes, count: int | None = None) -> Handler:
    """Send responses 103 before the right one; without a count nothing else."""
    hint = head(103, [("Link", "</style.css>; rel=preload")])
    content = Content(payload)

    def handler(exchange: Exchange) -> None:
        for _ in itertools.repeat(None) if count is None else range(count):
            exchange.send(hint)
        content(exchange)

    return handler


def busy(payload: bytes, times: int | None, seconds: int = 1, *, as_date: bool = False) -> Handler:
    """Answer 503 with a Retry-After a few times, or always, then serve the payload right."""
    content = Content(payload)
    numbers = itertools.count()

    def handler(exchange: Exchange) -> None:
        if times is not None and next(numbers) >= times:
            content(exchange)
            return
        # A date has whole seconds: it must not be past when it arrives.
        date = formatdate(time.time() + seconds + 0.999, usegmt=True)
        wait = date if as_date else str(seconds)
        exchange.respond(503, b"busy", [("Retry-After", wait)])

    return handler


def changed(first: Content, second: Content, n: int) -> Handler:
    """Cut the first answer after n bytes; later requests get the second content."""
    return cut_once(first.payload, n, content=first, then=second)
