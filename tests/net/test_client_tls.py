"""Whom a client trusts, and what it shows of itself."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

import rp_net
from support.certificates import Certificates
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio


@pytest.fixture
def secure(signed: Certificates) -> Iterator[FaultServer]:
    with FaultServer(host="localhost", tls=signed.good.server()) as running:
        running.on("/", lambda exchange: exchange.respond(200, b"good"))
        yield running


@everywhere
async def test_an_authority_of_ones_own(
    secure: FaultServer, signed: Certificates, backend: BackendName
) -> None:
    for tls in (rp_net.Tls(ca=signed.authority), signed.trusting()):
        async with rp_net.Client(backend=backend, tls=tls) as client:
            for _ in range(2):
                assert (await client.get(secure.url())).content == b"good"
            async with client.stream(secure.url()) as response:
                assert await response.read() == b"good"
    assert secure.connections == 2


@everywhere
async def test_the_system_does_not_trust_everybody(
    secure: FaultServer, backend: BackendName
) -> None:
    async with rp_net.Client(backend=backend, retries=0) as client:
        with pytest.raises(rp_net.ConnectError, match=r"(?i)certificate"):
            await client.get(secure.url())
    assert secure.requests == []


@on_asyncio
async def test_the_system_is_what_the_environment_says(
    secure: FaultServer, signed: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(signed.authority))
    async with rp_net.Client() as client:
        assert (await client.get(secure.url())).content == b"good"


@each_backend
async def test_plain_http_needs_no_tls(
    server: FaultServer, backend: BackendName, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(_: rp_net.Tls) -> ssl.SSLContext:
        raise AssertionError("it takes 50 ms")

    monkeypatch.setattr(rp_net.Tls, "context", make)
    server.on("/", lambda exchange: exchange.respond(200, b"good"))
    async with rp_net.Client(backend=backend) as client:
        assert (await client.get(server.url())).content == b"good"


@each_backend
async def test_a_wrong_file_of_certificates_is_no_fault_of_the_server(
    secure: FaultServer, tmp_path: Path, backend: BackendName
) -> None:
    (tmp_path / "empty.pem").touch()
    for name, kind in (("missing.pem", FileNotFoundError), ("empty.pem", ssl.SSLError)):
        async with rp_net.Client(backend=backend, tls=rp_net.Tls(ca=tmp_path / name)) as client:
            with pytest.raises(kind):
                await client.get(secure.url())
    assert secure.connections == 0


@each_backend
@pytest.mark.parametrize("name", ["wrong_host", "expired", "self_signed"])
async def test_a_bad_certificate_is_refused(
    signed: Certificates, backend: BackendName, name: str
) -> None:
    pair = getattr(signed, name)
    with FaultServer(host="localhost", tls=pair.server()) as server:
        server.on("/", lambda exchange: exchange.respond(200, b"evil"))
        tls = rp_net.Tls(ca=signed.authority)
        async with rp_net.Client(backend=backend, tls=tls, retries=0) as client:
            with pytest.raises(rp_net.ConnectError, match=r"(?i)certificate"):
                await client.get(server.url(), headers={"Authorization": "secret"})
        assert server.requests == []
        unsafe = rp_net.Tls(verify=False)
        async with rp_net.Client(backend=backend, tls=unsafe) as client:
            assert (await client.get(server.url())).content == b"evil"


@each_backend
async def test_a_certificate_of_the_client(signed: Certificates, backend: BackendName) -> None:
    def handler(exchange: Exchange) -> None:
        assert exchange.request.certificate
        exchange.respond(200, b"good")

    with FaultServer(host="localhost", tls=signed.demanding()) as server:
        server.on("/", handler)
        own: dict[str, Any] = {"certificate": signed.client.certificate, "key": signed.client.key}
        shown = rp_net.Tls(ca=signed.authority, **own)
        async with rp_net.Client(backend=backend, tls=shown) as client:
            assert (await client.get(server.url())).content == b"good"
        async with rp_net.Client(
            backend=backend, tls=rp_net.Tls(ca=signed.authority), retries=0
        ) as client:
            with pytest.raises((rp_net.ConnectError, rp_net.ReadError)):
                await client.get(server.url())


@each_backend
async def test_what_is_cut_inside_tls_is_no_whole_body(
    secure: FaultServer, signed: Certificates, backend: BackendName
) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
        exchange.drop()

    secure.on("/cut", cut)
    tls = rp_net.Tls(ca=signed.authority)
    async with rp_net.Client(backend=backend, tls=tls, retries=0) as client:
        with pytest.raises((rp_net.IncompleteBodyError, rp_net.ReadError)):
            await client.get(secure.url("/cut"))
        assert (await client.get(secure.url())).content == b"good"


@each_backend
async def test_surplus_inside_tls_answers_nothing(
    secure: FaultServer, signed: Certificates, backend: BackendName
) -> None:
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    secure.on("/evil", lambda exchange: exchange.send(one + b"good" + one + b"EVIL"))

    def apart(exchange: Exchange) -> None:
        exchange.send(one + b"good")
        exchange.send(one + b"EVIL")

    secure.on("/apart", apart)
    tls = rp_net.Tls(ca=signed.authority)
    async with rp_net.Client(backend=backend, tls=tls, retries=0) as client:
        for path in ("/evil", "/", "/apart", "/"):
            assert (await client.get(secure.url(path))).content == b"good"
            await anyio.sleep(0.05)  # until all has come


@on_asyncio
async def test_files_that_are_not_there_are_the_callers_mistake(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")
    for tls, error in (
        (rp_net.Tls(ca=tmp_path / "none.pem"), FileNotFoundError),
        (rp_net.Tls(certificate=tmp_path / "none.pem"), FileNotFoundError),
        (rp_net.Tls(ca=wrong), ssl.SSLError),
    ):
        with pytest.raises(error):
            tls.context()


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(rp_net.Tls(password="secret"))
