"""Where bytes come from."""

from __future__ import annotations

import base64
import importlib.metadata
import io
import os
import socket
import threading
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import (
    LimitExceededError,
    MissingDependencyError,
    _sources,
    read_source,
    register_source,
    resolve_pair,
    resolve_source,
    threaded,
)
from rp_core.sync import thread_map

DATA = bytes(range(256)) * 10


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sources, "_fetchers", {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(DATA)
    return tmp_path / "a.bin"


class AsyncFile:
    def __init__(self, data: bytes) -> None:
        self.data = data

    async def read(self, size: int = -1) -> bytes:
        await anyio.lowlevel.checkpoint()
        return self.data


async def fetch(url: str, max_bytes: int) -> bytes:
    await anyio.lowlevel.checkpoint()
    return f"{url} {max_bytes}".encode()


read = threaded(read_source, module=__name__, prepare=lambda s, **_: resolve_source(s))


async def test_paths_buffers_and_files_are_read_by_both_faces(path: Path) -> None:
    for make in (
        lambda: path,
        lambda: str(path),
        lambda: DATA,
        lambda: bytearray(DATA),
        lambda: memoryview(DATA),
        lambda: memoryview(DATA).cast("H"),
        lambda: io.BytesIO(DATA),
        lambda: path.open("rb"),
        lambda: path.open("rb", buffering=0),
    ):
        for result in read_source(opened := make()), await read(again := make()):
            assert type(result) is bytes
            assert result == DATA
        for file in opened, again:
            if hasattr(file, "close"):
                file.close()


def test_a_file_is_read_from_where_it_stands_and_left_open() -> None:
    file = io.BytesIO(b"headerbody")
    file.seek(6)
    assert read_source(file) == b"body"
    assert not file.closed


def test_a_file_that_gives_less_than_it_is_asked_for_is_read_to_the_end() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.left = list(DATA)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            part, self.left = self.left[:7], self.left[7:]
            buffer[: len(part)] = bytes(part)
            return len(part)

    assert read_source(Slow()) == DATA  # type: ignore[arg-type]
    ours, theirs = socket.socketpair()

    def send() -> None:
        with theirs:
            for start in range(0, len(DATA), 1000):
                theirs.sendall(DATA[start : start + 1000])
                threading.Event().wait(0.001)

    thread = threading.Thread(target=send)
    thread.start()
    with ours, ours.makefile("rb", buffering=0) as file:
        assert read_source(file) == DATA  # type: ignore[arg-type]
    thread.join()


def test_the_most_bytes_are_bounded(path: Path) -> None:
    for source in path, DATA, bytearray(DATA), memoryview(DATA):
        assert read_source(source, max_bytes=len(DATA)) == DATA
        with pytest.raises(LimitExceededError, match=str(len(DATA) - 1)):
            read_source(source, max_bytes=len(DATA) - 1)
    assert read_source(io.BytesIO(DATA), max_bytes=len(DATA)) == DATA
    file = io.BytesIO(DATA * 2)
    with pytest.raises(LimitExceededError):
        read_source(file, max_bytes=len(DATA))
    assert file.tell() == len(DATA) + 1


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_an_endless_source_is_bounded() -> None:
    with pytest.raises(LimitExceededError):
        read_source("/dev/zero", max_bytes=10_000_000)
    with open("/dev/zero", "rb") as file, pytest.raises(LimitExceededError):
        read_source(file, max_bytes=10_000_000)
    assert read_source(os.devnull) == b""


def test_what_the_file_system_says_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_source(tmp_path / "none")
    with pytest.raises((IsADirectoryError, PermissionError)):
        read_source(tmp_path)


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(TypeError, match="binary"):
        read_source(io.StringIO("text"))  # type: ignore[arg-type]
    for wrong in 3, None, [b"x"], object():
        with pytest.raises(TypeError, match="cannot read"):
            read_source(wrong)  # type: ignore[arg-type]


async def test_an_async_file_is_read_by_the_async_face_only(path: Path) -> None:
    with pytest.raises(TypeError, match="async face"):
        read_source(AsyncFile(DATA))
    assert await read(AsyncFile(DATA)) == DATA
    async with await anyio.open_file(path, "rb") as file:
        assert await read(file) == DATA
    with pytest.raises(TypeError, match="binary"):
        await read(AsyncFile("text"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("data:,hello%20there", b"hello there"),
        ("data:text/plain;charset=utf-8,%C3%A9", "é".encode()),
        ("data:;base64," + base64.b64encode(DATA).decode(), DATA),
        ("DATA:image/png;BASE64,AAEC", b"\0\1\2"),
        ("data:;base64,AAE", b"\0\1"),
        ("data:;base64,AA EC%0A", b"\0\1\2"),
        ("data:,", b""),
    ],
)
async def test_data_urls_are_read(url: str, data: bytes) -> None:
    assert read_source(url) == data
    assert await read(url) == data
    if data:
        with pytest.raises(LimitExceededError):
            read_source(url, max_bytes=len(data) - 1)


@pytest.mark.parametrize("url", ["data:text/plain", "data:;base64,A", "data:;base64,!!!!"])
def test_a_broken_data_url_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError):
        read_source(url)


