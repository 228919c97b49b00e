"""Answers that begin right and do not end so: cut, reset, stalled, slow, of another length."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from typing import Final

from support.fault_content import Answer, Content
from support.fault_exchange import Exchange, Handler
from support.fault_wire import chunk, head

Ending = Callable[[Exchange], None]

FOREVER: Final = 3600.0
EVIL: Final = b"EVIL"


def first(early: Handler, then: Handler, times: int = 1) -> Handler:
    """Answer the first requests in one way and the later ones in another."""
    numbers = itertools.count()

    def handler(exchange: Exchange) -> None:
        (early if next(numbers) < times else then)(exchange)

    return handler


def _stopped(content: Content, n: int, ending: Ending) -> Handler:
    """Promise the whole of each right answer, and end after n bytes of its body."""

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        exchange.send(answer.head() + answer.body[:n])
        ending(exchange)

    return handler


def cut_after(payload: bytes, n: int, *, content: Content | None = None) -> Handler:
    """Close every answer after n bytes of its body; ranges are honoured, so that resuming helps."""
    return _stopped(content or Content(payload), n, Exchange.close)


def cut_at(payload: bytes, n: int) -> Handler:
    """Close every answer where the byte n of the payload would come, so that nothing helps."""
    content = Content(payload)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        start = len(payload) - len(answer.body) if answer.status == 206 else 0
        exchange.send(answer.head() + answer.body[: max(0, n - start)])
        exchange.close()

    return handler


def cut_once(
    payload: bytes, n: int, *, content: Content | None = None, then: Handler | None = None
) -> Handler:
    """Close the first answer after n bytes of its body, and serve the later requests right."""
    content = content or Content(payload)
    return first(cut_after(payload, n, content=content), then or content)


def reset_after(payload: bytes, n: int) -> Handler:
    """Reset every connection after n bytes of the body."""
    return _stopped(Content(payload), n, Exchange.reset)


def hang_up(exchange: Exchange) -> None:
    """Close without an answer."""
    exchange.close()


def stall_after(payload: bytes, n: int) -> Handler:
    """Send n bytes of the body, and nothing more on an open connection."""
    return _stopped(Content(payload), n, lambda exchange: exchange.sleep(FOREVER))


def mute(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    exchange.sleep(FOREVER)


def drip(payload: bytes, seconds: float = 0.1) -> Handler:
    """Send one byte of the body at a time."""
    content = Content(payload)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        exchange.send(answer.head())
        for byte in answer.body:
            exchange.send(bytes([byte]))
            exchange.sleep(seconds)

    return handler


def promised(payload: bytes, more: int) -> Handler:
    """Promise more bytes than come, or less."""
    content = Content(payload, ranges=False)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        exchange.send(answer.head(len(payload) + more) + answer.body)
        exchange.close()

    return handler


def smuggled(payload: bytes) -> Handler:
    """Put a second response, that nobody asked for, into the segment of each right one."""
    content = Content(payload)
    evil = Answer(200, (("Content-Type", "text/plain"),), EVIL)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        exchange.send(answer.head() + answer.body + evil.head() + evil.body)

    return handler


def _chunked(content: Content, spoil: Callable[[bytes], bytes]) -> Handler:
    """Send each right answer in chunks, spoilt, and close."""

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        fields = [*answer.headers, ("Transfer-Encoding", "chunked")]
        exchange.send(head(answer.status, fields) + spoil(answer.body))
        exchange.close()

    return handler


def chunk_cut(payload: bytes, n: int, *, content: Content | None = None) -> Handler:
    """End in the middle of the second chunk."""
    return _chunked(
        content or Content(payload),
        lambda body: chunk(body[:n]) + chunk(body[n:])[: (len(body) - n) // 2],
    )


def chunk_bad_size(payload: bytes, n: int) -> Handler:
    """Begin the second chunk with a size that is none."""
    return _chunked(
        Content(payload, ranges=False),
        lambda body: chunk(body[:n]) + b"-zz\r\n" + body[n:] + b"\r\n" + chunk(b""),
    )


def chunk_no_last(payload: bytes, *, content: Content | None = None) -> Handler:
    """Send every byte, and close without the last chunk."""
    return _chunked(content or Content(payload, None, ranges=False), chunk)


def no_length(payload: bytes, n: int | None = None) -> Handler:
    """Let the end of the connection end the body, after n bytes where it is given."""
    content = Content(payload, ranges=False)

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        exchange.respond(answer.status, answer.body[:n], answer.headers, length=False)

    return handler


def gzipped(payload: bytes) -> Content:
    """Serve gzip, and ranges of it, to a client that did not ask for it."""
    headers = (("Content-Type", "application/octet-stream"), ("Content-Encoding", "gzip"))
    return Content(gzip.compress(payload, mtime=0), '"one-gzip"', headers=headers)
