"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from rp_core import atomic_write, threaded

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


def write(path: Path, data: bytes, *, durable: bool = False) -> None:
    with atomic_write(path, durable=durable) as file:
        file.write(data)


@pytest.mark.parametrize("durable", [False, True])
def test_the_file_is_there_after_the_block_and_not_before(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "a"
    for data in b"first", b"second, longer", b"":
        old = path.read_bytes() if path.exists() else None
        with atomic_write(path, durable=durable) as file:
            file.write(data)
            file.flush()
            assert (path.read_bytes() if path.exists() else None) == old
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_a_block_that_raises_changes_nothing(
    tmp_path: Path, old: bytes | None, kind: type[BaseException]
) -> None:
    path = tmp_path / "a"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(kind), atomic_write(path) as file:
        file.write(b"new")
        raise kind
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == ([] if old is None else [old])


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_permissions_are_kept_from_the_first_byte(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    with atomic_write(path) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == mode
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"


@posix_only
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@posix_only
@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_is_written_through(tmp_path: Path, dangling: bool) -> None:
    target, link = tmp_path / "sub" / "target", tmp_path / "link"
    target.parent.mkdir()
    if not dangling:
        target.write_bytes(b"old")
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_a_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), atomic_write(tmp_path):
        pass
    with pytest.raises(FileNotFoundError) as caught, atomic_write(tmp_path / "no" / "file"):
        pass
    assert caught.value.filename == str(tmp_path / "no" / "file")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError), atomic_write(tmp_path / "file" / "file"):
        pass


@posix_only
def test_a_name_as_long_as_the_file_system_allows_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_is_written_to_and_its_error_raised() -> None:
    write(Path(os.devnull), b"x")
    with pytest.raises(OSError, match="space") as caught:
        write(Path("/dev/full"), b"x")
    assert caught.value.errno == errno.ENOSPC
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@posix_only
async def test_a_pipe_that_nobody_reads_does_not_block_the_loop(
    tmp_path: Path, settled: Callable[[], None]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    began, reader = threading.Event(), []

    def save() -> None:
        began.set()
        write(tmp_path / "pipe", b"through")

    def read() -> None:
        reader.append((tmp_path / "pipe").read_bytes())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(threaded(save, module=__name__))
        while not began.is_set():
            await anyio.sleep(0.001)
        await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
        thread = threading.Timer(0.02, read)
        thread.start()
    thread.join()
    settled()
    assert reader == [b"through"]


@posix_only
def test_a_full_disk_keeps_the_old_file(tmp_path: Path, run_python: Any) -> None:
    (tmp_path / "a").write_bytes(b"old")
    script = """
import resource, sys
from rp_core import atomic_write
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for size in 5000, 1 << 20:
    try:
        with atomic_write(sys.argv[1]) as file:
            file.write(bytes(size))
    except OSError as error:
        print(error.errno)
"""
    done = run_python(script, str(tmp_path / "a"))
    assert (done.stdout, done.stderr) == (f"{errno.EFBIG}\n" * 2, "")
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"old"]


@posix_only
@pytest.mark.parametrize("durable", ["False", "True"])
@pytest.mark.parametrize("old", [b"", b"old"])
def test_any_file_operation_may_fail(
    tmp_path: Path, run_python: Any, durable: str, old: bytes
) -> None:
    script = f"""
import errno, os, sys
from pathlib import Path
from rp_core import atomic_write
folder, path, left = Path(sys.argv[1]), Path(sys.argv[1], "a"), -1
def hook(event, arguments):
    global left
    if event in watched and any(str(folder) in str(a) for a in arguments):
        left -= 1
        if left == 0:
            raise OSError(errno.EIO, "injected", event)
watched = {{"open", "os.rename", "os.chmod", "os.remove"}}
sys.addaudithook(hook)
def attempt():
    with atomic_write(path, durable={durable}) as file:
        file.write(b"new")
operations, fsync = 0, os.fsync
while True:
    operations += 1
    if {old!r}: path.write_bytes({old!r})
    else: path.unlink(missing_ok=True)
    left = operations
    try:
        attempt()
    except OSError as error:
        assert error.errno == errno.EIO
        left = -1
        content = path.read_bytes() if path.exists() else b""
        # A folder that cannot be synced is found out after the file has taken its place.
        assert content in ({old!r}, b"new"), content
    else:
        left = -1
        assert path.read_bytes() == b"new"
    assert [entry.name for entry in folder.iterdir()] in ([], ["a"]), os.listdir(folder)
    if operations > 12: break
def broken(descriptor): raise OSError(errno.EIO, "injected")
os.fsync = broken
try:
    attempt()
except OSError as error:
    assert error.errno == errno.EIO and {durable}
    assert os.listdir(folder) == ["a"]
print("done")
"""
    done = run_python(script, str(tmp_path))
    assert (done.stdout, done.stderr) == ("done\n", "")


@posix_only
def test_a_killed_process_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(100_000))
    script = """
import sys
from rp_core import atomic_write
print("go", flush=True)
for number in range(10**9):
    with atomic_write(sys.argv[1]) as file:
        for _ in range(10):
            file.write(bytes([number % 256]) * 10_000)
"""
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout
            process.stdout.readline()
            threading.Event().wait(0.01)
            process.send_signal(signal.SIGKILL)
        data = path.read_bytes()
        assert len(data) == 100_000
        assert len(set(data)) == 1


def test_readers_see_whole_files(tmp_path: Path) -> None:
    path, stop, torn = tmp_path / "a", threading.Event(), []
    write(path, bytes(50_000))

    def read() -> None:
        while not stop.is_set():
            data = path.read_bytes()
            if len(data) != 50_000 or len(set(data)) != 1:
                torn.append(len(data))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(100):
        write(path, bytes([number]) * 50_000)
    stop.set()
    for reader in readers:
        reader.join()
    assert torn == []


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="needs /proc")
def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for durable in True, False:
        write(tmp_path / "a", b"x", durable=durable)
        with pytest.raises(ValueError, match="bad"), atomic_write(tmp_path / "a"):
            raise ValueError("bad")
    assert len(os.listdir("/proc/self/fd")) == before


async def test_writes_at_the_same_time_all_end_whole(tmp_path: Path) -> None:
    save = threaded(write, module=__name__, cpu=False)
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(save, tmp_path / "a", bytes([number]) * 10_000)
    data = (tmp_path / "a").read_bytes()
    assert len(data) == 10_000
    assert len(set(data)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_file_that_may_not_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(PermissionError), atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]
