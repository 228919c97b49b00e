"""When a request is sent again, and how long is waited before."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rp_net._errors import (
    BlockedAddressError,
    ConnectError,
    HTTPStatusError,
    IncompleteBodyError,
    NetTimeoutError,
    ReadError,
)

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._types import Request


class HasHead(Protocol):
    """An answer, of which the head is here."""

    status: int
    headers: Headers


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, after what, and when a request is sent again.

    The wait is random between 0 and `base * 2**n` seconds ("full jitter"), or what Retry-After
    says. No wait goes past the deadline of the call.

    Attributes:
        retries: How many times, after the first.
        methods: Methods that may be sent again, since twice is as good as once.
        statuses: Answers after which that is of use.
        base, cap: Seconds: of the first wait, and of the longest.
        max_retry_after: Seconds; where the server asks for a longer wait, its answer stands.

    Raises:
        TypeError: `retries` is no int.
        ValueError: A number is negative, or a method not in upper case.
    """

    __module__ = "rp_net"

    retries: int = 2
    methods: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    statuses: frozenset[int] = frozenset({408, 425, 429, 500, 502, 503, 504})
    base: float = 0.2
    cap: float = 10.0
    max_retry_after: float = 30.0

    def __post_init__(self) -> None:
        if not isinstance(self.retries, int) or isinstance(self.retries, bool):
            raise TypeError(f"Retry: retries must be an int, not {self.retries!r}")
        for name in ("retries", "base", "cap", "max_retry_after"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"Retry: {name} must not be negative, it is {getattr(self, name)}")
        if any(method != method.upper() for method in self.methods):
            raise ValueError("Retry: methods are named in upper case")

    def wait_after_error(self, error: Exception, request: Request, tried: int) -> float | None:
        """Return the seconds to wait before the request is sent again; None: it is not."""
        if tried >= self.retries or not self._may_repeat(request):
            return None
        broken = (ConnectError, ReadError, IncompleteBodyError)
        if isinstance(error, BlockedAddressError):
            return None
        if isinstance(error, NetTimeoutError):
            return self._jitter(tried) if error.phase != "total" else None
        return self._jitter(tried) if isinstance(error, broken) else None

    def wait_after_failure(self, error: Exception, request: Request, tried: int) -> float | None:
        """Return the seconds to wait after an error, that of a status included; None: it stands."""
        if isinstance(error, HTTPStatusError):
            return self.wait_after_answer(error.response, request, tried)
        return self.wait_after_error(error, request, tried)

    def wait_after_answer(self, answer: HasHead, request: Request, tried: int) -> float | None:
        """Return the seconds to wait before the request is sent again; None: the answer stands."""
        if answer.status not in self.statuses or tried >= self.retries:
            return None
        if not self._may_repeat(request):
            return None
        wanted = seconds_of(answer.headers.get("retry-after"))
        if wanted is None:
            return self._jitter(tried)
        return wanted if wanted <= self.max_retry_after else None

    def _may_repeat(self, request: Request) -> bool:
        content = request.content
        return request.method in self.methods and (content is None or content.replayable)

    def _jitter(self, tried: int) -> float:
        return random.uniform(0, min(self.cap, self.base * 2**tried))  # noqa: S311


RetryTypes: TypeAlias = int | Retry


def as_retry(value: RetryTypes) -> Retry:
    """Return what a `retries=` argument means.

    Raises:
        TypeError: It is neither a number nor a `Retry`.
        ValueError: It is negative.
    """
    if isinstance(value, Retry):
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"retries must be an int or a Retry, not {value!r}")
    return Retry(value)


def seconds_of(text: str | None) -> float | None:
    """Return the seconds that a Retry-After field asks for (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
