"""Redirects: where they may lead, and what goes along (RFC 9110, 15.4; Fetch, HTTP-redirect)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rp_net._errors import RedirectError
from rp_net._types import Request
from rp_net._url import join_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rp_net._headers import Headers
    from rp_net._options import Call
    from rp_net._types import Exchange
    from rp_net._url import Url

    SendOne = Callable[[Request, Call], Awaitable[Exchange]]

STATUSES: Final = frozenset({301, 302, 303, 307, 308})
# What tells nothing about the user: all else stays with the origin it was given for.
_MAY_CROSS: Final = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "cache-control", "content-encoding",
        "content-language", "content-type", "if-match", "if-modified-since", "if-none-match",
        "if-range", "if-unmodified-since", "pragma", "range", "user-agent",
    }
)  # fmt: skip
_OF_CONTENT: Final = frozenset(
    {"content-encoding", "content-language", "content-location", "content-type"}
)


class Hop(NamedTuple):
    """A request, and the answer to it."""

    request: Request
    exchange: Exchange


async def follow(send: SendOne, request: Request, call: Call) -> tuple[Hop, list[Hop]]:
    """Send a request and follow its redirects.

    Returns:
        The last hop, and those before it, whose exchanges are closed.

    Raises:
        RedirectError: There are too many, or one that is refused.
        NetError: As `send` raises.
    """
    passed: list[Hop] = []
    while True:
        hop = Hop(request, await send(request, call))
        if not call.follow or not leads_on(hop.exchange):
            return hop, passed
        try:
            if len(passed) >= call.max_redirects:
                raise RedirectError(f"{call.first}: more than {call.max_redirects} redirects")
            request = next_request(request, hop.exchange, call)
        finally:
            await hop.exchange.close()
        passed.append(hop)


def leads_on(exchange: Exchange) -> bool:
    """Return whether an answer is a redirect that can be followed."""
    return exchange.status in STATUSES and "location" in exchange.headers


def next_request(request: Request, exchange: Exchange, call: Call) -> Request:
    """Return the request that a redirect asks for.

    Raises:
        RedirectError: It leads where it may not, or the body cannot be sent again.
    """
    url = _target(request.url, exchange.headers)
    if request.url.scheme == "https" and url.scheme == "http" and not call.allow_downgrade:
        raise RedirectError(f"{request.url}: refused to be led from https to {url}")
    method, content, headers = request.method, request.content, request.headers
    status = exchange.status
    if (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST"):
        method, content = "GET", None
        headers = headers.without(_OF_CONTENT)
    if content is not None and not content.replayable:
        raise RedirectError(f"{request.url}: the body cannot be sent again to {url}")
    if url.origin != request.url.origin:
        headers = headers.only(_MAY_CROSS)
    return Request(method, url, headers, content)


def _target(base: Url, headers: Headers) -> Url:
    locations = set(headers.get_list("location"))
    if len(locations) > 1:
        raise RedirectError(f"{base}: a redirect to {len(locations)} places at once")
    # A field is read as Latin-1; servers that put more than ASCII there mean UTF-8.
    raw = locations.pop().encode("latin-1")
    try:
        return join_url(base, raw.decode("utf-8", "replace"))
    except ValueError as error:
        raise RedirectError(f"{base}: a redirect to what cannot be followed: {error}") from error
