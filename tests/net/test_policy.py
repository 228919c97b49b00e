"""Only public addresses, whatever name, notation or redirect leads elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import rp_net
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, on_asyncio

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1",
    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "64:ff9b:1:7f00:0:100:808:808", "100::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "::ffff:0:7f00:1", "4000::1", "8000::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
]  # fmt: skip
NUMBERS = [
    "2130706433",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "0",
    "017700000001",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_none_to_connect_to(address: str) -> None:
    assert not rp_net.PublicOnly().allows(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str) -> None:
    assert rp_net.PublicOnly().allows(address)


def test_what_is_allowed_by_hand() -> None:
    policy = rp_net.PublicOnly(allow=["10.1.0.0/16", "::1"])
    assert policy.allows("10.1.2.3")
    assert policy.allows("::ffff:10.1.2.3")
    assert policy.allows("::1")
    assert not policy.allows("10.2.0.1")
    assert policy == rp_net.PublicOnly(allow=["10.1.0.0/16", "::1"])
    assert policy != rp_net.PublicOnly()
    with pytest.raises(ValueError):
        rp_net.PublicOnly(allow=["10.1.0.1/16"])


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "https://example.com:8443/a?b", "http://1.1.1.1/", "http://[2a00::1]/",
     "HTTP://EXAMPLE.COM.", "http://example.com.:80/", "http://b\u00fccher.example/"],
)  # fmt: skip
def test_a_public_url(url: str) -> None:
    assert rp_net.is_public_url(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com", "file:///etc", "//example.com", "example.com", "", "http://",
     "http://localhost", "http://localhost./", "http://a.localhost", "http://printer.local",
     "http://metadata.google.internal/", "http://router.lan", "http://a.home.arpa",
     "http://x.onion", "http://intranet", "http://example.com@127.0.0.1/", "http://127.0.0.1.",
     "http://example.com\\@127.0.0.1/", "http://127.0.0.1#@example.com", "http://0x7f.1",
     "http://LOCALHOST", "http://%6cocalhost", "http://127.0.0.1%2f.example.com",
     "http://\uff11\uff12\uff17.0.0.1", "http://127\u30020.0.1",
     *(f"http://{number}/" for number in NUMBERS),
     *(f"http://[{address.replace('%', '%25')}]/" for address in PRIVATE if ":" in address),
     *(f"http://{address}/" for address in PRIVATE if ":" not in address)],
)  # fmt: skip
def test_a_url_that_is_not_public(url: str) -> None:
    assert not rp_net.is_public_url(url)


@each_backend
@pytest.mark.parametrize("host", [*NUMBERS, "127.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost"])
async def test_no_notation_leads_to_loopback(
    server: FaultServer, backend: BackendName, host: str
) -> None:
    policy = rp_net.PublicOnly()
    async with rp_net.Client(backend=backend, policy=policy, timeout=5) as client:
        with pytest.raises((rp_net.BlockedAddressError, rp_net.ProtocolError)):
            await client.get(f"http://{host}:{server.port}/")
        with pytest.raises((rp_net.BlockedAddressError, rp_net.ProtocolError)):
            async with client.stream(f"http://{host}:{server.port}/"):
                pass
    assert server.connections == 0


Names = Callable[..., list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Say what a name stands for at each look-up; returns the look-ups so far."""
    plans: dict[str, list[list[str]]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in plans:
            return real(host, port, *rest, **options)
        asked.append(name)
        plan = plans[name]
        found = plan.pop(0) if len(plan) > 1 else plan[0]
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM, 6, "", (address, port),
            )
            for address in found
        ]  # fmt: skip

    def say(name: str, *answers: list[str]) -> list[str]:
        plans[name] = list(answers)
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return say


@each_backend
async def test_a_name_is_looked_up_once_and_connected_to_there(
    server: FaultServer, backend: BackendName, names: Names
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    asked = names("rebinding.example", ["127.0.0.1"], ["169.254.169.254"])
    policy = rp_net.PublicOnly(allow=["127.0.0.1"])
    async with rp_net.Client(backend=backend, policy=policy, timeout=5) as client:
        response = await client.get(f"http://rebinding.example:{server.port}/")
    assert response.content == b"good"
    assert asked == ["rebinding.example"]
    assert server.requests[0].header("host") == f"rebinding.example:{server.port}"


@each_backend
@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2a00::1", "::ffff:127.0.0.1"], ["fe80::1"]]
)
async def test_one_private_address_is_enough_to_refuse(
    server: FaultServer, backend: BackendName, names: Names, found: list[str]
) -> None:
    names("mixed.example", found)
    async with rp_net.Client(backend=backend, policy=rp_net.PublicOnly(), timeout=5) as client:
        with pytest.raises(rp_net.BlockedAddressError, match="not a public address"):
            await client.get(f"http://mixed.example:{server.port}/")
    assert server.connections == 0


@each_backend
async def test_every_hop_is_checked(
    server: FaultServer, backend: BackendName, names: Names
) -> None:
    names("inner.example", ["127.0.0.2"])
    policy = rp_net.PublicOnly(allow=["127.0.0.1"])
    async with rp_net.Client(backend=backend, policy=policy, timeout=5) as client:
        for host in ("127.0.0.2", "inner.example", "[::1]", "[::ffff:127.0.0.2]"):
            location = [("Location", f"http://{host}:{server.port}/secret")]
            server.on("/", partial(Exchange.respond, status=302, headers=location))
            with pytest.raises(rp_net.BlockedAddressError):
                await client.get(server.url())
    assert server.hits("/secret") == 0


@each_backend
async def test_a_policy_of_one_request_uses_no_connection_made_without(
    server: FaultServer, backend: BackendName
) -> None:
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    async with rp_net.Client(backend=backend) as client:
        assert (await client.get(server.url())).ok
        with pytest.raises(rp_net.BlockedAddressError):
            await client.get(server.url(), policy=rp_net.PublicOnly())
    assert len(server.requests) == 1


@on_asyncio
async def test_a_refusal_is_not_tried_again(server: FaultServer, names: Names) -> None:
    asked = names("private.example", ["10.0.0.1"])
    retry = rp_net.Retry(5, base=0)
    with pytest.raises(rp_net.BlockedAddressError):
        await rp_net.get("http://private.example/", policy=rp_net.PublicOnly(), retries=retry)
    assert len(asked) == 1


@on_asyncio
async def test_a_proxy_and_a_policy_exclude_each_other(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = rp_net.PublicOnly()
    with pytest.raises(ValueError, match="proxy"):
        rp_net.Client(proxy=server.origin, policy=policy)
    with pytest.raises(ValueError, match="proxy"):
        await rp_net.get("http://a.example/", proxy=server.origin, policy=policy)
    async with rp_net.Client(policy=policy, retries=0) as client:
        with pytest.raises(ValueError, match="proxy"):
            await client.get("http://127.0.0.1/", proxy=server.origin)
    async with rp_net.Client(proxy=server.origin, retries=0) as client:
        with pytest.raises(ValueError, match="proxy"):
            await client.get("http://127.0.0.1/", policy=policy)
    monkeypatch.setenv("http_proxy", server.origin)
    with pytest.raises(rp_net.BlockedAddressError):
        await rp_net.get("http://127.0.0.1/", policy=policy)
    assert server.requests == []
