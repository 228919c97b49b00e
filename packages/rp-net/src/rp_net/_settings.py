"""The arguments of a client, and the options of one request, checked."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Literal

from rp_net._cookies import cookie_header
from rp_net._headers import Headers
from rp_net._local import as_transport
from rp_net._policy import PublicOnly
from rp_net._proxies import as_proxy
from rp_net._retry import Retry, as_retry
from rp_net._tls import Tls
from rp_net._transport import BACKENDS
from rp_net._types import DEFAULT_TIMEOUT, Timeout, as_timeout
from rp_net._url import Url, parse_url

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from rp_net._cache import Cache
    from rp_net._options import AuthTypes, BackendName
    from rp_net._types import Transport
    from rp_net._url import ParamTypes

USER_AGENT: Final = f"rp-net/{version('rp-net')}"


@dataclass(slots=True)
class Settings:
    """The arguments of a `Client`, checked."""

    base: Url | None
    headers: Headers
    params: ParamTypes | None
    auth: AuthTypes | None
    cookies: str | None
    timeout: Timeout
    retry: Retry
    cache: Cache | None
    proxy: str | Literal[False] | None
    tls: Tls | ssl.SSLContext | None
    policy: PublicOnly | None
    follow_redirects: bool
    max_redirects: int
    allow_downgrade: bool
    max_bytes: int | None
    max_connections: int
    http2: bool
    transport: Transport | None
    backend: BackendName

    @classmethod
    def of(
        cls,
        *,
        base_url: str = "",
        headers: Any = (),
        cookies: Mapping[str, str] | None = None,
        timeout: Any = DEFAULT_TIMEOUT,
        retries: Any = 2,
        transport: Any = None,
        **rest: Any,
    ) -> Settings:
        """Check what a client was given.

        Raises:
            TypeError, ValueError: An argument cannot be right.
        """
        defaults = {"Accept": "*/*", "User-Agent": USER_AGENT}
        check_backend(rest["backend"])
        check_values(rest)
        check_proxy(rest["proxy"], rest["policy"])
        check_tls(rest["tls"])
        if rest["max_connections"] < 1:
            raise ValueError("max_connections must be at least 1")
        return cls(
            base=parse_url(base_url) if base_url else None,
            headers=Headers(headers).defaults(defaults),
            cookies=cookie_header(cookies) if cookies else None,
            timeout=as_timeout(timeout, DEFAULT_TIMEOUT),
            retry=as_retry(retries),
            transport=None if transport is None else as_transport(transport),
            **rest,
        )


_FLAGS: Final = ("follow_redirects", "allow_downgrade", "raise_for_status", "http2")


def check_values(options: Mapping[str, Any]) -> None:
    """Refuse options whose values cannot be meant.

    Raises:
        TypeError, ValueError: One cannot.
    """
    for name in _FLAGS:
        if not isinstance(options.get(name, True), bool):
            raise TypeError(f"{name} must be True or False, not {options[name]!r}")
    for name in ("max_redirects", "max_bytes", "max_connections"):
        value = options.get(name)
        if value is None and (name == "max_bytes" or name not in options):
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name} must be an int, not {value!r}")
        if value < 0:
            raise ValueError(f"{name} must not be negative, it is {value}")
    check_policy(options.get("policy"))
    check_auth(options.get("auth"))


def check_policy(policy: object) -> None:
    """Refuse what is no policy: taken for none, it would let everything through.

    Raises:
        TypeError: It is none.
    """
    if policy is not None and not isinstance(policy, PublicOnly):
        raise TypeError(f"a policy is a PublicOnly() or None, not {policy!r}")


def check_auth(auth: object) -> None:
    """Refuse what are no credentials.

    Raises:
        TypeError: They are neither a user and a password nor a function.
        ValueError: The user has a colon, which would end it.
    """
    if auth is None or callable(auth):
        return
    if not isinstance(auth, tuple) or [type(part) for part in auth] != [str, str]:
        raise TypeError("auth is a pair of user and password, or a function of the request")
    if ":" in auth[0]:
        raise ValueError("the user of Basic authentication has no colon")


def check_tls(tls: object) -> None:
    """Refuse what says nothing of TLS.

    Raises:
        TypeError: It is neither `Tls` nor an SSL context.
    """
    if tls is None or isinstance(tls, Tls):
        return
    import ssl

    if not isinstance(tls, ssl.SSLContext):
        raise TypeError(f"tls is a Tls() or an ssl.SSLContext, not {tls!r}")


def check_backend(name: str) -> None:
    """Refuse a backend that there is not.

    Raises:
        ValueError: There is none of that name.
    """
    if name != "auto" and name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}, only auto, {', '.join(sorted(BACKENDS))}")


def check_proxy(proxy: str | Literal[False] | None, policy: PublicOnly | None) -> None:
    """Refuse a proxy that cannot be, or whose connections the policy could not check.

    Raises:
        ValueError: It is no URL of a proxy, or there is a policy.
    """
    if not (proxy is None or proxy is False or isinstance(proxy, str)):
        raise TypeError("proxy is a URL, False or None")
    if proxy:
        as_proxy(proxy)
        if policy:
            raise ValueError("a policy cannot hold behind a proxy: the proxy looks names up itself")


def own_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a `Call` that the options of one request settle."""
    own: dict[str, Any] = {
        field: options[name]
        for name, field in (
            ("policy", "policy"),
            ("proxy", "proxy"),
            ("max_redirects", "max_redirects"),
            ("allow_downgrade", "allow_downgrade"),
            ("max_bytes", "max_bytes"),
            ("follow_redirects", "follow"),
            ("backend", "backend"),
        )
        if name in options
    }
    check_values(options)
    if "backend" in own:
        check_backend(own["backend"])
    if "retries" in options:
        own["retry"] = as_retry(options["retries"])
    if options.get("cache") is not None:
        own["cache"] = options["cache"] or None
        if options["cache"] is not False and not hasattr(options["cache"], "with_mode"):
            raise TypeError(f"cache is a Cache() or False, not {options['cache']!r}")
    if options.get("auth") is not None:
        own["auth"] = options["auth"]
    if options.get("cookies"):
        own["cookies"] = cookie_header(options["cookies"])
    return own
