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


def confirmed(answer: Headers, stored: list[Stored]) -> Stored | None:
    """Return which stored response a 304 speaks of (RFC 9111, 4.3.4)."""
    etag = answer.get("etag")
    if etag is not None:
        for one in stored:
            mine = one.headers.get("etag")
            if mine is not None and _weak(mine) == _weak(etag):
                return one
        return None
    return stored[0] if stored else None


def _etags(value: str) -> list[str]:
    return _ETAG.findall(value)


def _weak(etag: str) -> str:
    return etag.strip().removeprefix("W/")
