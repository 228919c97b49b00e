"""A stored response, and the rules by which it comes to be one (RFC 9111, 3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from email.utils import formatdate
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from rp_net._cache_control import Directives, directives_of, parse_date
from rp_net._headers import Headers
from rp_net._url import Url, join_url

if TYPE_CHECKING:
    from rp_net._types import Exchange, Request

HEURISTIC: Final = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
_UNDERSTOOD: Final = HEURISTIC | {302, 303, 307, 400, 401, 403, 500, 502, 503, 504}
_NOT_STORED: Final = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
# What describes the body that is stored, and not the one that a 304 does not have.
_OF_THE_BODY: Final = frozenset({"content-encoding", "content-length", "content-range"})


@dataclass(frozen=True)
class Stored:
    """A response in a cache, without its body.

    Attributes:
        id: Names the body.
        status, reason, fields: As they came, without what belongs to the connection.
        vary: The values that the request had for the fields that Vary names.
        credentials: Digest of the request's Authorization, where that matters; or empty.
        requested, received: Times, in seconds since 1970.
        first, whole: Of a part: where it begins, and bytes of the whole; `whole` is None for a
            response that is not a part.
        size: Bytes of the body.
        invalid: Whether it must be validated whatever its age.
    """

    id: str
    status: int
    reason: str
    fields: list[tuple[str, str]]
    vary: dict[str, str | None]
    credentials: str
    requested: float
    received: float
    first: int = 0
    whole: int | None = None
    size: int = 0
    invalid: bool = False
    headers: Headers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers.received(self.fields))

    @property
    def date(self) -> float:
        """When it was made, or else received."""
        made = parse_date(self.headers.get("date"))
        return self.received if made is None else made

    @property
    def is_part(self) -> bool:
        """Whether the body is a part of the whole."""
        return self.whole is not None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        plain = asdict(replace(self))
        plain.pop("headers")
        plain["fields"] = [list(pair) for pair in self.fields]
        return plain

    @classmethod
    def of_json(cls, plain: dict[str, Any]) -> Stored:
        """Return what `as_json` gave.

        Raises:
            TypeError, ValueError, KeyError: It gave something else.
        """
        return cls(**{**plain, "fields": [(str(n), str(v)) for n, v in plain["fields"]]})


def may_store(request: Request, answer: Exchange, *, shared: bool) -> bool:
    """Return whether a response may be kept, and is worth it (RFC 9111, 3)."""
    if request.method != "GET" or not 200 <= answer.status < 600 or answer.status == 304:
        return False
    if _forbids_storing(request, answer) or (shared and not _may_share(request, answer.headers)):
        return False
    headers, said = answer.headers, directives_of(answer.headers)
    lasting = "max-age" in said or "expires" in headers or (shared and "s-maxage" in said)
    allowed = lasting or "public" in said or ("private" in said and not shared)
    useful = lasting or "etag" in headers or "last-modified" in headers
    return useful and (allowed or answer.status in HEURISTIC)


def _forbids_storing(request: Request, answer: Exchange) -> bool:
    said = directives_of(answer.headers)
    if answer.status == 416 and "range" in request.headers:
        return True
    if "no-store" in directives_of(request.headers) or "*" in _names(answer.headers):
        return True
    if "must-understand" in said:
        return answer.status not in _UNDERSTOOD
    return "no-store" in said


def _may_share(request: Request, headers: Headers) -> bool:
    said = directives_of(headers)
    if "private" in said and not said.fields("private"):
        return False
    if "authorization" in request.headers:
        return any(name in said for name in ("public", "s-maxage", "must-revalidate"))
    return True


def make_stored(
    request: Request, answer: Exchange, requested: float, received: float, *, shared: bool
) -> Stored:
    """Return what is kept of a response."""
    said = directives_of(answer.headers)
    open_to_all = any(name in said for name in ("public", "s-maxage", "must-revalidate"))
    named = request.headers.get("authorization") if not open_to_all and not shared else None
    from secrets import token_hex

    return Stored(
        id=token_hex(8),
        status=answer.status,
        reason=answer.reason,
        fields=stored_fields(_dated(answer.headers, received), _hidden(said, shared=shared)),
        vary={name: varied(request.headers, name) for name in _names(answer.headers)},
        credentials=sha256(named.encode()).hexdigest() if named else "",
        requested=requested,
        received=received,
    )


def stored_fields(headers: Headers, hidden: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Return the fields that are kept: not those of the connection, nor hidden ones."""
    of_connection = {
        name.strip().lower()
        for value in headers.get_list("connection")
        for name in value.split(",")
    }
    return headers.without(_NOT_STORED | of_connection | hidden).multi_items()


def updated(
    stored: Stored, headers: Headers, requested: float, received: float, *, shared: bool
) -> Stored:
    """Return a stored response with the fields of a newer answer (RFC 9111, 3.2)."""
    newer = Headers.received(stored_fields(_dated(headers, received))).without(_OF_THE_BODY)
    merged = stored.headers.without({"age"}).merged(newer)
    fields = merged.without(_hidden(directives_of(merged), shared=shared)).multi_items()
    return replace(stored, fields=fields, requested=requested, received=received, invalid=False)


def _hidden(said: Directives, *, shared: bool) -> frozenset[str]:
    """Return the fields that may not be given again unless the origin is asked."""
    return said.fields("no-cache") | (said.fields("private") if shared else frozenset())


def _dated(headers: Headers, received: float) -> Headers:
    """Return the fields of a message, with the time it came where it has no Date (9110, 6.6.1)."""
    if parse_date(headers.get("date")) is not None:
        return headers
    return headers.merged({"Date": formatdate(received, usegmt=True)})


def matches(stored: Stored, request: Request) -> bool:
    """Return whether a stored response was chosen for a request like this one (RFC 9111, 4.1)."""
    if stored.credentials:
        given = request.headers.get("authorization", "")
        if sha256(given.encode()).hexdigest() != stored.credentials:
            return False
    return all(varied(request.headers, name) == value for name, value in stored.vary.items())


def varied(headers: Headers, name: str) -> str | None:
    """Return the value of a field in a form in which equal ones are equal."""
    if name not in headers:
        return None
    return ",".join(part.strip() for part in headers[name].split(","))


def invalidated_by(request: Request, answer: Exchange) -> list[str]:
    """Return the URLs whose stored responses an unsafe request made invalid (RFC 9111, 4.4)."""
    if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or not 200 <= answer.status < 400:
        return []
    found = [str(request.url)]
    for name in ("location", "content-location"):
        if name in answer.headers:
            url = _joined(request.url, answer.headers[name])
            if url and url.origin == request.url.origin:
                found.append(str(url))
    return found


def _names(headers: Headers) -> list[str]:
    return [
        name.strip().lower()
        for value in headers.get_list("vary")
        for name in value.split(",")
        if name.strip()
    ]


def _joined(base: Url, reference: str) -> Url | None:
    try:
        return join_url(base, reference)
    except ValueError:
        return None
