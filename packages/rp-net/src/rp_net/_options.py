"""The options of a request: what they mean, once they are settled for one call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Union

from rp_net._errors import NetTimeoutError

if TYPE_CHECKING:
    from rp_net._cache import Cache
    from rp_net._content import ContentTypes
    from rp_net._headers import Headers, HeaderTypes
    from rp_net._multipart import FileTypes
    from rp_net._policy import PublicOnly
    from rp_net._retry import Retry, RetryTypes
    from rp_net._types import Request, Timeout, TimeoutTypes
    from rp_net._url import ParamTypes, Url

BackendName: TypeAlias = Literal["auto", "aiohttp", "httpx2", "httpx", "stdlib"]
AuthTypes: TypeAlias = Union[tuple[str, str], "Callable[[Request], Headers | Mapping[str, str]]"]


class SendOptions(TypedDict, total=False):
    """Options of every operation that sends a request.

    Attributes:
        params: Query parameters, appended to those of the URL; None is left out, a list repeated.
        headers: Header fields; they take the place of the client's of the same name.
        auth: User and password (Basic), or a function of the `Request` that returns header
            fields. Sent to the origin of the URL and to no other.
        cookies: Cookies of this request, for the host of the URL and no other.
        proxy: URL of a forward proxy; False: none; default: what the environment says.
        timeout: `Timeout`, or seconds for the whole call; None: no limit at all.
        retries: How often a request is sent again, or a `Retry`.
        cache: A `Cache`; False: none.
        policy: Which addresses may be connected to: `PublicOnly()`; None: all.
        follow_redirects: Whether redirects are followed.
        max_redirects: How many.
        allow_downgrade: Whether a redirect may lead from https to http.
        max_bytes: The most bytes of a body, as it is sent and decoded; None: no limit.
        raise_for_status: Whether 4xx and 5xx are errors; default: except in `request`.
        backend: Name of the backend.
    """

    params: ParamTypes | None
    headers: HeaderTypes | None
    auth: AuthTypes | None
    cookies: Mapping[str, str] | None
    proxy: str | Literal[False] | None
    timeout: TimeoutTypes
    retries: RetryTypes
    cache: Cache | Literal[False] | None
    policy: PublicOnly | None
    follow_redirects: bool
    max_redirects: int
    allow_downgrade: bool
    max_bytes: int | None
    raise_for_status: bool
    backend: BackendName


class RequestOptions(SendOptions, total=False):
    """Options of every operation whose request may have a body.

    Attributes:
        content: The body as it is sent: text (UTF-8), bytes, or an iterable or async iterable of
            bytes, which is sent piece by piece.
        json: The body as JSON.
        data: Fields of a form.
        files: Files of a form, by name: a path, bytes, a binary file, or a tuple
            (file name, file) or (file name, file, media type). They are streamed.
    """

    content: ContentTypes
    json: Any
    data: Mapping[str, Any] | None
    files: FileTypes | None


@dataclass(slots=True)
class Call:
    """One call of an operation: what holds for every request that is sent for it.

    Attributes:
        timeout, retry, cache, policy, backend: As in `SendOptions`.
        proxy: As given; None: by the environment.
        auth: What is sent to the first origin.
        follow, max_redirects, allow_downgrade, max_bytes: As in `SendOptions`.
        cookies: What is sent to the first origin, as a Cookie field.
        whole: Whether the body is read whole, as part of the attempt.
        first: The URL that the caller named.
    """

    timeout: Timeout
    retry: Retry
    first: Url
    cache: Cache | None = None
    policy: PublicOnly | None = None
    backend: BackendName = "auto"
    proxy: str | Literal[False] | None = None
    auth: AuthTypes | None = None
    follow: bool = True
    max_redirects: int = 10
    allow_downgrade: bool = False
    max_bytes: int | None = None
    cookies: str | None = None
    whole: bool = True

    def late(self) -> NetTimeoutError:
        """Return the error of a call that is not done in time."""
        return NetTimeoutError(
            f"{self.first.authority}: not done within {self.timeout.total} seconds", "total"
        )


_KNOWN = frozenset(SendOptions.__annotations__)
_KNOWN_WITH_BODY = _KNOWN | frozenset(RequestOptions.__annotations__)


def check_options(options: Collection[str], *, body: bool = True) -> None:
    """Refuse options that there are not.

    Raises:
        TypeError: One is unknown.
    """
    if not options:
        return
    unknown = set(options) - (_KNOWN_WITH_BODY if body else _KNOWN)
    if unknown:
        raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
