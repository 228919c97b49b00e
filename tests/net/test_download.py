"""A download ends with the right file in its place, or with an error and nothing there."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Any, Final

import anyio
import pytest

import rp_core
import rp_net
from support.downloads import BOTH, QUICK, Watchdog, noise, part_of, strangers
from support.fault_content import Content
from support.fault_cuts import cut_after
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)
SHA: Final = f"sha256:{hashlib.sha256(PAYLOAD).hexdigest()}"
WRONG: Final = f"sha256:{'0' * 64}"


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


async def test_the_result_tells_what_was_fetched(tmp_path: Path) -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        done = await rp_net.download(url, tmp_path / "x", digest="sha256")
    assert (tmp_path / "x").read_bytes() == PAYLOAD
    assert (done.path, done.size, done.url) == (str(tmp_path / "x"), len(PAYLOAD), url)
    assert (done.digest, done.etag, done.resumed_from, done.fetched) == (SHA, '"one"', 0, True)
    assert os.listdir(tmp_path) == ["x"]


async def test_no_content_coding_is_asked_for(tmp_path: Path) -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        await rp_net.download(url, tmp_path / "x", headers={"Accept-Encoding": "gzip"})
        assert server.requests[0].all("Accept-Encoding") == ["identity"]


async def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = await rp_net.download(server.on("/x", Content(b"")), tmp_path / "x", digest="md5")
    assert (done.size, (tmp_path / "x").read_bytes()) == (0, b"")
    assert done.digest == "md5:d41d8cd98f00b204e9800998ecf8427e"


async def test_a_file_with_the_right_digest_is_left_alone_without_a_request(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(PAYLOAD)
    before = path.stat()
    with FaultServer() as server:
        done = await rp_net.download(server.url("/x"), path, digest=SHA, overwrite=False)
        assert server.requests == []
    assert (done.fetched, done.size, done.digest) == (False, len(PAYLOAD), SHA)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


async def test_a_wrong_digest_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with FaultServer() as server, pytest.raises(rp_net.DigestError) as caught:
        await rp_net.download(server.on("/x", Content(PAYLOAD)), path, digest=WRONG)
    assert (caught.value.expected, caught.value.actual) == (WRONG, SHA)
    assert os.listdir(tmp_path) == ["x"]
    assert path.read_bytes() == b"old"


async def test_without_overwrite_a_file_stays_and_nothing_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with FaultServer() as server, pytest.raises(FileExistsError):
        await rp_net.download(server.on("/x", Content(PAYLOAD)), path, overwrite=False)
    assert server.requests == []
    assert path.read_bytes() == b"old"


async def test_the_name_of_the_response_is_used_in_a_folder(tmp_path: Path) -> None:
    named = (("Content-Disposition", 'attachment; filename="../../evil.txt"'),)
    with FaultServer() as server:
        done = await rp_net.download(server.on("/a/b", Content(PAYLOAD, headers=named)), tmp_path)
        plain = await rp_net.download(server.on("/a/c.bin", Content(PAYLOAD)), tmp_path)
    assert (done.path, plain.path) == (str(tmp_path / "evil.txt"), str(tmp_path / "c.bin"))
    assert sorted(os.listdir(tmp_path)) == ["c.bin", "evil.txt"]


async def test_without_overwrite_a_file_named_by_the_response_stays(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with FaultServer() as server, pytest.raises(FileExistsError):
        await rp_net.download(server.on("/x", Content(PAYLOAD)), tmp_path, overwrite=False)
    assert (os.listdir(tmp_path), (tmp_path / "x").read_bytes()) == (["x"], b"old")


@pytest.mark.parametrize("status", [202, 204, 300, 304, 302, 404, 500])
async def test_only_an_answer_with_the_file_is_taken_for_it(status: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def answer(exchange: Exchange) -> None:
        exchange.respond(status, b"not the file", [("Location", "/y")])

    with FaultServer() as server, pytest.raises(rp_net.NetError):
        url = server.on("/x", answer)
        await rp_net.download(
            url, path, retries=0, follow_redirects=False, headers={"If-None-Match": '"one"'}
        )
    assert path.read_bytes() == b"old"


async def test_a_redirect_is_followed(tmp_path: Path) -> None:
    with FaultServer() as server:
        server.on("/y.bin", Content(PAYLOAD))
        url = server.on("/x", lambda exchange: exchange.respond(302, b"", [("Location", "/y.bin")]))
        done = await rp_net.download(url, tmp_path)
    assert (Path(done.path).name, done.size) == ("y.bin", len(PAYLOAD))


@pytest.mark.parametrize("length", [True, False])
async def test_no_more_bytes_than_allowed_are_kept(length: bool, tmp_path: Path) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.respond(200, PAYLOAD, length=length)

    with FaultServer() as server:
        url = server.on("/x", answer)
        with pytest.raises(rp_net.BodyLimitError):
            await rp_net.download(url, tmp_path / "x", max_bytes=len(PAYLOAD) - 1)
        assert not (tmp_path / "x").exists()
        done = await rp_net.download(url, tmp_path / "x", max_bytes=len(PAYLOAD))
    assert done.size == len(PAYLOAD)


async def test_a_limit_holds_over_all_parts(tmp_path: Path) -> None:
    with FaultServer() as server:
        url = server.on("/x", cut_after(PAYLOAD, 20_000))
        with pytest.raises(rp_net.BodyLimitError):
            await rp_net.download(url, tmp_path / "x", max_bytes=25_000, retries=QUICK)
    assert not (tmp_path / "x").exists()


async def test_progress_counts_bytes_up_to_the_whole(tmp_path: Path) -> None:
    seen: list[rp_core.Progress] = []
    payload = noise(3_000_000)
    with FaultServer() as server:
        url = server.on("/x", cut_after(payload, 1_000_000))
        await rp_net.download(url, tmp_path / "x", progress=seen.append, retries=QUICK)
    counts = [one.done for one in seen]
    assert counts == sorted(counts)
    assert (counts[-1], seen[-1].total) == (len(payload), len(payload))


@pytest.mark.parametrize("size", [1000, 3_000_000])
async def test_an_error_of_the_callback_reaches_the_caller_as_it_is(
    size: int, tmp_path: Path
) -> None:
    def fail(progress: rp_core.Progress) -> None:
        if progress.done > size // 2:
            raise KeyError("mine")

    with FaultServer() as server, pytest.raises(KeyError, match="mine"):
        url = server.on("/x", Content(noise(size)))
        await rp_net.download(url, tmp_path / "x", progress=fail)
    assert strangers(tmp_path, "x") == set()
    assert not (tmp_path / "x").exists()


async def test_an_error_has_a_chain_that_ends(tmp_path: Path) -> None:
    with FaultServer() as server, pytest.raises(rp_net.HTTPStatusError) as caught:
        await rp_net.download(server.url("/none"), tmp_path / "x")
    chain: list[BaseException] = [caught.value]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
        assert all(before is not one for one in chain)
        chain.append(before)


async def test_a_server_that_always_ends_early_is_given_up(tmp_path: Path) -> None:
    payload = noise(3_000_000)
    with FaultServer() as server, pytest.raises(rp_net.TruncatedError) as caught:
        content = Content(payload, ranges=False)
        url = server.on("/x", cut_after(payload, 1_500_000, content=content))
        await rp_net.download(
            url, tmp_path / "x", retries=rp_net.Retry(retries=2, base=0.001), timeout=8.0
        )
    assert server.hits("/x") <= 5
    assert caught.value.expected == len(payload)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["retry", "bytes", "cuda"])
async def test_unknown_options_are_refused(name: str, tmp_path: Path) -> None:
    options: Any = {name: 1}
    with pytest.raises(TypeError, match=name):
        await rp_net.download("http://127.0.0.1:1/", tmp_path / "x", **options)
    assert os.listdir(tmp_path) == []


async def test_a_large_download_does_not_stall_the_loop(
    tmp_path: Path, record_property: Any
) -> None:
    payload = noise(1 << 20) * 64
    dog = Watchdog()
    with FaultServer() as server:
        url = server.on("/x", Content(payload))
        await rp_net.get(server.on("/warm", Content(b"")))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dog.watch)
            done = await rp_net.download(url, tmp_path / "x", digest="sha256")
            tasks.cancel_scope.cancel()
    print(f"longest stall: {dog.longest * 1000:.1f} ms")  # noqa: T201
    record_property("longest_stall_ms", round(dog.longest * 1000, 1))
    assert done.digest == f"sha256:{hashlib.sha256(payload).hexdigest()}"
    assert dog.longest < 0.1


async def test_batches_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rp_net._part import Part

    sizes: list[int] = []
    write = Part.write

    def noted(part: Part, data: Any) -> None:
        sizes.append(sum(map(len, data)))
        write(part, data)

    monkeypatch.setattr(Part, "write", noted)
    with FaultServer() as server:
        await rp_net.download(server.on("/x", Content(noise(5_000_000))), tmp_path / "x")
    assert sizes
    assert all(size >= 1 << 20 for size in sizes)


async def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with FaultServer() as server:
        await rp_net.download(server.on("/x", Content(PAYLOAD)), tmp_path / "x")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "x")]
    assert modes[0] == modes[1]
    assert not part_of(tmp_path / "x").exists()
