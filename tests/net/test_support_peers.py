"""The certificates, and the servers and proxies of others, do what they say."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.certificates import Certificates, certificates
from support.fault_server import FaultServer
from support.faults import FAULTS
from support.net_client import get, wait_for
from support.net_servers import (
    MissingProgramError,
    Proxy,
    has_program,
    httpbin,
    nginx,
    program,
    proxy,
)

needs_nginx = pytest.mark.skipif(not has_program("nginx"), reason="nginx is not here")
needs_proxy = pytest.mark.skipif(not has_program("tinyproxy"), reason="tinyproxy is not here")


@pytest.fixture(scope="module")
def signed() -> Iterator[Certificates]:
    with certificates() as made:
        yield made


def secured(server: FaultServer, context: ssl.SSLContext) -> int:
    port = urlsplit(server.origin).port
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=5)
    try:
        return get(connection).status
    finally:
        connection.close()


def test_certificates(signed: Certificates) -> None:
    for pair in (signed.wrong_host, signed.expired, signed.self_signed):
        with FaultServer(tls=pair.server()) as server, pytest.raises(ssl.SSLCertVerificationError):
            secured(server, signed.trusting())
    with FaultServer(tls=signed.good.server()) as server:
        assert secured(server, signed.trusting()) == 404
        assert server.requests[0].certificate is None


def test_a_client_shows_its_certificate(signed: Certificates) -> None:
    with FaultServer(tls=signed.demanding()) as server:
        with pytest.raises(OSError):
            secured(server, signed.trusting())
        context = signed.trusting()
        context.load_cert_chain(signed.client.certificate, signed.client.key)
        assert secured(server, context) == 404
        assert server.requests[0].certificate


def test_tls_stalls_and_ends(signed: Certificates) -> None:
    with FaultServer(tls=signed.good.server()) as server:
        server.on("/", FAULTS["mute"].handler(b""))
        with socket.create_connection(("127.0.0.1", server.port), timeout=5):
            wait_for(lambda: server.open_connections == 1)
        wait_for(lambda: server.open_connections == 0)
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw,
            signed.trusting().wrap_socket(raw, server_hostname="localhost") as sock,
        ):
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            wait_for(lambda: len(server.requests) == 1)
        wait_for(lambda: server.open_connections == 0)


def read(origin: str, path: str, context: ssl.SSLContext | None = None) -> bytes:
    place = urlsplit(origin).netloc
    connection = (
        http.client.HTTPSConnection(place, timeout=5, context=context)
        if context
        else http.client.HTTPConnection(place, timeout=5)
    )
    try:
        return get(connection, path).body
    finally:
        connection.close()


@needs_nginx
def test_nginx(tmp_path: Path, signed: Certificates) -> None:
    (tmp_path / "a.bin").write_bytes(b"content")
    with nginx(tmp_path, signed.good) as server:
        assert server.secure_origin
        assert read(server.origin, "/a.bin") == b"content"
        assert read(server.secure_origin, "/a.bin", signed.trusting()) == b"content"
        context = signed.trusting()
        context.set_alpn_protocols(["h2"])
        port = int(server.secure_origin.rpartition(":")[2])
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as sock,
        ):
            assert sock.selected_alpn_protocol() == "h2"
        wait_for(lambda: len(server.log()) == 2)
        assert server.log() == ['HTTP/1.1 GET /a.bin 200 "-"'] * 2
    assert not server.state.exists()
    with pytest.raises(ConnectionRefusedError):
        read(server.origin, "/a.bin")


def through(server: Proxy, url: str, **headers: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(server.plain_url).netloc, timeout=5)
    try:
        return get(connection, url, **headers).status
    finally:
        connection.close()


@needs_proxy
def test_a_request_goes_through_the_proxy() -> None:
    with FaultServer() as server, proxy() as between:
        url = server.on("/", FAULTS["right"].handler(b"content"))
        assert through(between, url) == 200
        assert server.hits("/") == 1
        assert between.requests() == [f"GET {url} HTTP/1.1"]
    assert not between.state.exists()


@needs_proxy
def test_a_tunnel_goes_through_the_proxy(signed: Certificates) -> None:
    with FaultServer(tls=signed.good.server()) as server, proxy() as between:
        place = urlsplit(between.url).netloc
        connection = http.client.HTTPSConnection(place, timeout=5, context=signed.trusting())
        connection.set_tunnel("localhost", server.port)
        assert get(connection).status == 404
        connection.close()
        assert [line.split()[:2] for line in between.requests()] == [
            ["CONNECT", f"localhost:{server.port}"]
        ]


@needs_proxy
def test_the_proxy_wants_a_password() -> None:
    with FaultServer() as server, proxy(("me", "secret")) as between:
        assert "//me:secret@" in between.url
        assert through(between, server.url()) == 407
        login = f"Basic {b64encode(b'me:secret').decode()}"
        assert through(between, server.url(), Proxy_Authorization=login) == 404
        assert len(server.requests) == 1


def test_httpbin() -> None:
    pytest.importorskip("httpbin")
    with httpbin() as origin:
        assert b"gzipped" in gzip.decompress(read(origin, "/gzip"))


def test_a_missing_program_is_told() -> None:
    with pytest.raises(MissingProgramError, match="apt-get install no-such-program"):
        program("no-such-program")