async def test_a_registered_scheme_is_read_by_both_faces() -> None:
    register_source("Demo", fetch)
    for url in "demo://x", "DEMO://x":
        assert read_source(url, max_bytes=50) == f"{url} 50".encode()
        assert await read(url) == f"{url} {_sources.MAX_BYTES}".encode()
    with pytest.raises(LimitExceededError):
        read_source("demo://long", max_bytes=5)


def test_a_url_is_read_inside_a_worker() -> None:
    register_source("demo", fetch)
    urls = [f"demo://{number}" for number in range(20)]
    got = list(thread_map(read_source, urls, cpu=True))
    assert got == [f"{url} {_sources.MAX_BYTES}".encode() for url in urls]


async def test_a_fetch_that_fails_raises_its_own_error() -> None:
    async def refuse(url: str, max_bytes: int) -> bytes:
        raise PermissionError(url)

    register_source("demo", refuse)
    with pytest.raises(PermissionError):
        read_source("demo://x")
    with pytest.raises(PermissionError):
        await read("demo://x")


async def test_an_unknown_scheme_is_refused() -> None:
    for url in "gopher://x", "file:///etc/passwd":
        with pytest.raises(ValueError, match="nothing is registered"):
            read_source(url)
        with pytest.raises(ValueError, match="nothing is registered"):
            await read(url)


async def test_https_without_rp_net_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_: [])
    for url in "https://example.com/a.png", "HTTP://example.com":
        with pytest.raises(MissingDependencyError, match='pip install "rp-net"'):
            read_source(url)
        with pytest.raises(MissingDependencyError, match='pip install "rp-net"'):
            await read(url)


def test_urls_are_refused_on_request() -> None:
    register_source("demo", fetch)
    for url in "demo://x", "data:,x", "https://x":
        with pytest.raises(ValueError, match="refused"):
            read_source(url, urls=False)
        assert resolve_source(url, urls=False) is None


def test_a_path_object_is_never_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data:,x").write_bytes(b"a file")
    assert read_source(Path("data:,x")) == b"a file"
    assert read_source("data:,x") == b"x"


def test_an_entry_point_registers_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class EntryPoint:
        def load(self) -> Any:
            return fetch

    def entry_points(*, group: str, name: str) -> list[Any]:
        asked.append((group, name))
        return [EntryPoint()] if name == "https" else []

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    for _ in range(2):
        assert read_source("https://x", max_bytes=50) == b"https://x 50"
    assert asked == [("rp_core.sources", "https")]


def test_nothing_is_awaited_for_what_is_at_hand(path: Path) -> None:
    for source in path, str(path), b"x", io.BytesIO(b"x"), "data:,x":
        assert resolve_source(source) is None


async def test_a_pair_keeps_what_goes_with_its_source(tmp_path: Path) -> None:
    class File:
        async def read(self) -> bytes:
            return b"content"

    assert resolve_pair((b"data", 5)) is None
    assert resolve_pair((tmp_path, 5)) is None
    coming = resolve_pair((File(), "beside"))
    assert coming
    assert await coming() == (b"content", "beside")
