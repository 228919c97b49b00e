"""Full disks, killed processes, rivals, links, permissions: the file is right, old, or absent."""

from __future__ import annotations

import ctypes
import errno
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import anyio
import pytest

import rp_net
from support.downloads import (
    BOTH,
    QUICK,
    descriptors,
    noise,
    part_of,
    program,
    strangers,
)  # fmt: skip
from support.fault_content import Content
from support.fault_exchange import Exchange, Handler
from support.fault_server import FaultServer
from support.net_client import wait_for

PAYLOAD: Final = noise(30_000)
BIG: Final = noise(1 << 20) * 24
ROOM: Final = 4 << 20

linux_only = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    if not hasattr(os, "geteuid") or os.geteuid():
        pytest.skip("only root may mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    where = str(folder).encode()
    if libc.mount(b"tmpfs", where, b"tmpfs", 0, f"size={ROOM}".encode()):
        pytest.skip(f"no tmpfs can be mounted: {os.strerror(ctypes.get_errno())}")
    yield folder
    assert libc.umount2(where, 2) == 0


def slow(payload: bytes, seconds: float, pieces: int = 48) -> Handler:
    """Serve right, and in no hurry."""

    def handler(exchange: Exchange) -> None:
        answer = Content(payload).answer(exchange.request)
        exchange.send(answer.head())
        step = len(payload) // pieces
        for start in range(0, len(answer.body), step):
            exchange.send(answer.body[start : start + step])
            exchange.sleep(seconds / pieces)

    return handler


async def test_a_file_that_does_not_fit_is_refused_before_it_comes(small_disk: Path) -> None:
    path = small_disk / "x"
    path.write_bytes(b"old")
    with FaultServer() as server, pytest.raises(rp_net.DiskFullError) as caught:
        await rp_net.download(server.on("/x", Content(BIG)), path)
    assert caught.value.errno == errno.ENOSPC
    assert (os.listdir(small_disk), path.read_bytes()) == (["x"], b"old")
    assert descriptors(small_disk) == []


async def test_a_disk_that_fills_up_is_an_error_and_then_room_helps(small_disk: Path) -> None:
    path, ballast = small_disk / "x", small_disk / "ballast"
    ballast.write_bytes(bytes(2 << 20))
    payload = BIG[: 3 << 20]

    def unsized(exchange: Exchange) -> None:
        exchange.respond(200, payload, [("ETag", '"one"')], length=False)

    with FaultServer() as server:
        url = server.on("/x", unsized)
        with pytest.raises(rp_net.DiskFullError):
            await rp_net.download(url, path, retries=QUICK)
        assert server.hits("/x") == 1
        assert not path.exists()
        assert strangers(small_disk, "x", "ballast") == set()
        ballast.unlink()
        server.on("/x", Content(payload))
        await rp_net.download(url, path)
    assert path.read_bytes() == payload
    assert sorted(os.listdir(small_disk)) == ["x"]


async def test_room_that_a_dead_process_has_reserved_is_no_obstacle(small_disk: Path) -> None:
    path, payload = small_disk / "x", BIG[: 3 << 20]
    with FaultServer() as server:
        url = server.on("/x", slow(payload, 4.0))
        with program(url, path) as process:
            wait_for(lambda: part_of(path).exists() and part_of(path).stat().st_size >= 1 << 20)
            process.kill()
        assert part_of(path).stat().st_blocks * 512 >= len(payload)
        server.on("/x", Content(payload))
        done = await rp_net.download(url, path)
    assert path.read_bytes() == payload
    assert done.resumed_from > 0


@linux_only
@pytest.mark.parametrize("limit", [1 << 16, 3 << 20])
def test_a_limit_of_the_size_of_files_is_an_error(limit: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = server.on("/x", Content(BIG))
        with program(url, path, limit=limit) as process:
            out, _ = process.communicate(timeout=30)
    kind, number = out.split("\n")[0].split()
    assert kind in {"OSError", "DiskFullError"}
    assert int(number) in {errno.EFBIG, errno.ENOSPC}
    assert not path.exists()
    assert strangers(tmp_path, "x") == set()


@pytest.mark.parametrize("backend", ["aiohttp", "httpx2", "stdlib"])
def test_a_process_may_be_killed_at_any_time(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    chance = random.Random(backend)
    killed = 0
    with FaultServer() as server:
        url = server.on("/x", slow(BIG, 0.5))
        for _ in range(5):
            with program(url, path, backend=backend) as process:
                time.sleep(chance.uniform(0.05, 0.9))
                process.kill()
                process.wait()
                killed += process.returncode != 0
            assert path.read_bytes() in (b"old", BIG)
            assert {n for n in strangers(tmp_path, "x") if not n.endswith(".tmp")} == set()
        server.on("/x", Content(BIG))
        with program(url, path, backend=backend) as process:
            out, _ = process.communicate(timeout=30)
    assert out.startswith(f"done {len(BIG)}")
    assert path.read_bytes() == BIG
    assert killed


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_two_processes_write_one_after_the_other(loop: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = server.on("/x", slow(BIG, 0.3))
        with program(url, path, loop=loop) as one, program(url, path, loop=loop) as two:
            first, second = one.communicate(timeout=30)[0], two.communicate(timeout=30)[0]
    assert first.startswith(f"done {len(BIG)} ")
    assert second.startswith(f"done {len(BIG)} ")
    assert path.read_bytes() == BIG
    assert os.listdir(tmp_path) == ["x"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    used = []
    for size in (1, 160):
        with FaultServer() as server:
            url = server.on("/x", Content(noise(1 << 20) * size))
            with program(url, tmp_path / "x", backend="aiohttp") as process:
                out, _ = process.communicate(timeout=60)
        used.append(int(out.split()[-1]) >> 10)
    print(f"peak memory: {used} MiB")  # noqa: T201
    assert used[1] - used[0] < 48


async def test_two_tasks_write_one_after_the_other(tmp_path: Path) -> None:
    contents = {f"/{n}": noise(2_000_000, n) for n in range(4)}
    with FaultServer() as server:
        async with anyio.create_task_group() as tasks:
            for name, payload in contents.items():
                url = server.on(name, Content(payload))
                tasks.start_soon(rp_net.download, url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() in contents.values()
    assert os.listdir(tmp_path) == ["x"]


async def test_of_two_tasks_without_overwrite_one_writes(tmp_path: Path) -> None:
    outcomes: list[str] = []

    async def one(url: str) -> None:
        try:
            await rp_net.download(url, tmp_path / "x", overwrite=False)
        except FileExistsError:
            outcomes.append("refused")
        else:
            outcomes.append("done")

    with FaultServer() as server:
        url = server.on("/x", slow(PAYLOAD, 0.2))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, url)
            tasks.start_soon(one, url)
    assert sorted(outcomes) == ["done", "refused"]
