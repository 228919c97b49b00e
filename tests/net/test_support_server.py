"""The fault server does what it says."""

from __future__ import annotations

import threading
import time

import pytest

from support.fault_server import Exchange, FaultServer
from support.faults import FAULTS
from support.net_client import connected, get, talk, wait_for

PAYLOAD = b"fault" * 1000


def test_requests_are_logged_as_they_came() -> None:
    with FaultServer() as server:
        server.on("/a", lambda exchange: exchange.respond(body=b"fine"))
        with connected(server) as connection:
            connection.request("POST", "/a?x=1&y=", body=b"body", headers={"X-Name": "Value"})
            assert connection.getresponse().read() == b"fine"
            connection.request("POST", "/a", body=iter([b"in ", b"chunks"]), encode_chunked=True)
            assert connection.getresponse().read() == b"fine"
            assert get(connection, "/unknown").status == 404
        first, second, third = server.requests
        assert (first.method, first.path, first.query) == ("POST", "/a", {"x": "1", "y": ""})
        assert (first.header("x-name"), first.body) == ("Value", b"body")
        assert ("X-Name", "Value") in first.headers
        assert second.body == b"in chunks"
        assert [request.number for request in (first, second, third)] == [1, 2, 3]
        assert {request.connection for request in (first, second, third)} == {1}
        assert (server.hits("/a"), server.connections) == (2, 1)
        server.reset_log()
        assert (server.requests, server.connections) == ([], 0)


def test_bodies_that_a_response_does_not_have() -> None:
    with FaultServer() as server:
        server.on("/", lambda exchange: exchange.respond(body=b"seen"))
        server.on("/304", lambda exchange: exchange.respond(304, b"unseen"))
        server.on("/eof", lambda exchange: exchange.respond(body=b"until the end", length=False))
        with connected(server) as connection:
            connection.request("HEAD", "/")
            response = connection.getresponse()
            assert (response.read(), response.headers["Content-Length"]) == (b"", "4")
            assert get(connection, "/304").body == b""
            assert get(connection, "/eof").body == b"until the end"
        assert talk(server, b"GET / HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\nseen")
        assert talk(server, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_reset_is_no_orderly_end() -> None:
    with FaultServer() as server:
        server.on("/close", lambda exchange: exchange.close())
        server.on("/reset", lambda exchange: exchange.reset())
        assert talk(server, b"GET /close HTTP/1.1\r\n\r\n") == b""
        with pytest.raises(ConnectionResetError):
            talk(server, b"GET /reset HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize("name", ["mute", "drip", "interim-forever"])
def test_the_end_does_not_wait_for_a_handler(name: str) -> None:
    threads = threading.active_count()
    with FaultServer() as server, connected(server) as connection:
        server.on("/", FAULTS[name].handler(PAYLOAD))
        connection.request("GET", "/")
        wait_for(lambda: len(server.requests) == 1)
        start = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - start < 1
        assert server.open_connections == 0
    wait_for(lambda: threading.active_count() == threads)


def test_a_sleep_ends_when_the_client_leaves() -> None:
    with FaultServer() as server:
        server.on("/", FAULTS["mute"].handler(PAYLOAD))
        with connected(server) as connection:
            connection.request("GET", "/")
            wait_for(lambda: server.open_connections == 1)
        wait_for(lambda: server.open_connections == 0)


def test_a_broken_handler_is_told() -> None:
    def broken(exchange: Exchange) -> None:
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"), FaultServer() as server:
        server.on("/", broken)
        assert talk(server, b"GET / HTTP/1.1\r\n\r\n") == b""


def test_connections_beyond_the_most_wait() -> None:
    with FaultServer(most=1) as server:
        server.on("/", lambda exchange: exchange.respond())
        with connected(server) as first, connected(server) as second:
            assert get(first).status == 200
            second.request("GET", "/")
            time.sleep(0.1)
            assert len(server.requests) == 1
            first.close()
            assert second.getresponse().status == 200


def test_it_is_fast() -> None:
    with FaultServer() as server, connected(server) as connection:
        server.on("/", lambda exchange: exchange.respond(body=b"x" * 1000))
        start = time.monotonic()
        for _ in range(300):
            get(connection)
        assert time.monotonic() - start < 1
