"""Parts of stored bodies: asked for, cut out, put together (RFC 9110, 14; RFC 9111, 3.3, 3.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._stored import Stored

_SPEC: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


class Asked(NamedTuple):
    """One range that is asked for: `first` to `last`, or the last `suffix` bytes."""

    first: int | None
    last: int | None
    suffix: int | None = None

    def within(self, whole: int) -> tuple[int, int] | None:
        """Return first and last byte in a body of so many; None: there are none of them."""
        if self.suffix is not None:
            first, last = max(0, whole - self.suffix), whole - 1
        else:
            first = self.first or 0
            last = whole - 1 if self.last is None else min(self.last, whole - 1)
        return (first, last) if 0 <= first <= last else None


class Range(NamedTuple):
    """What Content-Range says: first and last byte, and bytes of the whole, where it says so."""

    first: int
    last: int
    whole: int | None


def asked_range(headers: Headers) -> Asked | None:
    """Return the range that a request asks for; None: it asks for none, or for what is no range."""
    match = _SPEC.fullmatch(headers.get("range", "").strip())
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        return Asked(None, None, int(match[2]))
    first, last = int(match[1]), int(match[2]) if match[2] else None
    return None if last is not None and last < first else Asked(first, last)


def content_range(headers: Headers) -> Range | None:
    """Return what Content-Range says; None: it is not there, or makes no sense."""
    said = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if not said:
        return None
    whole = None if said[3] == "*" else int(said[3])
    found = Range(int(said[1]), int(said[2]), whole)
    sound = found.first <= found.last and (whole is None or found.last < whole)
    return found if sound else None


def strong_etag(headers: Headers) -> str | None:
    """Return the ETag if it is a strong one."""
    etag = headers.get("etag", "").strip()
    return etag if len(etag) > 1 and etag[0] == etag[-1] == '"' else None


def span_in(stored: Stored, asked: Asked) -> tuple[int, int, int] | None:
    """Return first and last byte that are asked for, and bytes of the whole, if they are here."""
    whole = stored.whole if stored.whole is not None else stored.size
    within = asked.within(whole)
    if within is None:
        return None
    first, last = within
    here = stored.first <= first and last < stored.first + stored.size
    return (first, last, whole) if here else None


def cut_out(stored: Stored, body: bytes, span: tuple[int, int, int]) -> tuple[Headers, bytes]:
    """Return the fields and the body of a 206 with a span that is here."""
    first, last, whole = span
    fields = {
        "Content-Range": f"bytes {first}-{last}/{whole}",
        "Content-Length": str(last - first + 1),
    }
    piece = body[first - stored.first : last - stored.first + 1]
    return stored.headers.merged(fields), piece


def joined(old: Stored, old_body: bytes, new: Stored, new_body: bytes) -> tuple[int, bytes] | None:
    """Put two parts of one body together; None: they are not, or have a gap between them.

    Returns:
        Where the joined part begins, and its bytes.
    """
    etag = strong_etag(old.headers)
    if etag is None or etag != strong_etag(new.headers):
        return None
    if old.whole is not None and new.whole is not None and old.whole != new.whole:
        return None
    (low, low_body), (high, high_body) = sorted(
        [(old.first, old_body), (new.first, new_body)], key=lambda part: part[0]
    )
    if high > low + len(low_body):
        return None
    return low, low_body + high_body[max(0, low + len(low_body) - high) :]
