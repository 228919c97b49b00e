"""Many downloads at once: bounded, each whole or an error, none over another."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any, Final

import pytest

import rp_core
import rp_net
from support.downloads import BOTH, noise
from support.fault_content import Content
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOADS: Final = {f"/{n}.bin": noise(5000 + n, n) for n in range(12)}


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


def served(server: FaultServer) -> list[str]:
    return [server.on(path, Content(payload)) for path, payload in PAYLOADS.items()]


async def test_all_come_in_the_order_of_the_items(tmp_path: Path) -> None:
    with FaultServer() as server:
        urls = served(server)
        done = await rp_net.download_many(urls, tmp_path)
    assert [one.url for one in done] == urls
    for path, payload in PAYLOADS.items():
        assert (tmp_path / path[1:]).read_bytes() == payload
    assert len(os.listdir(tmp_path)) == len(PAYLOADS)


async def test_pairs_say_where(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    with FaultServer() as server:
        first, second, *_ = served(server)
        await rp_net.download_many([(first, "a"), (second, Path("sub", "b"))], tmp_path)
        await rp_net.download_many([(first, tmp_path / "c")])
    assert (tmp_path / "sub" / "b").read_bytes() == PAYLOADS["/1.bin"]
    assert sorted(os.listdir(tmp_path)) == ["a", "c", "sub"]


async def test_items_may_come_asynchronously(tmp_path: Path) -> None:
    async def items() -> Any:
        for url in served(server):
            yield url

    with FaultServer() as server:
        done = await rp_net.download_many(items(), tmp_path)
    assert len(done) == len(PAYLOADS)


async def test_no_more_than_the_limit_run_at_once(tmp_path: Path) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def answer(exchange: Exchange) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        exchange.sleep(0.05)
        with lock:
            running -= 1
        exchange.respond(200, b"x")

    with FaultServer() as server:
        urls = [server.on(f"/{n}", answer) for n in range(16)]
        await rp_net.download_many(urls, tmp_path, limit=3)
        assert most == 3
        most = 0
        await rp_net.download_many(urls, tmp_path, limit=8, per_host=2)
        assert most == 2


async def test_one_that_fails_is_raised_or_returned(tmp_path: Path) -> None:
    with FaultServer() as server:
        good, *_ = served(server)
        urls = [good, server.url("/none")]
        with pytest.raises(rp_net.HTTPStatusError):
            await rp_net.download_many(urls, tmp_path)
        done = await rp_net.download_many(urls, tmp_path, on_error="return")
        assert isinstance(done[1], rp_core.Failure)
        assert isinstance(done[1].error, rp_net.HTTPStatusError)
        assert len(await rp_net.download_many(urls, tmp_path, on_error="skip")) == 1
    assert os.listdir(tmp_path) == ["0.bin"]


async def test_digests_are_by_url(tmp_path: Path) -> None:
    with FaultServer() as server:
        first, second, *_ = served(server)
        right = hashlib.sha256(PAYLOADS["/0.bin"]).hexdigest()
        done = await rp_net.download_many(
            [first, second],
            tmp_path,
            digests={first: right, second: "0" * 64},
            on_error="return",
        )
    good, bad = done
    assert isinstance(good, rp_net.Download)
    assert good.digest == f"sha256:{right}"
    assert isinstance(bad, rp_core.Failure)
    assert isinstance(bad.error, rp_net.DigestError)
    assert os.listdir(tmp_path) == ["0.bin"]


async def test_two_urls_for_one_path_are_refused(tmp_path: Path) -> None:
    with FaultServer() as server:
        first, second, *_ = served(server)
        with pytest.raises((ValueError, FileExistsError)):
            await rp_net.download_many([(first, "x"), (second, "x")], tmp_path)


async def test_two_urls_with_one_name_do_not_replace_each_other(tmp_path: Path) -> None:
    with FaultServer() as server:
        urls = [server.on(f"/{n}/same", Content(noise(2000, n))) for n in range(2)]
        done = await rp_net.download_many(urls, tmp_path, on_error="return")
    failed = [one for one in done if isinstance(one, rp_core.Failure)]
    placed = [one for one in done if not isinstance(one, rp_core.Failure)]
    assert len({one.path for one in placed}) == len(placed)
    for one in placed:
        assert Path(one.path).read_bytes() == noise(2000, urls.index(one.url))
    assert all(isinstance(one.error, (ValueError, FileExistsError)) for one in failed)


async def test_paths_of_one_file_are_one_path(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    with FaultServer() as server:
        first, second, *_ = served(server)
        with pytest.raises((ValueError, FileExistsError)):
            await rp_net.download_many([(first, "y"), (second, "link/y")], tmp_path)


async def test_a_url_alone_needs_a_folder() -> None:
    with pytest.raises(ValueError, match="folder"):
        await rp_net.download_many(["http://127.0.0.1:1/x"])


async def test_a_folder_that_is_not_there_is_an_error_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    with FaultServer() as server:
        with pytest.raises((OSError, ValueError)):
            await rp_net.download_many(served(server), tmp_path / "none")
        assert server.requests == []
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("options", [{"digest": "sha256"}, {"nonsense": 1}])
async def test_unknown_options_are_refused(options: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        await rp_net.download_many(["http://127.0.0.1:1/x"], tmp_path, **options)


async def test_progress_counts_files(tmp_path: Path) -> None:
    seen: list[rp_core.Progress] = []
    with FaultServer() as server:
        await rp_net.download_many(served(server), tmp_path, progress=seen.append)
    assert seen[-1].done == len(PAYLOADS)
