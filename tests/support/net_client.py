"""A client for the tests of the test servers: the standard library, and no more."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.fault_server import FaultServer


@dataclass(frozen=True)
class Got:
    """A response; `is_whole`: all came that was promised."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    is_whole: bool


@contextmanager
def connected(server: FaultServer) -> Iterator[http.client.HTTPConnection]:
    """Make one connection to a server."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def get(connection: http.client.HTTPConnection, path: str = "/", **headers: str) -> Got:
    """Get a path; a header has underscores for hyphens."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=fields)
    response = connection.getresponse()
    body, is_whole = _read(response)
    return Got(response.status, response.headers, body, is_whole)


def _read(response: http.client.HTTPResponse) -> tuple[bytes, bool]:
    body = bytearray()
    try:
        while part := response.read(200):
            body += part
    except http.client.IncompleteRead as error:
        return bytes(body + error.partial), False
    except OSError:
        return bytes(body), False
    return bytes(body), not response.length


def talk(server: FaultServer, data: bytes) -> bytes:
    """Send raw bytes and return all that comes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(data)
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
