"""One request, its whole answer."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from rp_net._attempts import whole
from rp_net._decode import BodyDecoder, codings_of
from rp_net._local import FromCache
from rp_net._redirects import follow
from rp_net._response import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_net._engine import Engine
    from rp_net._headers import Headers
    from rp_net._redirects import Hop


async def fetch(engine: Engine, method: str, url: str, options: Mapping[str, Any]) -> Response:
    """Send a request, follow its redirects, read the body and decode it.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds.
    """
    begun = perf_counter()
    request, call = engine.prepare(method, url, options)
    clock = engine.clock
    with clock.until(clock.deadline(call), call.late):
        last, passed = await follow(engine.send, request, call)
        answer = await whole(last.exchange, call.max_bytes)
    body = answer.body
    if body and "content-encoding" in answer.headers.index():
        body = decoded(body, answer.headers, call.max_bytes)
    response = as_response(last, body)
    if passed:
        response.history = tuple(as_response(hop, b"") for hop in passed)
    response.seconds = perf_counter() - begun
    if response.status >= 400 and options.get("raise_for_status", True):
        response.raise_for_status()
    return response


def as_response(hop: Hop, body: bytes) -> Response:
    """Return the response that an exchange gave."""
    request, exchange = hop
    response = Response(
        exchange.status,
        headers=exchange.headers,
        content=body,
        reason=exchange.reason,
        url=shown_url(hop),
        method=request.method,
        http_version=exchange.http_version,
    )
    response.from_cache = isinstance(exchange, FromCache)
    return response


def shown_url(hop: Hop) -> str:
    """Return the URL of a hop, with its fragment."""
    request = hop.request
    if request.shown is None:
        url = request.url
        request.shown = f"{url}#{url.fragment}" if url.fragment else str(url)
    return request.shown


def decoded(body: bytes, headers: Headers, max_bytes: int | None) -> bytes:
    """Undo the content codings of a body.

    Raises:
        BodyLimitError: It is more than allowed.
        ProtocolError: It is damaged.
    """
    if not codings_of(headers):
        return body
    decoder = BodyDecoder(headers, max_bytes)
    pieces = list(decoder.pieces(body))
    decoder.end()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
