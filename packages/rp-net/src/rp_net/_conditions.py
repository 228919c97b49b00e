"""Conditional requests: those a cache answers, and those it makes (RFC 9110, 13; RFC 9111, 4.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_net._cache_control import parse_date

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._stored import Stored

_ETAG: Final = re.compile(r'(?:W/)?"[^"]*"|[^\s,"]+')
FOR_THE_ORIGIN: Final = frozenset({"if-match", "if-unmodified-since"})


def is_unmodified(stored: Stored, headers: Headers) -> bool:
    """Return whether the caller has what is stored, by the conditions of its request."""
    if "if-none-match" in headers:
        etags = _etags(headers["if-none-match"])
        mine = stored.headers.get("etag")
        return "*" in etags or (mine is not None and _weak(mine) in map(_weak, etags))
    since = parse_date(headers.get("if-modified-since"))
    if since is None:
        return False
    modified = parse_date(stored.headers.get("last-modified"))
    return (stored.date if modified is None else modified) <= since


def has_conditions(headers: Headers) -> bool:
    """Return whether a request asks for a response only if it has changed."""
    return "if-none-match" in headers or "if-modified-since" in headers


def validating(headers: Headers, stored: list[Stored]) -> Headers:
    """Return the fields of a request that asks whether stored responses still hold."""
    etags = [etag for one in stored if (etag := one.headers.get("etag"))]
    asked = headers
    if etags:
        own = _etags(headers["if-none-match"]) if "if-none-match" in headers else []
        if "*" not in own:
            asked = asked.merged({"If-None-Match": ", ".join(dict.fromkeys([*own, *etags]))})
    modified = [one.headers["last-modified"] for one in stored if "last-modified" in one.headers]
    if modified and "if-modified-since" not in headers and "if-none-match" not in headers:
        asked = asked.merged({"If-Modified-Since": modified[0]})
    return asked


def confirmed(answer: Headers, stored: list[Stored], asked: Headers) -> Stored | None:
    """Return which stored response a 304 speaks of (RFC 9111, 4.3.4); None: of none of them.

    Args:
        answer: Fields of the 304.
        stored: What it may speak of.
        asked: Fields of the caller's request: a condition in it may be what was answered.
    """
    etag, modified = answer.get("etag"), answer.get("last-modified")
    for one in stored:
        mine = one.headers.get("etag")
        if etag is not None:
            if mine is not None and _same(mine, etag):
                return one
        elif modified is not None:
            if one.headers.get("last-modified") == modified:
                return one
        elif not has_conditions(asked):
            return one
    return None


def _same(mine: str, etag: str) -> bool:
    """Return whether two etags are the same: where the newer one is strong, exactly."""
    return mine.strip() == etag.strip() or (
        etag.strip().startswith("W/") and _weak(mine) == _weak(etag)
    )


def _etags(value: str) -> list[str]:
    return _ETAG.findall(value)


def _weak(etag: str) -> str:
    return etag.strip().removeprefix("W/")
