"""Cookies, each sent to the host it belongs to (RFC 6265, by the standard library's jar)."""

from __future__ import annotations

import re
import urllib.request
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final

from rp_net._headers import Headers
from rp_net._policy import is_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rp_net._url import Url

_DOMAIN: Final = re.compile(r";\s*domain\s*=[^;]*", re.IGNORECASE)


class Cookies:
    """The cookies of a client.

    A cookie that a server sets goes back to that host, or to its domain where it says so and may;
    one that the caller gives goes to one host and no other.

    Attributes:
        unused: Whether there has never been one.
    """

    __module__ = "rp_net"

    def __init__(self) -> None:
        only_host = DefaultCookiePolicy.DomainStrictNonDomain
        policy = DefaultCookiePolicy(strict_domain=True, strict_ns_domain=only_host)
        self._jar = CookieJar(policy)
        self.unused = True

    def set(self, name: str, value: str, host: str) -> None:
        """Keep a cookie for one host, until the client ends.

        Raises:
            ValueError: The name or the value has a character that would end it.
        """
        check_cookie(name, value)
        self.unused = False
        self._jar.set_cookie(_host_cookie(name, value, host))

    def get(self, name: str, host: str | None = None) -> str | None:
        """Return the value of a cookie, of any host or of one."""
        for cookie in self._jar:
            if cookie.name == name and (host is None or cookie.domain.lstrip(".") in _forms(host)):
                return cookie.value
        return None

    def clear(self) -> None:
        """Forget every cookie."""
        self._jar.clear()

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return (cookie.name for cookie in self._jar)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._jar)

    def header(self, url: Url) -> str | None:
        """Return the Cookie field for a request to a URL; None: there is none."""
        if self.unused:
            return None
        request = urllib.request.Request(str(url))  # noqa: S310
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")

    def take(self, headers: Headers, url: Url) -> None:
        """Keep what a response from a URL sets."""
        self.unused = False
        message = Message()
        for value in headers.get_list("set-cookie"):
            # An address has no domain: the jar would take its last numbers for one.
            if not is_address(url.host):
                message["Set-Cookie"] = value
            elif _DOMAIN.sub("", value) == value or _names_host(value, url.host):
                message["Set-Cookie"] = _DOMAIN.sub("", value)
        request = urllib.request.Request(str(url))  # noqa: S310
        self._jar.extract_cookies(_Answer(message), request)  # type: ignore[arg-type]


class _Answer:
    """What the jar asks of a response."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def info(self) -> Message:
        return self._message


def cookie_header(cookies: Mapping[str, str]) -> str:
    """Return the Cookie field for the cookies of one request.

    Raises:
        ValueError: A name or a value has a character that would end it.
    """
    for name, value in cookies.items():
        check_cookie(name, value)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def check_cookie(name: str, value: str) -> None:
    """Refuse a cookie that would become two.

    Raises:
        ValueError: It would.
    """
    if not name or any(c in "=;, \t" or not " " < c < "\x7f" for c in name):
        raise ValueError(f"{name!r} is no name of a cookie")
    if any(c == ";" or not " " <= c < "\x7f" for c in value):
        raise ValueError(f"the cookie {name} has a value that no cookie may have")


def _names_host(value: str, host: str) -> bool:
    domains = [part.partition("=")[2].strip().strip(".") for part in _DOMAIN.findall(value)]
    return all(domain == host for domain in domains)


def _forms(host: str) -> tuple[str, str]:
    return host, f"{host}.local"


def _host_cookie(name: str, value: str, host: str) -> Cookie:
    # The jar calls a host without a dot by that name with ".local" behind it.
    domain = host if "." in host or ":" in host else f"{host}.local"
    return Cookie(
        version=0, name=name, value=value, port=None, port_specified=False, domain=domain,
        domain_specified=False, domain_initial_dot=False, path="/", path_specified=True,
        secure=False, expires=None, discard=True, comment=None, comment_url=None, rest={},
    )  # fmt: skip
