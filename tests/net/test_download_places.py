"""Links, permissions, pipes and folders at the destination are respected."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

import rp_net
from support.downloads import BOTH, noise, part_of, resume_data_of
from support.fault_content import Content
from support.fault_cuts import cut_after
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)

linux_only = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


@linux_only
async def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real").write_bytes(b"old")
    (tmp_path / "x").symlink_to("there/real")
    with FaultServer() as server:
        await rp_net.download(server.on("/x", Content(PAYLOAD)), tmp_path / "x")
    assert (tmp_path / "x").is_symlink()
    assert (tmp_path / "there" / "real").read_bytes() == PAYLOAD


@linux_only
@pytest.mark.parametrize("find", [part_of, resume_data_of])
async def test_a_link_in_the_place_of_the_part_is_not_followed(find: type, tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "x"
    victim.write_bytes(b"precious")
    find(path).symlink_to(victim)
    payload = noise(3 << 20)
    with FaultServer() as server:
        url = server.on("/x", cut_after(payload, 2 << 20))
        with suppress(OSError, rp_net.NetError):
            await rp_net.download(url, path, retries=0)
    assert victim.read_bytes() == b"precious"


@linux_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
async def test_permissions_are_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(mode)
    with FaultServer() as server:
        await rp_net.download(server.on("/x", Content(PAYLOAD)), path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@linux_only
@pytest.mark.parametrize("in_folder", [False, True])
async def test_a_pipe_is_not_replaced(in_folder: bool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with FaultServer() as server, pytest.raises((ValueError, OSError)):
        url = server.on("/x", Content(PAYLOAD))
        await rp_net.download(url, tmp_path if in_folder else tmp_path / "x")
    assert stat.S_ISFIFO((tmp_path / "x").stat().st_mode)


@linux_only
async def test_the_name_of_a_durable_file_is_on_the_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []

    def noted(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(os, "fsync", noted)
    with FaultServer() as server:
        await rp_net.download(server.on("/x", Content(PAYLOAD)), tmp_path / "x", durable=True)
    assert synced == [False, True]


@pytest.mark.parametrize("name", ["none/x", "file/x"])
async def test_a_folder_that_is_none_is_an_error_before_anything_is_asked(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with FaultServer() as server:
        with pytest.raises(OSError):
            await rp_net.download(server.on("/x", Content(PAYLOAD)), tmp_path / name)
        assert server.requests == []
    assert os.listdir(tmp_path) == ["file"]
