"""Files that come in one batch, with and without a system that has files without names."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import rp_net
from rp_net import _at_once
from support.fault_server import FaultServer

BODY = b"0123456789" * 5000
SHA256 = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
WRONG = f"sha256:{hashlib.sha256(b'').hexdigest()}"
has_nameless = pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="Linux has such files")


@pytest.fixture
def url() -> Iterator[str]:
    with FaultServer() as server:
        yield server.on("/x", lambda exchange: exchange.respond(200, BODY))


def fails(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def without_nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_at_once, "_is_possible", lambda: False)


def unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def open_(path: str, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), path)
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", open_)


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", fails(errno.EPERM))


WAYS = [lambda _: None, without_nameless, unsupported, without_links]


@has_nameless
@pytest.mark.parametrize("prepare", WAYS, ids=["nameless", "none", "unsupported", "no-links"])
async def test_the_file_is_right_whatever_the_file_system_can(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepare: Callable[..., None]
) -> None:
    prepare(monkeypatch)
    for durable in (False, True):
        path = tmp_path / f"x-{durable}"
        done = await rp_net.download(url, path, digest=SHA256, durable=durable)
        assert (path.read_bytes(), done.size, done.digest) == (BODY, len(BODY), SHA256)
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~current_umask()
        again = await rp_net.download(url, path, digest="md5")
        assert again.digest == f"md5:{hashlib.md5(BODY).hexdigest()}"
    assert sorted(os.listdir(tmp_path)) == ["x-False", "x-True"]


def current_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@has_nameless
async def test_nobody_sees_the_file_before_it_is_whole(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    given = _at_once._give_name

    def give(descriptor: int, path: str) -> bool:
        seen.append(os.listdir(tmp_path))
        return given(descriptor, path)

    monkeypatch.setattr(_at_once, "_give_name", give)
    await rp_net.download(url, tmp_path / "x", digest=SHA256)
    assert seen == [[]]


@has_nameless
@pytest.mark.parametrize("overwrite", [True, False])
async def test_a_rival_that_takes_the_name_meanwhile(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    path = tmp_path / "x"
    given = _at_once._give_name

    def give(descriptor: int, name: str) -> bool:
        path.write_bytes(b"a rival's")
        return given(descriptor, name)

    monkeypatch.setattr(_at_once, "_give_name", give)
    with nullcontext() if overwrite else pytest.raises(FileExistsError):
        await rp_net.download(url, path, digest=SHA256, overwrite=overwrite)
    assert path.read_bytes() == (BODY if overwrite else b"a rival's")
    assert os.listdir(tmp_path) == ["x"]


async def test_a_wrong_digest_leaves_nothing(url: str, tmp_path: Path) -> None:
    with pytest.raises(rp_net.DigestError):
        await rp_net.download(url, tmp_path / "x", digest=WRONG)
    assert os.listdir(tmp_path) == []


@has_nameless
async def test_a_full_disk_leaves_nothing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "writev", fails(errno.ENOSPC))
    with pytest.raises(rp_net.DiskFullError):
        await rp_net.download(url, tmp_path / "x")
    assert os.listdir(tmp_path) == []


@has_nameless
async def test_a_batch_that_the_system_takes_in_steps(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "writev", lambda file, batch: os.write(file, batch[0][:777]))
    await rp_net.download(url, tmp_path / "x", digest=SHA256)
    assert (tmp_path / "x").read_bytes() == BODY
