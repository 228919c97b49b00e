"""Forward proxies: named by the caller, or by the environment."""

from __future__ import annotations

import base64

from rp_net._types import Proxy
from rp_net._url import Url, parse_url


def as_proxy(text: str) -> Proxy:
    """Read the URL of a proxy.

    Raises:
        ValueError: It is no http or https URL.
    """
    url = parse_url(text if "://" in text else f"http://{text}")
    return Proxy(url._replace(userinfo=None), url.userinfo)


def environment_proxy(url: Url) -> Proxy | None:
    """Return the proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for a URL.

    The system's settings count on macOS and Windows, as `urllib.request` reads them.

    Raises:
        ValueError: The variable holds no URL of a proxy that can be used.
    """
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    text = proxies.get(url.scheme) or proxies.get("all")
    if not text or proxy_bypass(f"{url.host}:{url.port}"):
        return None
    return as_proxy(text)


def basic(auth: tuple[str, str]) -> str:
    """Return the credentials of Basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(":".join(auth).encode()).decode()
