"""The sync face: under a running loop, after a fork, at Ctrl-C, and from several threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rp_net import sync
from support.fault_cuts import mute
from support.fault_exchange import Exchange
from support.fault_server import FaultServer
from support.net_client import wait_for
from support.net_matrix import BACKENDS, BackendName
from support.programs import interrupt

each = pytest.mark.parametrize("backend", BACKENDS)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture
def target(server: FaultServer) -> FaultServer:
    server.on("/", lambda exchange: exchange.respond(200, b"good\nlines\n"))
    server.on("/json", lambda exchange: exchange.respond(200, b'{"a": 1}'))
    server.on("/echo", lambda exchange: exchange.respond(200, exchange.request.body))
    return server


@each
def test_every_operation(target: FaultServer, backend: BackendName) -> None:
    with sync.Client(backend=backend) as client:
        assert client.get(target.url()).content == b"good\nlines\n"
        assert client.get_bytes(target.url()) == b"good\nlines\n"
        assert client.get_text(target.url()) == "good\nlines\n"
        assert client.get_json(target.url("/json")) == {"a": 1}
        assert client.head(target.url()).content == b""
        for send in (client.post, client.put, client.patch, client.delete):
            assert send(target.url("/echo"), content=b"x").content == b"x"
        assert client.request("OPTIONS", target.url("/echo")).status == 200
        with client.stream(target.url()) as response:
            assert response.status == 200
            assert list(response.iter_lines()) == ["good", "lines"]
        assert [r.status for r in client.fetch_many([target.url()] * 3)] == [200] * 3
        assert client.backend == backend
    wait_for(lambda: target.open_connections == 0)


def test_the_functions_share_connections(target: FaultServer) -> None:
    for _ in range(3):
        assert sync.get(target.url()).ok
        with sync.stream(target.url()) as response:
            assert response.read() == b"good\nlines\n"
    assert target.connections == 1


async def test_under_a_running_loop(target: FaultServer) -> None:
    assert sync.get_json(target.url("/json")) == {"a": 1}
    with sync.Client() as client, client.stream(target.url()) as response:
        assert b"".join(response.iter_bytes()) == b"good\nlines\n"


@each
def test_a_client_is_used_by_many_threads(target: FaultServer, backend: BackendName) -> None:
    with sync.Client(backend=backend) as client, ThreadPoolExecutor(8) as pool:
        for text in pool.map(lambda _: client.get_text(target.url()), range(40)):
            assert text == "good\nlines\n"


@each
def test_a_stream_that_is_left_early(server: FaultServer, backend: BackendName) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.respond(200, b"", [("Transfer-Encoding", "chunked")])
        while True:
            exchange.send(b"5\r\nright\r\n")
            exchange.sleep(0.01)

    server.on("/", endless)
    with sync.Client(backend=backend) as client:
        with client.stream(server.url()) as response:
            assert next(iter(response.iter_bytes())).startswith(b"right")
        wait_for(lambda: server.open_connections == 0)
        with pytest.raises(KeyError), client.stream(server.url()):
            raise KeyError
        wait_for(lambda: server.open_connections == 0)


def run_forked(call: str, server: FaultServer) -> None:
    script = f"""
import os, signal, sys
from rp_net import sync
url = sys.argv[1]
{call}
assert use().status == 200
pid = os.fork()
if pid == 0:
    signal.alarm(8)
    try:
        for _ in range(3):
            assert use().status == 200
        os._exit(0)
    except BaseException as error:
        print(repr(error), flush=True)
        os._exit(1)
_, status = os.waitpid(pid, 0)
assert use().status == 200
sys.exit(os.waitstatus_to_exitcode(status))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, server.url()],
        check=False, capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@needs_fork
def test_the_functions_after_a_fork(target: FaultServer) -> None:
    run_forked("def use(): return sync.get(url, timeout=5)", target)
    assert target.connections == 2


@needs_fork
@each
def test_a_client_after_a_fork(target: FaultServer, backend: BackendName) -> None:
    call = (
        f"client = sync.Client(backend={backend!r})\ndef use(): return client.get(url, timeout=5)"
    )
    run_forked(call, target)
    assert target.connections == 2


@each
def test_ctrl_c_ends_a_call_at_once(server: FaultServer, backend: BackendName) -> None:
    server.on("/", mute)
    script = """
import sys, threading
from rp_net import sync
threading.Timer(0.5, lambda: print("go", flush=True)).start()
try:
    with sync.Client(backend=sys.argv[2]) as client:
        client.get(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted")
"""
    begun = time.perf_counter()
    out, err, status = interrupt(script, server.url(), backend)
    assert (out, status) == ("interrupted\n", 0), err
    assert time.perf_counter() - begun < 5
    wait_for(lambda: server.open_connections == 0)


def test_it_ends_with_the_process(target: FaultServer) -> None:
    script = "import sys\nfrom rp_net import sync\nprint(sync.get(sys.argv[1]).status)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, target.url()],
        check=False, capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("200\n", "", 0)


def test_no_threads_are_left(target: FaultServer) -> None:
    sync.get(target.url())
    before = threading.active_count()
    for _ in range(5):
        with sync.Client(backend="httpx2") as client:
            client.get(target.url())
    assert threading.active_count() <= before + 2
