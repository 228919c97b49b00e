"""A cache in memory and one on disk: its bounds, damage, other processes, and clear."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

import rp_net
from support.cache_lab import FRESH, Answer, open_lab
from support.fault_server import FaultServer

Make = Callable[..., rp_net.Cache]

CHILD = """
import asyncio, sys
import rp_net

async def main():
    cache = rp_net.Cache(sys.argv[1])
    async with rp_net.Client(cache=cache, retries=0) as client:
        for url in sys.argv[2:]:
            response = await client.request("GET", url)
            print(response.status, response.from_cache, response.content.decode())

asyncio.run(main())
"""


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    folder = tmp_path / "cache" if request.param == "disk" else None
    return lambda **options: rp_net.Cache(folder, **options)


def child(folder: Path, *urls: str) -> list[str]:
    command = [sys.executable, "-c", CHILD, str(folder), *urls]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


LOOPS = [
    ("asyncio", {"use_uvloop": False}),
    ("trio", {}),
    pytest.param(
        ("asyncio", {"use_uvloop": True}),
        marks=pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop"),
    ),
]


@pytest.mark.parametrize("anyio_backend", LOOPS, ids=["asyncio", "trio", "uvloop"])
async def test_both_do_the_same(server: FaultServer, make: Make, anyio_backend: object) -> None:
    async with open_lab(server, make()) as lab:
        stored = {"Cache-Control": "max-age=3600", "Age": "7200", "ETag": '"a"', "Vary": "X-A"}
        said = {**FRESH, "ETag": '"a"', "X-B": "1"}
        lab.script(Answer(stored, b"one"), Answer(said, b"", 304), Answer(FRESH, b"two"))
        await lab.ask({"X-A": "1"})
        assert (await lab.ask({"X-A": "1"})).headers["x-b"] == "1"
        assert (await lab.ask({"X-A": "1"})).content == b"one"
        assert (await lab.ask({"X-A": "1", "Range": "bytes=1-"})).content == b"ne"
        assert (await lab.ask({"X-A": "1", "If-None-Match": '"a"'})).status == 304
        assert (await lab.ask({"X-A": "1"}, "HEAD")).from_cache
        assert lab.hits == 2
        assert (await lab.ask({"X-A": "2"})).content == b"two"
        await lab.ask(method="DELETE")
        assert not (await lab.ask({"X-A": "1"})).from_cache
        assert lab.hits == 5


async def test_clear(server: FaultServer, make: Make) -> None:
    cache = make()
    async with open_lab(server, cache) as lab:
        lab.script(Answer(FRESH))
        await lab.ask()
        cache.clear()
        assert not (await lab.ask()).from_cache
        assert (await lab.ask()).from_cache


async def test_another_client_uses_it_too(server: FaultServer, make: Make) -> None:
    cache = make()
    async with open_lab(server, cache) as lab, open_lab(server, cache) as other:
        other.path = lab.path
        lab.script(Answer(FRESH))
        await lab.ask()
        assert (await other.ask()).from_cache


async def test_the_least_recently_used_goes_first(server: FaultServer, make: Make) -> None:
    async with open_lab(server, make(max_bytes=100_000)) as lab:
        for name in "abcd":
            lab.script(Answer(FRESH, name.encode() * 28_000), path=name)
        for name in "abc":
            await lab.ask(path=name)
        assert (await lab.ask(path="a")).from_cache
        await lab.ask(path="d")
        assert (await lab.ask(path="a")).from_cache
        assert (await lab.ask(path="d")).from_cache
        assert not (await lab.ask(path="b")).from_cache


async def test_a_body_larger_than_all_is_not_kept(server: FaultServer, make: Make) -> None:
    async with open_lab(server, make(max_bytes=20_000)) as lab:
        lab.script(Answer(FRESH, b"small"), path="/small")
        lab.script(Answer(FRESH, b"x" * 50_000))
        await lab.ask(path="/small")
        for _ in range(2):
            found = await lab.ask()
            assert (len(found.content), found.from_cache) == (50_000, False)
        assert (await lab.ask(path="/small")).from_cache


async def test_a_body_larger_than_all_replaces_the_old_one(server: FaultServer, make: Make) -> None:
    async with open_lab(server, make(max_bytes=20_000)) as lab:
        lab.script(Answer(FRESH, b"old"), Answer(FRESH, b"x" * 50_000), Answer(FRESH, b"new"))
        await lab.ask()
        await lab.ask({"Cache-Control": "no-cache"})
        assert (await lab.ask()).content == b"new"


async def test_a_cache_of_no_bytes(server: FaultServer, make: Make) -> None:
    async with open_lab(server, make(max_bytes=0)) as lab:
        lab.script(Answer(FRESH))
        for _ in range(2):
            assert (await lab.ask()).content == b"body"
        assert lab.hits == 2


async def test_many_large_fields_count(server: FaultServer) -> None:
    cache = rp_net.Cache(max_bytes=60_000)
    async with open_lab(server, cache) as lab:
        for number in range(20):
            lab.script(Answer({**FRESH, "X-Large": "x" * 7000}, b""), path=f"/{number}")
            await lab.ask(path=f"/{number}")
        kept = [(await lab.ask({"Cache-Control": "only-if-cached"}, path=f"/{n}")).status == 200
                for n in range(20)]  # fmt: skip
        assert sum(kept) < 10


@pytest.mark.parametrize("damage", ["empty", "cut", "flip", "gone", "junk"])
async def test_damage_is_a_miss(server: FaultServer, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "cache"
    async with open_lab(server, rp_net.Cache(folder)) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"'}, b"body" * 100))
        await lab.ask()
        for file in folder.rglob("*"):
            if not file.is_file():
                continue
            data = file.read_bytes()
            if damage == "gone":
                file.unlink()
            else:
                middle = len(data) // 2
                flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
                changed = {"empty": b"", "cut": data[:-7], "flip": flipped, "junk": b"x" * 999}
                file.write_bytes(changed[damage])
    async with open_lab(server, rp_net.Cache(folder)) as other:
        other.path = lab.path
        assert (await other.ask()).content == b"body" * 100
        assert (await other.ask()).content == b"body" * 100


async def test_another_process_finds_it(server: FaultServer, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    async with open_lab(server, rp_net.Cache(folder)) as lab:
        lab.script(Answer(FRESH, b"mine"))
        lab.script(Answer(FRESH, b"theirs"), path="/b")
        await lab.ask()
        urls = [server.url(lab.path), server.url(lab.path + "/b")]
        assert child(folder, *urls) == ["200 True mine", "200 False theirs"]
        assert (await lab.ask(path="/b")).from_cache
        await lab.ask(method="DELETE")
        assert child(folder, urls[0]) == ["200 False mine"]


async def test_many_processes_at_once(server: FaultServer, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    async with open_lab(server) as lab:
        for number in range(8):
            lab.script(Answer(FRESH, b"%d" % number), path=f"/{number}")
        urls = [server.url(f"{lab.path}/{number}") for number in range(8)] * 2
        outs: list[list[str]] = []

        async def one() -> None:
            outs.append(await anyio.to_thread.run_sync(child, folder, *urls))

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one)
        for out in outs:
            assert [line.split()[2] for line in out] == list("01234567") * 2
