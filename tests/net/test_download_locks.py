"""Letting go of a part file: at once, wholly, and never on the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Final

import pytest

import rp_net
from support.downloads import ASYNCIO, QUICK, noise, part_of
from support.fault_content import Content
from support.fault_cuts import cut_after
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(1 << 20) + noise((1 << 20) + 4000, 2)


@pytest.fixture
def anyio_backend() -> object:
    return ASYNCIO


async def test_a_cancel_does_not_keep_the_loop_waiting_for_a_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rp_net._digests import Hashes

    path = tmp_path / "x"
    begun = threading.Event()

    def slow(hashes: Hashes, data: bytes) -> None:
        begun.set()
        time.sleep(0.5)

    with FaultServer() as server:
        url = server.on("/x", cut_after(PAYLOAD, len(PAYLOAD) - 1))
        with pytest.raises(rp_net.NetError):
            await rp_net.download(url, path, retries=0)
        server.on("/x", Content(PAYLOAD))
        monkeypatch.setattr(Hashes, "update", slow)
        task = asyncio.create_task(rp_net.download(url, path, digest="sha256"))
        while not begun.is_set():
            await asyncio.sleep(0.005)
        started = time.perf_counter()
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        stalled = time.perf_counter() - started
        with pytest.raises(asyncio.CancelledError):
            await task
    assert stalled < 0.1


async def test_a_lock_does_not_outlive_a_download_in_a_process_that_was_forked(
    tmp_path: Path,
) -> None:
    path, copies = tmp_path / "x", list[int]()

    def inherit(progress: object) -> None:
        if not copies:
            for name in os.listdir("/proc/self/fd"):
                link = f"/proc/self/fd/{name}"
                if os.path.lexists(link) and os.readlink(link) == str(part_of(path)):
                    copies.append(os.dup(int(name)))

    def slow_cut(exchange: Exchange) -> None:
        exchange.send(b'HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\nETag: "a"\r\n\r\n')
        for _ in range(6):
            exchange.send(PAYLOAD[:600_000])
            exchange.sleep(0.05)
        exchange.close()

    with FaultServer() as server:
        url = server.on("/x", slow_cut)
        with pytest.raises(rp_net.NetError):
            await rp_net.download(url, path, retries=0, progress=inherit)
        server.on("/x", Content(PAYLOAD))
        assert copies
        try:
            await rp_net.download(url, path, retries=QUICK, timeout=2.0)
        finally:
            os.close(copies[0])
    assert path.read_bytes() == PAYLOAD
