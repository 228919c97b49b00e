"""Whether a stored response may be used (RFC 9111, 4.2; RFC 5861)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rp_net._cache_control import FOREVER, Directives, age_of, directives_of, parse_date
from rp_net._stored import HEURISTIC

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._stored import Stored

Use: TypeAlias = Literal["fresh", "stale", "validate"]
_HEURISTIC_FRACTION: Final = 0.1


def current_age(stored: Stored, now: float) -> float:
    """Return the seconds since the origin made or validated it (RFC 9111, 4.2.3)."""
    apparent = max(0.0, stored.received - stored.date)
    corrected = age_of(stored.headers) + (stored.received - stored.requested)
    return max(apparent, corrected) + max(0.0, now - stored.received)


def lifetime(stored: Stored, *, shared: bool) -> float:
    """Return the seconds for which it is fresh (RFC 9111, 4.2.1 and 4.2.2)."""
    headers, said = stored.headers, directives_of(stored.headers)
    if shared and (seconds := said.seconds("s-maxage")) is not None:
        return seconds
    if (seconds := said.seconds("max-age")) is not None:
        return seconds
    if "expires" in headers:
        expires = [parse_date(value) for value in headers.get_list("expires")]
        return 0.0 if expires[0] is None else expires[0] - stored.date
    if stored.status in HEURISTIC or "public" in said:
        modified = parse_date(headers.get("last-modified"))
        if modified is not None and modified < stored.date:
            return _HEURISTIC_FRACTION * (stored.date - modified)
    return 0.0


def use_of(
    stored: Stored, request_headers: Headers, now: float, *, shared: bool
) -> tuple[Use, float]:
    """Return how a stored response may be used for a request, and its age.

    "fresh": as it is; "stale": as it is, while it is validated in the background; "validate": after
    the origin has said that it still holds.
    """
    age = current_age(stored, now)
    said, asked = directives_of(stored.headers), directives_of(request_headers)
    if stored.invalid or _must_ask(said, asked, request_headers):
        return "validate", age
    left = lifetime(stored, shared=shared) - age
    most = asked.seconds("max-age")
    if most is not None and age > most:
        left = min(left, most - age)
    if left > (asked.seconds("min-fresh") or 0):
        return "fresh", age
    if "min-fresh" in asked or _forbids_stale(said, shared=shared):
        return "validate", age
    if "max-stale" in asked:
        allowed = FOREVER if asked.text("max-stale") is None else asked.seconds("max-stale") or 0
        if -left <= allowed:
            return "fresh", age
    if most is None and -left < (said.seconds("stale-while-revalidate") or 0):
        return "stale", age
    return "validate", age


def may_stand_in(stored: Stored, request_headers: Headers, now: float, *, shared: bool) -> bool:
    """Return whether it may be used where the origin fails: stale-if-error (RFC 5861, 4)."""
    said, asked = directives_of(stored.headers), directives_of(request_headers)
    if "no-cache" in said or _forbids_stale(said, shared=shared):
        return False
    if _must_ask(said, asked, request_headers) and "stale-if-error" not in asked:
        return False
    beyond = current_age(stored, now) - lifetime(stored, shared=shared)
    windows = [seconds for d in (said, asked) if (seconds := d.seconds("stale-if-error"))]
    return any(beyond <= window for window in windows)


def _must_ask(said: Directives, asked: Directives, request_headers: Headers) -> bool:
    if "no-cache" in said and not said.fields("no-cache"):
        return True
    if "no-cache" in asked or asked.seconds("max-age") == 0:
        return True
    return not asked and "no-cache" in request_headers.get("pragma", "").lower()


def _forbids_stale(said: Directives, *, shared: bool) -> bool:
    if "must-revalidate" in said:
        return True
    return shared and ("proxy-revalidate" in said or "s-maxage" in said)
