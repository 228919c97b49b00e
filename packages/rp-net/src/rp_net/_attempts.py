"""Sending one request until it is answered: limits, retries, and the deadline over all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from rp_net._deadline import current_deadline
from rp_net._errors import BodyLimitError, NetError
from rp_net._limits import check_head
from rp_net._local import MemoryExchange

if TYPE_CHECKING:
    from rp_net._options import Call
    from rp_net._types import Exchange, Request, Transport

logger = logging.getLogger("rp_net")


async def send(transport: Transport, request: Request, call: Call) -> Exchange:
    """Send a request, again where that is of use, and return its answer.

    Where the call wants the body whole, reading it is part of the attempt.

    Raises:
        NetError: There was no answer, or none that holds.
    """
    tried = 0
    while True:
        try:
            exchange = await transport.send(request, call.timeout)
            try:
                check_head(exchange.headers, request.url)
                if call.whole or request.method == "HEAD":
                    most = None if request.method == "HEAD" else call.max_bytes
                    exchange = await whole(exchange, most)
                else:
                    _check_length(exchange, call.max_bytes)
            except BaseException:
                await exchange.close()
                raise
        except NetError as error:
            wait = call.retry.wait_after_error(error, request, tried)
            if wait is None or is_too_late(wait):
                raise
            logger.debug("%s %s: %s; again", request.method, request.url, error)
        else:
            if exchange.status < 400:
                return exchange
            wait = call.retry.wait_after_answer(exchange, request, tried)
            if wait is None or is_too_late(wait):
                return exchange
            await exchange.close()
        tried += 1
        await anyio.sleep(wait)


async def whole(exchange: Exchange, max_bytes: int | None) -> MemoryExchange:
    """Read a body as it was sent, and give the connection back.

    Raises:
        BodyLimitError: It is more than allowed.
        NetError: It did not come whole.
    """
    if isinstance(exchange, MemoryExchange):
        _check_size(len(exchange.body), max_bytes)
        return exchange
    _check_length(exchange, max_bytes)
    body = await exchange.read()
    if body:
        pieces, size = [body], len(body)
        while piece := await exchange.read():
            pieces.append(piece)
            size += len(piece)
            _check_size(size, max_bytes)
        if len(pieces) > 1:
            body = b"".join(pieces)
    await exchange.close()
    return MemoryExchange(
        exchange.status, exchange.headers, body, exchange.reason, exchange.http_version
    )


def _check_size(size: int, max_bytes: int | None) -> None:
    if max_bytes is not None and size > max_bytes:
        raise BodyLimitError(f"the body is more than {max_bytes} bytes")


def _check_length(exchange: Exchange, max_bytes: int | None) -> None:
    if exchange.status in {204, 304}:
        return
    length = exchange.headers.index().get("content-length", "")
    if max_bytes is not None and length.isdigit() and int(length) > max_bytes:
        raise BodyLimitError(f"the body is {length} bytes; at most {max_bytes} are read")


def is_too_late(wait: float) -> bool:
    """Return whether the time is up before some seconds have passed."""
    return anyio.current_time() + wait >= min(
        anyio.current_effective_deadline(), current_deadline.get()
    )
