"""Cookies: kept by a client, sent to whom they belong to."""

from __future__ import annotations

import pytest

import rp_net
from rp_net._cookies import Cookies
from rp_net._url import parse_url
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, on_asyncio


def jar_of(url: str, *set_cookies: str) -> Cookies:
    jar = Cookies()
    jar.take(rp_net.Headers([("Set-Cookie", one) for one in set_cookies]), parse_url(url))
    return jar


def sent(jar: Cookies, url: str) -> set[str]:
    return set((jar.header(parse_url(url)) or "").split("; ")) - {""}


@each_backend
async def test_a_cookie_comes_back_to_its_host(
    server: FaultServer, other: FaultServer, backend: BackendName
) -> None:
    fields = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/deep"), ("Location", "/next")]
    server.on("/", lambda exchange: exchange.respond(302, b"", fields))
    server.on("/next", lambda exchange: exchange.respond(302, b"", [("Location", other.url())]))
    async with rp_net.Client(backend=backend) as client:
        await client.request("GET", server.url())
        assert client.cookies.get("a") == "1"
        await client.request("GET", server.url("/deep/er"))
    assert server.requests[1].header("cookie") == "a=1"
    assert set((server.requests[2].header("cookie") or "").split("; ")) == {"a=1", "b=2"}
    assert other.requests[0].header("cookie") is None


@on_asyncio
async def test_the_functions_keep_none(server: FaultServer) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"", [("Set-Cookie", "a=1")]))
    for _ in range(2):
        await rp_net.get(server.url())
    assert server.requests[1].header("cookie") is None


@each_backend
async def test_cookies_of_a_client_go_to_one_origin(
    server: FaultServer, other: FaultServer, backend: BackendName
) -> None:
    cookies = {"a": "1"}
    async with rp_net.Client(backend=backend, base_url=server.origin, cookies=cookies) as client:
        await client.request("GET", other.url())
        await client.request("GET", "/")
        await client.request("GET", "/", cookies={"b": "2"})
    assert other.requests[0].header("cookie") is None
    assert server.requests[0].header("cookie") == "a=1"
    assert "b=2" in (server.requests[1].header("cookie") or "")


@pytest.mark.parametrize(
    ("cookie", "url", "comes"),
    [
        ("a=1", "https://www.example.com/x", True),
        ("a=1", "https://other.example.com/", False),
        ("a=1", "https://example.com/", False),
        ("a=1", "https://sub.www.example.com/", False),
        ("a=1", "https://www.example.com.evil.com/", False),
        ("a=1; Domain=example.com", "https://other.example.com/", True),
        ("a=1; Domain=.example.com", "https://www.example.com/", True),
        ("a=1; Domain=other.example.com", "https://other.example.com/", False),
        ("a=1; Domain=com", "https://other.com/", False),
        ("a=1; Domain=evil.com", "https://evil.com/", False),
        ("a=1; Secure", "http://www.example.com/", False),
        ("a=1; Secure", "https://www.example.com/", True),
        ("a=1; Path=/deep", "https://www.example.com/deeper", False),
        ("a=1; Path=/deep", "https://www.example.com/deep/x", True),
        ("a=1; Max-Age=0", "https://www.example.com/", False),
        ("a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "https://www.example.com/", False),
    ],
)
def test_whose_a_cookie_is(cookie: str, url: str, comes: bool) -> None:
    assert sent(jar_of("https://www.example.com/", cookie), url) == ({"a=1"} if comes else set())


def test_an_address_is_no_domain() -> None:
    jar = jar_of("http://127.0.0.1/", "a=1", "b=2; Domain=0.0.1", "c=3; Domain=1")
    assert sent(jar, "http://127.0.0.1/") == {"a=1"}
    assert sent(jar, "http://126.0.0.1/") == set()


def test_a_cookie_of_ones_own() -> None:
    jar = Cookies()
    for host in ("localhost", "example.com", "127.0.0.1"):
        jar.set("a", "1", host)
        assert jar.get("a", host) == "1"
        assert sent(jar, f"http://{host}/") == {"a=1"}
        assert sent(jar, f"http://sub.{host}/") == set()
    assert len(jar) == 3
    assert set(jar) == {"a"}
    jar.clear()
    assert jar.get("a") is None


@pytest.mark.parametrize(
    ("name", "value"), [("a", "1; b=2"), ("a=b", "1"), ("a", "1\r\nX: y"), ("", "1"), ("a;", "1")]
)
def test_a_cookie_does_not_become_two(name: str, value: str) -> None:
    with pytest.raises(ValueError):
        Cookies().set(name, value, "a")
    with pytest.raises(ValueError):
        rp_net.Client(cookies={name: value})
