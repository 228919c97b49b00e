"""Sending one request until it is answered: limits, retries, and the deadline over all."""

from __future__ import annotations

import logging
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from rp_net._errors import BodyLimitError, NetError, NetTimeoutError
from rp_net._limits import check_head
from rp_net._local import MemoryExchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
            exchange = await _send_once(transport, request, call)
        except NetError as error:
            wait = call.retry.wait_after_error(error, request, tried)
            if wait is None or _is_too_late(call, wait):
                raise
            logger.debug("%s %s: %s; again", request.method, request.url, error)
        else:
            wait = call.retry.wait_after_answer(exchange, request, tried)
            if wait is None or _is_too_late(call, wait):
                return exchange
            await exchange.close()
        tried += 1
        await anyio.sleep(wait)


async def _send_once(transport: Transport, request: Request, call: Call) -> Exchange:
    exchange = await transport.send(request, call.timeout)
    async with closed_on_error(exchange):
        check_head(exchange.headers, request.url.authority)
        if request.method == "HEAD":
            return await whole(exchange, None)
        length = exchange.headers.get("content-length", "")
        if call.max_bytes is not None and length.isdigit() and int(length) > call.max_bytes:
            raise BodyLimitError(f"the body is {length} bytes; at most {call.max_bytes} are read")
        return await whole(exchange, call.max_bytes) if call.whole else exchange


async def whole(exchange: Exchange, max_bytes: int | None) -> MemoryExchange:
    """Read a body as it was sent, and give the connection back.

    Raises:
        BodyLimitError: It is more than allowed.
        NetError: It did not come whole.
    """
    body = await exchange.read()
    if body:
        pieces, size = [body], len(body)
        while piece := await exchange.read():
            pieces.append(piece)
            size += len(piece)
            if max_bytes is not None and size > max_bytes:
                raise BodyLimitError(f"the body is more than {max_bytes} bytes")
        body = b"".join(pieces) if len(pieces) > 1 else body
    if max_bytes is not None and len(body) > max_bytes:
        raise BodyLimitError(f"the body is more than {max_bytes} bytes")
    await exchange.close()
    return MemoryExchange(
        exchange.status, exchange.headers, body, exchange.reason, exchange.http_version
    )


@asynccontextmanager
async def closed_on_error(exchange: Exchange) -> AsyncIterator[None]:
    """Close an exchange if the block raises, or is cancelled."""
    try:
        yield
    except BaseException:
        with anyio.CancelScope(shield=True):
            await exchange.close()
        raise


@asynccontextmanager
async def in_time(call: Call) -> AsyncIterator[None]:
    """Cancel the block at the deadline of the call.

    Raises:
        NetTimeoutError: It was cancelled.
    """
    if call.deadline == math.inf:
        yield
        return
    with anyio.CancelScope(deadline=call.deadline) as scope:
        yield
    if scope.cancelled_caught:
        raise NetTimeoutError(
            f"{call.first.authority}: not done within {call.timeout.total} seconds", "total"
        )


def _is_too_late(call: Call, wait: float) -> bool:
    return call.deadline != math.inf and anyio.current_time() + wait >= call.deadline
