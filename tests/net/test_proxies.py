"""Forward proxies: named by the caller or by the environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import rp_net
from rp_net._proxies import as_proxy, environment_proxy
from rp_net._url import parse_url
from support.certificates import Certificates
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio
from support.net_servers import Proxy, has_program, proxy

needs_proxy = pytest.mark.skipif(not has_program("tinyproxy"), reason="tinyproxy is not here")


@pytest.fixture(scope="module")
def open_proxy() -> Iterator[Proxy]:
    with proxy() as running:
        yield running


@pytest.fixture
def target(server: FaultServer) -> FaultServer:
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    return server


@pytest.fixture
def secure(signed: Certificates) -> Iterator[FaultServer]:
    with FaultServer(host="localhost", tls=signed.good.server()) as running:
        running.on("/", lambda exchange: exchange.respond(200, b"good"))
        yield running


@needs_proxy
@everywhere
async def test_through_a_proxy(
    open_proxy: Proxy,
    target: FaultServer,
    secure: FaultServer,
    signed: Certificates,
    backend: BackendName,
) -> None:
    tls = rp_net.Tls(ca=signed.authority)
    async with rp_net.Client(backend=backend, proxy=open_proxy.url, tls=tls) as client:
        for url in (target.url(), secure.url(), target.url(), secure.url()):
            assert (await client.get(url)).content == b"good"
        response = await client.put(secure.url(), content=b"body")
        assert response.content == b"good"
    assert secure.requests[-1].body == b"body"
    went = "\n".join(open_proxy.requests())
    assert target.url() in went
    assert f"CONNECT localhost:{secure.port}" in went


@needs_proxy
@each_backend
async def test_the_certificate_behind_a_proxy_is_checked(
    open_proxy: Proxy, secure: FaultServer, backend: BackendName
) -> None:
    async with rp_net.Client(backend=backend, proxy=open_proxy.url, retries=0) as client:
        with pytest.raises(rp_net.ConnectError):
            await client.get(secure.url())
    assert secure.requests == []


@needs_proxy
@each_backend
async def test_a_proxy_that_wants_a_password(
    target: FaultServer, secure: FaultServer, signed: Certificates, backend: BackendName
) -> None:
    with proxy(("user", "password")) as closed:
        tls = rp_net.Tls(ca=signed.authority)
        async with rp_net.Client(backend=backend, proxy=closed.url, tls=tls) as client:
            assert (await client.get(target.url())).content == b"good"
            assert (await client.get(secure.url())).content == b"good"
        for request in (*target.requests, *secure.requests):
            assert request.header("proxy-authorization") is None
        async with rp_net.Client(
            backend=backend, proxy=closed.plain_url, tls=tls, retries=0
        ) as client:
            assert (await client.request("GET", target.url())).status == 407
            with pytest.raises(rp_net.ConnectError, match="407"):
                await client.get(secure.url())


@each_backend
async def test_a_proxy_sees_a_whole_url_and_no_one_else_the_password(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("*", lambda exchange: exchange.respond(200, b"good"))
    url = server.origin.replace("//", "//user:p%40ss@")
    async with rp_net.Client(backend=backend, proxy=url) as client:
        await client.get("http://nowhere.invalid/a?b#c")
    (request,) = server.requests
    assert request.target == "http://nowhere.invalid/a?b"
    assert request.all("host") == ["nowhere.invalid"]
    assert request.all("proxy-authorization") == ["Basic dXNlcjpwQHNz"]


@each_backend
async def test_a_tunnel_shows_the_proxy_nothing(server: FaultServer, backend: BackendName) -> None:
    def refuse(exchange: Exchange) -> None:
        exchange.respond(403, b"no")

    server.on("*", refuse)
    secrets = {"Authorization": "secret", "Cookie": "a=secret", "X-Api-Key": "secret"}
    async with rp_net.Client(backend=backend, proxy=server.origin, retries=0) as client:
        with pytest.raises(rp_net.ConnectError, match="403"):
            await client.get("https://nowhere.invalid/secret", headers=secrets)
    (request,) = server.requests
    assert (request.method, request.target) == ("CONNECT", "nowhere.invalid:443")
    assert "secret" not in repr(request)


@each_backend
async def test_no_proxy_is_no_connection(target: FaultServer, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend, proxy="http://127.0.0.1:9", retries=0) as client:
        for url in (target.url(), "https://nowhere.invalid/"):
            with pytest.raises(rp_net.ConnectError):
                await client.get(url)
        assert (await client.get(target.url(), proxy=False)).content == b"good"


@on_asyncio
async def test_the_environment_names_a_proxy(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("*", lambda exchange: exchange.respond(200, b"proxied"))
    monkeypatch.setenv("HTTP_PROXY", server.origin)
    monkeypatch.setenv("no_proxy", "direct.invalid,.sub.invalid")
    async with rp_net.Client(retries=0) as client:
        assert (await client.get("http://else.invalid/")).content == b"proxied"
        for host in ("direct.invalid", "a.sub.invalid"):
            with pytest.raises(rp_net.ConnectError):
                await client.get(f"http://{host}/")
        with pytest.raises(rp_net.ConnectError):
            await client.get("http://third.invalid/", proxy=False)


def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def used(url: str) -> str | None:
        found = environment_proxy(parse_url(url))
        return str(found.url) if found else None

    assert used("http://a.example/") is None
    monkeypatch.setenv("https_proxy", "http://secure:1")
    monkeypatch.setenv("ALL_PROXY", "all:2")
    assert used("https://a.example/") == "http://secure:1/"
    assert used("http://a.example/") == "http://all:2/"
    monkeypatch.setenv("NO_PROXY", "example,10.0.0.1,[::1],host:81,127.0.0.1")
    for url in ("https://a.example/", "http://10.0.0.1:80/", "http://host:81/", "http://127.0.0.1"):
        assert used(url) is None, url
    assert used("http://host:82/") == "http://all:2/"
    assert used("http://notexample/") == "http://all:2/"
    monkeypatch.setenv("NO_PROXY", "*")
    assert used("http://anything/") is None


def test_a_program_run_by_a_web_server_believes_no_header(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    monkeypatch.setenv("HTTP_PROXY", "http://evil:1")
    assert environment_proxy(parse_url("http://a.example/")) is None


def test_what_is_no_proxy_is_refused() -> None:
    for text in ("socks5://a", "file:///x", "http://", ""):
        with pytest.raises(ValueError):
            as_proxy(text)
    with pytest.raises(ValueError):
        rp_net.Client(proxy="ftp://a")


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(as_proxy("http://user:secret@a:1"))
