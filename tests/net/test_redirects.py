"""Redirects: how many, to where, and what goes along."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import rp_net
from support.certificates import Certificates
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio

SECRETS = {
    "Authorization": "Bearer one",
    "Cookie": "session=one",
    "Proxy-Authorization": "Basic one",
    "X-Api-Key": "one",
    "X-Custom": "one",
    "Referer": "http://one/secret",
}
HARMLESS = {"Accept": "text/x", "Accept-Language": "de", "User-Agent": "me", "Range": "bytes=0-"}


def lead(server: FaultServer, path: str, to: str, status: int = 302) -> str:
    return server.on(path, lambda e: e.respond(status, b"moved", [("Location", to)]))


def end(server: FaultServer, path: str = "/end") -> str:
    return server.on(path, lambda exchange: exchange.respond(200, exchange.request.body))


@everywhere
async def test_secrets_stay_with_their_origin(
    server: FaultServer, other: FaultServer, backend: BackendName
) -> None:
    url = lead(server, "/", end(other))
    async with rp_net.Client(
        backend=backend,
        auth=("user", "password"),
        cookies={"jar": "one"},
        headers={"X-Client": "1"},
    ) as client:
        response = await client.get(url, headers={**SECRETS, **HARMLESS})
        async with client.stream(url, headers={**SECRETS, **HARMLESS}) as streamed:
            await streamed.read()
    assert response.url == other.url("/end")
    assert [(one.status, one.url) for one in response.history] == [(302, url)]
    for request in other.requests:
        sent = {name.lower() for name, _ in request.headers}
        assert not sent & {name.lower() for name in [*SECRETS, "X-Client"]}
        assert {name.lower() for name in HARMLESS} <= sent
    assert server.requests[0].header("x-api-key") == "one"


@everywhere
async def test_secrets_given_apart_stay_too(
    server: FaultServer, other: FaultServer, backend: BackendName
) -> None:
    url = lead(server, "/", end(other)).replace("//", "//user:password@")
    async with rp_net.Client(backend=backend) as client:
        await client.get(url, cookies={"mine": "1"})
        await client.get(lead(server, "/two", end(other)), auth=lambda _: {"X-Token": "1"})
    assert server.requests[0].header("authorization") == "Basic dXNlcjpwYXNzd29yZA=="
    assert server.requests[0].header("cookie") == "mine=1"
    assert server.requests[1].header("x-token") == "1"
    for request in other.requests:
        assert not {"authorization", "cookie", "x-token"} & {n.lower() for n, _ in request.headers}


@on_asyncio
async def test_another_port_is_another_origin(server: FaultServer) -> None:
    with FaultServer() as second:
        await rp_net.get(lead(server, "/", end(second)), headers={"X-Api-Key": "one"})
        assert second.requests[0].header("x-api-key") is None


@on_asyncio
async def test_dropped_secrets_do_not_come_back(server: FaultServer, other: FaultServer) -> None:
    lead(other, "/back", end(server))
    await rp_net.get(lead(server, "/", other.url("/back")), headers=SECRETS)
    assert server.requests[-1].path == "/end"
    assert not {n.lower() for n in SECRETS} & {n.lower() for n, _ in server.requests[-1].headers}


@on_asyncio
async def test_a_path_of_the_same_origin_keeps_everything(server: FaultServer) -> None:
    end(server)
    await rp_net.get(lead(server, "/", "/end"), headers=SECRETS)
    for name, value in SECRETS.items():
        assert server.requests[-1].header(name) == value


@on_asyncio
async def test_a_password_in_a_location_is_not_sent(
    server: FaultServer, other: FaultServer
) -> None:
    await rp_net.get(lead(server, "/", end(other).replace("//", "//me:you@")))
    assert other.requests[0].header("authorization") is None


@each_backend
async def test_there_are_ten_redirects_and_no_more(
    server: FaultServer, backend: BackendName
) -> None:
    end(server, "/10")
    for number in range(12):
        if number != 10:
            lead(server, f"/{number}", f"/{number + 1}")
    lead(server, "/loop", "/loop")
    async with rp_net.Client(backend=backend) as client:
        response = await client.get(server.url("/0"))
        assert len(response.history) == 10
        end(server, "/12")
        lead(server, "/10", "/11")
        with pytest.raises(rp_net.RedirectError, match="more than 10"):
            await client.get(server.url("/0"))
        server.reset_log()
        with pytest.raises(rp_net.RedirectError, match="more than 2"):
            await client.get(server.url("/loop"), max_redirects=2)
        assert len(server.requests) == 3
        assert (await client.get(server.url("/loop"), follow_redirects=False)).status == 302


@each_backend
@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "data:,x", "javascript:1", "gopher://x",
     "http://[::1", "http://a b/", "http://ex\\ample/", "unix:///run/x.sock"],
)  # fmt: skip
async def test_only_http_is_followed(
    server: FaultServer, backend: BackendName, target: str
) -> None:
    async with rp_net.Client(backend=backend) as client:
        with pytest.raises(rp_net.RedirectError):
            await client.get(lead(server, "/", target))
    assert len(server.requests) == 1


@each_backend
async def test_two_different_locations_are_refused(
    server: FaultServer, backend: BackendName
) -> None:
    fields = [("Location", "/a"), ("Location", "/b")]
    server.on("/", lambda exchange: exchange.respond(302, b"", fields))
    async with rp_net.Client(backend=backend) as client:
        with pytest.raises(rp_net.RedirectError, match="2 places"):
            await client.get(server.url())


@each_backend
async def test_https_does_not_lead_to_http(
    server: FaultServer, backend: BackendName, signed: Certificates
) -> None:
    end(server)
    with FaultServer(host="localhost", tls=signed.good.server()) as secure:
        url = lead(secure, "/", server.url("/end"))
        async with rp_net.Client(backend=backend, tls=rp_net.Tls(ca=signed.authority)) as client:
            with pytest.raises(rp_net.RedirectError, match="https"):
                await client.get(url)
            with pytest.raises(rp_net.RedirectError, match="https"):
                async with client.stream(url):
                    pass
            assert server.requests == []
            assert (await client.get(url, allow_downgrade=True)).status == 200
            assert (await client.get(lead(server, "/up", end(secure)))).url == secure.url("/end")


@each_backend
@pytest.mark.parametrize(
    ("status", "sent", "then"),
    [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"),
        (308, "POST", "POST"), (301, "PUT", "PUT"), (302, "DELETE", "DELETE"), (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"), (302, "HEAD", "HEAD"), (302, "GET", "GET"),
    ],
)  # fmt: skip
async def test_the_method_and_the_body_after_a_redirect(
    server: FaultServer, backend: BackendName, status: int, sent: str, then: str
) -> None:
    end(server)
    content = b"body" if sent in ("POST", "PUT") else None
    kind = {"Content-Type": "text/x"} if content else {}
    async with rp_net.Client(backend=backend) as client:
        url = lead(server, "/", "/end", status)
        await client.request(sent, url, content=content, headers=kind)
    last = server.requests[-1]
    assert (last.path, last.method) == ("/end", then)
    kept = content is not None and sent == then
    assert last.body == (b"body" if kept else b"")
    assert (last.header("content-type") == "text/x") == kept


@each_backend
async def test_a_body_that_is_gone_is_not_sent_as_nothing(
    server: FaultServer, backend: BackendName
) -> None:
    async def once() -> AsyncIterator[bytes]:
        yield b"once"

    end(server)
    async with rp_net.Client(backend=backend) as client:
        with pytest.raises(rp_net.RedirectError, match="cannot be sent again"):
            await client.post(lead(server, "/", "/end", 307), content=once())
        response = await client.post(lead(server, "/see", "/end", 303), content=once())
    assert response.status == 200
    assert server.hits("/end") == 1


@each_backend
@pytest.mark.parametrize(
    ("location", "path", "fragment"),
    [("end?x=1", "/a/end?x=1", "#f"), ("../end#g", "/end", "#g"), ("?q", "/a/b?q", "#f"),
     ("/%C3%A9/é", "/%C3%A9/%C3%A9", "#f"), ("/a b", "/a%20b", "#f"), ("./", "/a/", "#f")],
)  # fmt: skip
async def test_a_location_is_resolved(
    server: FaultServer, backend: BackendName, location: str, path: str, fragment: str
) -> None:
    server.on("*", lambda exchange: exchange.respond(200))
    raw = location.encode().decode("latin-1")

    def handler(exchange: Exchange) -> None:
        if exchange.request.target == "/a/b":
            exchange.respond(302, b"", [("Location", raw)])
        else:
            exchange.respond(200)

    server.on("/a/b", handler)
    async with rp_net.Client(backend=backend) as client:
        response = await client.get(server.url("/a/b#f"))
    assert server.requests[-1].target == path
    assert response.url == server.url(path + fragment)
