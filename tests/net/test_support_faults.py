"""The catalogue of faults does what it says, and a right client comes to the right end."""

from __future__ import annotations

import gzip
import http.client
import socket
import struct

import pytest

from support.fault_content import OLD, ranged
from support.fault_cuts import EVIL
from support.fault_server import FaultServer
from support.faults import FAULTS, Fault
from support.net_client import Got, connected, get

PAYLOAD = b"".join(struct.pack(">I", number) for number in range(5000))
UNREAD = {"interim-few"}  # http.client takes a 103 for the answer
QUICK = [
    pytest.param(fault, id=fault.name)
    for fault in FAULTS.values()
    if fault.recoverable and not fault.slow and fault.name not in UNREAD
]


def test_ranges_and_conditions() -> None:
    with FaultServer() as server, connected(server) as connection:
        server.on("/", ranged(PAYLOAD, last_modified=OLD))
        part = get(connection, Range="bytes=10-19", If_Range='"one"')
        assert (part.status, part.body) == (206, PAYLOAD[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(PAYLOAD)}"
        assert get(connection, Range="bytes=-5").body == PAYLOAD[-5:]
        assert get(connection, Range="bytes=5-", If_Range=OLD).status == 206
        assert get(connection, Range="bytes=5-", If_Range='"two"').body == PAYLOAD
        past = get(connection, Range=f"bytes={len(PAYLOAD)}-")
        assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{len(PAYLOAD)}")
        assert get(connection, If_None_Match='W/"one", "x"').status == 304
        assert get(connection, If_Modified_Since=OLD).status == 304
        assert get(connection, If_Match='"two"').status == 412
        assert server.connections == 1


def fetched(server: FaultServer) -> bytes:
    """Download as a right client does, which trusts nothing that it has not compared."""
    kept: Got | None = None
    for _ in range(10):
        asked = _conditions(kept)
        try:
            with connected(server) as connection:
                got = get(connection, **asked)
        except (http.client.HTTPException, OSError):
            continue
        if kept and got.status in (206, 416):
            kept = _joined(kept, got)
        elif got.status == 200:
            kept = got
        if kept and kept.is_whole:
            is_packed = kept.headers["Content-Encoding"] == "gzip"
            return gzip.decompress(kept.body) if is_packed else kept.body
    raise AssertionError("it did not end")


def _conditions(kept: Got | None) -> dict[str, str]:
    if kept is None or not kept.body:
        return {}
    etag = kept.headers["ETag"]
    if etag and not etag.startswith("W/"):
        return {"Range": f"bytes={len(kept.body)}-", "If_Range": etag}
    return {}


def _joined(kept: Got, got: Got) -> Got | None:
    """Return what there is now; None where the parts do not fit."""
    start, total = len(kept.body), kept.headers["Content-Length"]
    place = got.headers["Content-Range"]
    if got.status == 416:
        fits = place == f"bytes */{start}" and total is None
        return Got(200, kept.headers, kept.body, True) if fits else None
    if total is None and place:
        total = place.partition("/")[2]
    if place != f"bytes {start}-{int(total or 0) - 1}/{total}":
        return None
    if got.headers["ETag"] != kept.headers["ETag"]:
        return None
    return Got(200, kept.headers, kept.body + got.body, got.is_whole)


@pytest.mark.parametrize("fault", QUICK)
def test_a_right_client_recovers(fault: Fault) -> None:
    with FaultServer() as server:
        server.on("/", fault.handler(PAYLOAD))
        assert fetched(server) in fault.endings(PAYLOAD)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=str)
def test_each_fault_says_something(fault: Fault) -> None:
    with FaultServer() as server:
        server.on("/", fault.handler(PAYLOAD))
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            silent = fault.name in {"mute", "hang-up-once", "hang-up-always"}
            sock.settimeout(0.05 if fault.name == "mute" else 5)
            try:
                assert bool(sock.recv(1)) is not silent
            except TimeoutError:
                assert fault.name == "mute"


def test_the_smuggled_answer_is_there() -> None:
    with FaultServer() as server:
        server.on("/", FAULTS["smuggled"].handler(b"right"))
        request = b"GET / HTTP/1.1\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.sendall(request)
            assert sock.recv(1 << 16).endswith(EVIL)
