"""`DiskStore`: what is kept comes back as it was, or not at all."""

from __future__ import annotations

import errno
import json
import logging
import multiprocessing
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rp_core import DiskStore, cached
from rp_core._disk_entry import write_entry
from rp_core._keys import file_name, key_bytes
from support import work
from support.arrays import needs_numpy, np

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX files")
MISS = object()


NPY = b"\x93NUMPY\x01\x00"


def npy_header(text: str) -> bytes:
    """Return a header as in a .npy file, which no data follow."""
    return NPY + (118).to_bytes(2, "little") + text.ljust(117).encode() + b"\n"


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore("test", 10**7, folder=tmp_path / "store")


def files(store: DiskStore) -> list[str]:
    return sorted(name for name in os.listdir(store.folder) if name != ".lock")


def entry_of(store: DiskStore, key: object) -> Path:
    return Path(store.folder, file_name(key_bytes(key)) + ".entry")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"x" * 10000,
        None,
        True,
        0,
        -(10**30),
        1.5,
        "",
        "é\ud800\0",
        [],
        {},
        [[1, {"a": [None, 2.5]}]],
        "x" * 100000,
    ],
)
def test_plain_values_come_back_as_they_were(store: DiskStore, value: object) -> None:
    assert store.get("key", MISS) is MISS
    assert "key" not in store
    assert store.set("key", value)
    got = store.get("key", MISS)
    assert (type(got), got) == (type(value), value)
    assert "key" in store
    assert len(store) == 1


@needs_numpy
@pytest.mark.parametrize(
    "kind", ["u1", "<f8", ">i4", "c16", "?", "U5", "S3", "M8[ns]", "i4,f8", "f2"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 4), (300, 200)])
def test_arrays_come_back_as_they_were(store: DiskStore, kind: str, shape: tuple[int, ...]) -> None:
    array = np.frombuffer(random.Random(1).randbytes(10**7), "u1")[: np.zeros(shape, kind).nbytes]
    array = np.zeros(shape, kind) if kind in "?U5S3" else array.view(kind).reshape(shape)
    assert store.set("key", array)
    got = store.get("key")
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, shape, array.tobytes())
    assert got.flags.writeable
    assert got.flags.c_contiguous


@needs_numpy
def test_arrays_in_any_layout_come_back(store: DiskStore) -> None:
    base = np.arange(60).reshape(3, 4, 5)
    for array in (base.T, base[::2, ::-1], np.asfortranarray(base)):
        store.set("key", array)
        assert np.array_equal(store.get("key"), array)


@pytest.mark.parametrize(
    "value",
    [
        (1, 2), {1: 2}, {"a": (1,)}, float("nan"), [1e999], {1, 2}, object(), bytearray(b"x"),
        1j, *([np.array([None]), np.float64(1.5), np.ma.zeros(3)] if np else []),
    ],
)  # fmt: skip
def test_what_would_not_come_back_as_it_was_is_refused(store: DiskStore, value: object) -> None:
    with pytest.raises(TypeError, match="a store holds"):
        store.set("key", value)
    assert files(store) == []


def test_keys_differ_by_type_and_value(store: DiskStore) -> None:
    keys: list[Any] = ["a", b"a", ("a",), (b"a",), 1, 1.0, True, (1, "x"), (1, ("x",)), "", b"", ()]
    for place, key in enumerate(keys):
        store.set(key, place)
    assert [store.get(key) for key in keys] == list(range(len(keys)))
    with pytest.raises(TypeError):
        store.get(object())


def test_a_name_shared_by_two_keys_gives_neither_the_others_value(store: DiskStore) -> None:
    with open(entry_of(store, "wanted"), "wb") as file:
        write_entry(file, key_bytes("other"), "bytes", [b"wrong"])
    assert store.get("wanted", MISS) is MISS


def test_a_value_ages(store: DiskStore) -> None:
    store.set("key", 1)
    assert store.get("key", MISS, max_age=3600) == 1
    assert store.get("key", MISS, max_age=0) is MISS


def test_entries_can_be_removed(store: DiskStore) -> None:
    for key in "abc":
        store.set(key, key)
    store.discard("a")
    store.discard("nothing")
    assert (store.get("a", MISS), store.get("b"), len(store)) == (MISS, "b", 2)
    store.clear()
    assert (files(store), len(store), store.nbytes) == ([], 0, 0)


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    store = DiskStore("test", 3500, folder=tmp_path / "store")
    for key in "abc":
        assert store.set(key, bytes(900))
    assert store.get("a") == bytes(900)
    assert store.set("d", bytes(900))
    assert [key in store for key in "abcd"] == [True, False, True, True]
    assert store.nbytes <= 3500


def test_the_bound_holds_after_every_write(tmp_path: Path) -> None:
    store, pick = DiskStore("test", 20_000, folder=tmp_path / "store"), random.Random(5)
    for _ in range(300):
        size = pick.choice([10, 1000, 4000, 19_000])
        assert store.set(pick.randrange(40), bytes(size))
        assert store.nbytes <= 20_000
    assert store.nbytes > 5000


def test_a_value_that_is_too_large_is_not_kept_and_nor_is_the_old_one(tmp_path: Path) -> None:
    store = DiskStore("test", 1000, folder=tmp_path / "store")
    assert store.set("key", b"old")
    assert not store.set("key", bytes(1000))
    assert store.get("key", MISS) is MISS
    assert files(store) == []
    assert not DiskStore("test", 0, folder=tmp_path / "store").set("key", 1)


def test_files_removed_by_others_are_noticed(tmp_path: Path) -> None:
    store = DiskStore("test", 3500, folder=tmp_path / "store")
    for key in "abc":
        store.set(key, bytes(900))
    for name in files(store):
        os.unlink(os.path.join(store.folder, name))
    for key in "defg":
        assert store.set(key, bytes(900))
    assert [key in store for key in "defg"] == [False, True, True, True]


class TestStreams:
    def test_a_file_is_streamed_in_and_out_with_metadata(self, store: DiskStore) -> None:
        with store.open_writer("key", {"etag": "1"}) as writer:
            for _ in range(1000):
                assert writer.write(b"0123456789") == 10
            assert "key" not in store
        with store.open_reader("key") as found:
            assert found
            assert (found.size, found.metadata) == (10000, {"etag": "1"})
            assert found.file.read() == b"0123456789" * 1000
        assert found.file.closed
        assert store.get("key", MISS) is MISS

    def test_metadata_change_without_the_contents(self, store: DiskStore) -> None:
        with store.open_writer("key", {"etag": "1"}) as writer:
            writer.write(bytes(1000))
        body = next(name for name in files(store) if name.endswith(".body"))
        before = os.stat(os.path.join(store.folder, body))
        assert store.update_metadata("key", {"etag": "2"})
        with store.open_reader("key") as found:
            assert found
            assert (found.metadata, found.size) == ({"etag": "2"}, 1000)
        assert os.stat(os.path.join(store.folder, body)).st_ino == before.st_ino
        assert not store.update_metadata("nothing", {})
        total = sum(os.stat(os.path.join(store.folder, name)).st_size for name in files(store))
        assert store.nbytes == total

    def test_nothing_is_left_of_what_is_replaced_or_fails(self, store: DiskStore) -> None:
        for contents in (b"one", b"two"):
            with store.open_writer("key") as writer:
                writer.write(contents)
        assert len(files(store)) == 2
        with pytest.raises(ZeroDivisionError), store.open_writer("key") as writer:
            writer.write(b"three")
            raise ZeroDivisionError
        with store.open_reader("key") as found:
            assert found
            assert found.file.read() == b"two"
        assert len(files(store)) == 2
        store.set("key", 1)
        assert len(files(store)) == 1

    def test_a_file_that_is_too_large_does_not_fill_the_disk(self, tmp_path: Path) -> None:
        store = DiskStore("test", 5000, folder=tmp_path / "store")
        with store.open_writer("key") as writer:
            for _ in range(100):
                writer.write(bytes(1000))
            assert sum(path.stat().st_size for path in Path(store.folder).iterdir()) < 7000
        with store.open_reader("key") as found:
            assert found is None
        assert files(store) == []

    def test_a_damaged_body_is_a_miss(self, store: DiskStore) -> None:
        for damage in (b"", b"shorter", b"X" * 1000, b"y" * 1001):
            with store.open_writer("key") as writer:
                writer.write(b"y" * 1000)
            body = next(name for name in files(store) if name.endswith(".body"))
            Path(store.folder, body).write_bytes(damage)
            with store.open_reader("key") as found:
                assert found is None
            assert files(store) == []

    def test_a_lost_body_is_a_miss(self, store: DiskStore) -> None:
        with store.open_writer("key") as writer:
            writer.write(b"y")
        os.unlink(Path(store.folder, next(n for n in files(store) if n.endswith(".body"))))
        with store.open_reader("key") as found:
            assert found is None

    @pytest.mark.parametrize("body", ["../outside", "/etc/passwd", "", 5, None, ".lock"])
    def test_an_entry_cannot_point_outside(
        self, store: DiskStore, body: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").write_bytes(b"precious")
        about = {"body": body, "metadata": {}, "body_size": 8, "body_digest": "0"}
        with open(entry_of(store, "key"), "wb") as file:
            write_entry(file, key_bytes("key"), "file", [], **about)
        with store.open_reader("key") as found:
            assert found is None
        store.clear()
        assert (tmp_path / "outside").read_bytes() == b"precious"


def plant(store: DiskStore, kind: str, value: bytes) -> None:
    """Put a well-made entry in place that the store did not write."""
    with open(entry_of(store, "key"), "wb") as file:
        write_entry(file, key_bytes("key"), kind, [value])


class TestDamage:
    @pytest.mark.parametrize(
        "value", [b"bytes", [1, "json"], pytest.param("array", marks=needs_numpy)]
    )
    def test_an_entry_cut_or_changed_anywhere_is_a_miss(self, store: DiskStore, value: Any) -> None:
        value = np.arange(4) if value == "array" else value
        store.set("key", value)
        path = entry_of(store, "key")
        whole = path.read_bytes()
        variants = [whole[:length] for length in range(len(whole))] + [whole + b"x"]
        for place in range(len(whole)):
            for bit in (1, 128):
                variants.append(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        for damaged in variants:
            path.write_bytes(damaged)
            assert store.get("key", MISS) is MISS
            assert not path.exists()
        path.write_bytes(whole)
        assert store.get("key", MISS) is not MISS

    @posix_only
    def test_what_is_no_regular_file_is_a_miss_and_never_waited_for(
        self, store: DiskStore, tmp_path: Path
    ) -> None:
        precious = tmp_path / "precious"
        precious.write_bytes(b"precious")
        path = entry_of(store, "key")
        plants: list[Callable[[], object]] = [
            lambda: os.mkfifo(path),
            lambda: path.symlink_to(precious),
            lambda: path.symlink_to("/dev/zero"),
            lambda: path.symlink_to(path),
            lambda: (path / "inside").mkdir(parents=True),
        ]
        for plant in plants:
            plant()
            assert store.get("key", MISS) is MISS
            assert not os.path.lexists(path)
            plant()
            assert store.set("key", 5)
            assert store.get("key") == 5
            store.discard("key")
        assert precious.read_bytes() == b"precious"

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("json", b"[" * 100_000),
            ("json", b"{nonsense"),
            ("json", b"\xff\xfe"),
            ("json", b"1" * 5000),
            ("pickle", b"cos\nsystem\n(S'true'\ntR."),
        ],
    )
    def test_a_well_made_lie_is_a_miss(self, store: DiskStore, kind: str, value: bytes) -> None:
        plant(store, kind, value)
        assert store.get("key", MISS) is MISS

    @needs_numpy
    @pytest.mark.parametrize(
        "value",
        [
            NPY + b"\xff\xff" + b"(" * 70000,
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2**70, 5)}"),
            npy_header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}") + b"cos.",
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000,)}"),
            b"",
        ],
    )
    def test_an_array_that_lies_is_a_miss(self, store: DiskStore, value: bytes) -> None:
        plant(store, "npy", value)
        assert store.get("key", MISS) is MISS

    @given(st.binary(max_size=300))
    def test_noise_is_a_miss(self, noise: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = DiskStore("test", 10**6, folder=os.path.join(folder, "store"))
            entry_of(store, "key").write_bytes(noise)
            assert store.get("key", MISS) is MISS
            with store.open_reader("key") as found:
                assert found is None


class TestTheFolder:
    def test_it_is_private_and_under_the_users_cache(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        store = DiskStore("rp-test", 1000)
        if sys.platform == "linux":
            assert store.folder == str(tmp_path / "rp" / "rp-test")
        if os.name == "posix":
            assert stat.S_IMODE(os.stat(store.folder).st_mode) == 0o700

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("", 1), ValueError),
            (("../x", 1), ValueError),
            (("x", -1), ValueError),
            (("x", 1.5), TypeError),
            (("x", True), TypeError),
        ],
    )
    def test_bad_arguments_are_refused(self, arguments: Any, error: type[Exception]) -> None:
        with pytest.raises(error):
            DiskStore(*arguments)

    @posix_only
    def test_a_folder_that_others_may_write_to_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "open").mkdir()
        (tmp_path / "open").chmod(0o777)
        with pytest.raises(PermissionError, match="not private"):
            DiskStore("x", 1, folder=tmp_path / "open")

    @posix_only
    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
    def test_a_folder_of_another_user_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "theirs").mkdir(0o700)
        os.chown(tmp_path / "theirs", 65534, 65534)
        with pytest.raises(PermissionError, match="another user's"):
            DiskStore("x", 1, folder=tmp_path / "theirs")


class TestTrouble:
    @pytest.mark.parametrize("place", range(12))
    def test_a_file_operation_that_fails_leaves_old_or_new(
        self, store: DiskStore, place: int
    ) -> None:
        store.set("key", b"old")
        script = FAIL_NTH.format(path=sys.path, folder=store.folder, place=place)
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
        got = store.get("key")
        assert got in (b"old", b"new")
        assert got == b"new" or "OSError" in done.stdout
        assert [name for name in files(store) if name.endswith(".tmp")] == []
        assert store.set("key", b"newer")
        assert store.get("key") == b"newer"

    @posix_only
    def test_a_full_disk_is_an_os_error_and_the_old_value_stays(self, store: DiskStore) -> None:
        store.set("key", b"old")
        script = (
            f"import resource, sys; sys.path[:0] = {sys.path!r}\n"
            "from rp_core import DiskStore\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
            f"store = DiskStore('x', 10**7, folder={store.folder!r})\n"
            "try: store.set('key', bytes(100000))\n"
            "except OSError as error: print(error.errno)\n"
            "try:\n"
            "    with store.open_writer('key') as writer:\n"
            "        for _ in range(100): writer.write(bytes(1000))\n"
            "except OSError as error: print(error.errno)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.split() == [str(errno.EFBIG)] * 2
        assert store.get("key") == b"old"
        assert len(files(store)) == 1

    @posix_only
    def test_a_read_only_store_is_read_and_fails_no_cached_call(self) -> None:
        with tempfile.TemporaryDirectory() as parent:  # pytest's own is closed to other users
            os.chmod(parent, 0o755)
            folder = os.path.join(parent, "store")
            DiskStore("x", 10**6, folder=folder).set("key", b"kept")
            done = subprocess.run(
                [sys.executable, "-c", READ_ONLY.format(path=sys.path, folder=folder)],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            os.chmod(folder, 0o700)
        assert done.stdout.split() == ["b'kept'", "PermissionError", "PermissionError", "4", "4"]
        assert done.stderr.count("is not kept on disk") == 1

    @posix_only
    def test_a_killed_writer_leaves_a_store_that_works(self, store: DiskStore) -> None:
        script = KILLED.format(path=sys.path, folder=store.folder)
        pick = random.Random(3)
        for _ in range(12):
            with subprocess.Popen(
                [sys.executable, "-c", script], stdout=subprocess.PIPE
            ) as process:
                assert process.stdout
                process.stdout.readline()
                time.sleep(pick.random() * 0.02)
                process.send_signal(signal.SIGKILL)
            for key in range(20):
                got = store.get(key)
                assert got is None or got == bytes([key]) * 3000
            assert store.set("after", b"x")
            assert store.nbytes <= store.max_bytes

    def test_what_killed_writers_left_goes_in_time(self, store: DiskStore) -> None:
        stray, fresh = Path(store.folder, ".1.tmp"), Path(store.folder, ".2.tmp")
        body = Path(store.folder, "0" * 32 + "-1.body")
        for path in (stray, fresh, body):
            path.write_bytes(bytes(1000))
        for path in (stray, body):
            os.utime(path, (time.time() - 7200,) * 2)
        assert store.nbytes == 0
        assert len(files(store)) == 3  # to ask removes nothing
        DiskStore("test", 1000, folder=store.folder).set("a", b"")
        assert [name for name in files(store) if "entry" not in name] == [".2.tmp"]

    def test_processes_share_a_store(self, store: DiskStore) -> None:
        small = DiskStore("test", 60_000, folder=store.folder)
        context = multiprocessing.get_context("spawn")
        with context.Pool(4) as pool:
            wrong = pool.starmap(
                work.hammer_store, [(store.folder, 60_000, seed) for seed in range(4)]
            )
        assert wrong == [0] * 4
        assert 0 < small.nbytes <= 60_000

    def test_threads_share_a_store(self, tmp_path: Path) -> None:
        folder, wrong = str(tmp_path / "store"), []
        threads = [
            threading.Thread(
                target=lambda seed: wrong.append(work.hammer_store(folder, 30_000, seed)),
                args=(seed,),
            )
            for seed in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == [0] * 4


class TestBehindCached:
    def test_results_are_there_in_the_next_process(self, store: DiskStore) -> None:
        script = (
            f"import sys; sys.path[:0] = {sys.path!r}\n"
            "from rp_core import DiskStore, cached\n"
            f"@cached(store=DiskStore('x', 10**6, folder={store.folder!r}))\n"
            "def slow(number, other=1):\n"
            "    print('computed', end=' ')\n"
            "    return [number, other]\n"
            "print(slow(1), slow(1, 1), slow(2.5))\n"
        )
        shown = [
            subprocess.run(
                [sys.executable, "-c", script],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
            for _ in range(2)
        ]
        results = "[1, 1] [1, 1] [2.5, 1]\n"
        assert shown == ["computed computed " + results, results]

    @needs_numpy
    async def test_a_coroutine_function_keeps_arrays(
        self, store: DiskStore, anyio_backend: Any
    ) -> None:
        calls: list[int] = []

        def make(copy: Any) -> Any:
            @cached(store=store, copy=copy)
            async def zeros(count: int) -> Any:
                calls.append(count)
                return np.zeros(count)

            return zeros

        assert (await make(True)(5)).tolist() == [0] * 5
        again = await make("readonly")(5)
        assert again.tolist() == [0] * 5
        assert not again.flags.writeable
        assert calls == [5]

    def test_clearing_forgets_only_this_function(self, store: DiskStore) -> None:
        one = cached(store=store)(len)
        other = cached(store=store)(work.double)
        one("abc"), other(4)
        one.cache_clear()
        assert len(store) == 1
        other.cache_discard(4)
        assert len(store) == 0

    def test_a_value_too_old_on_disk_is_computed_anew(self, store: DiskStore) -> None:
        assert cached(store=store, ttl=3600)(work.unique)(1) == cached(store=store)(work.unique)(1)
        assert cached(store=store, ttl=1e-9)(work.unique)(1) != cached(store=store)(work.unique)(2)

    def test_what_no_store_can_hold_is_an_error(self, store: DiskStore) -> None:
        with pytest.raises(TypeError, match="a store holds"):
            cached(store=store)(lambda: object())()
        with pytest.raises(TypeError, match="a key on disk cannot hold"):
            cached(store=store)(lambda value: 1)(object())
        with pytest.raises(TypeError, match="keeps no methods"):

            class Thing:
                @cached(store=store)
                def method(self) -> int:
                    return 1

    def test_a_store_that_fails_fails_no_call_and_warns_once(
        self, store: DiskStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> Any:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(DiskStore, "set", refuse)
        monkeypatch.setattr(DiskStore, "get", refuse)
        double = cached(store=store)(work.double)
        with caplog.at_level(logging.WARNING, "rp_core.cached"):
            assert [double(1), double(2), double(1)] == [2, 4, 2]
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "support.work.double is not kept on disk" in caplog.text


FAIL_NTH = """
import sys
sys.path[:0] = {path!r}
from rp_core import DiskStore
store = DiskStore("x", 10**6, folder={folder!r})
left, armed = {place}, False
def fail(event, args):
    global left, armed
    if armed and event in ("open", "os.rename", "os.remove", "os.utime", "os.scandir"):
        left -= 1
        if left < 0:
            armed = False
            raise OSError(5, "injected")
sys.addaudithook(fail)
armed = True
try:
    store.set("key", b"new")
    print("done")
except OSError as error:
    print("OSError", error)
"""
READ_ONLY = """
import os, sys
sys.path[:0] = {path!r}
from rp_core import DiskStore, cached
import rp_core._shelf, logging
if os.geteuid() == 0:  # who may write anywhere
    for name in (".", *os.listdir({folder!r})):
        os.chown(os.path.join({folder!r}, name), 65534, 65534)
    os.chmod({folder!r}, 0o500)
    os.seteuid(65534)
else:
    os.chmod({folder!r}, 0o500)
store = DiskStore("x", 10**6, folder={folder!r})
print(store.get("key"))
for act in (lambda: store.set("key", b"new"), lambda: store.open_writer("key").__enter__()):
    try:
        act()
    except OSError as error:
        print(type(error).__name__)
double = cached(store=store, maxsize=0)(lambda number: number * 2)
print(double(2), double(2))
"""
KILLED = """
import sys
sys.path[:0] = {path!r}
from rp_core import DiskStore
store = DiskStore("x", 30_000, folder={folder!r})
print("go", flush=True)
while True:
    for key in range(20):
        store.set(key, bytes([key]) * 3000)
        with store.open_writer(("stream", key)) as writer:
            writer.write(bytes(500))
"""


def test_an_entry_names_what_it_holds(store: DiskStore) -> None:
    store.set("key", b"value")
    raw = entry_of(store, "key").read_bytes()
    header, _ = json.JSONDecoder().raw_decode(raw[20:].decode("latin-1"))
    assert (header["kind"], header["size"], bytes.fromhex(header["key"])) == ("bytes", 5, b"skey")


def kept_on(store: DiskStore, fn: Callable[..., Any], **options: Any) -> Any:
    """Forget the memory of an earlier cache of the same function, but not the store."""
    return cached(store=store, **options)(fn)


def times(number: int) -> Callable[[int], int]:
    return lambda value: value * number


class TestShelves:
    def test_functions_of_one_name_do_not_share_results(self, store: DiskStore) -> None:
        plus, by_ten = (lambda value: value + 1), (lambda value: value * 10)
        assert [kept_on(store, fn)(3) for fn in (plus, by_ten)] == [4, 30]
        assert [kept_on(store, times(number))(3) for number in (2, 5)] == [6, 15]

    def test_what_a_function_collects_in_does_not_count(self, store: DiskStore) -> None:
        calls: list[int] = []

        def fn(value: int) -> int:
            calls.append(value)
            return value

        assert [kept_on(store, fn)(value) for value in (1, 1, 2, 1)] == [1, 1, 2, 1]
        assert calls == [1, 2]

    def test_a_result_from_the_store_is_as_old_as_it_is(
        self, store: DiskStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = time.time_ns()
        calls: list[int] = []

        def call(value: int) -> None:
            calls.append(value)

        kept_on(store, call, ttl=10.0)(1)
        monkeypatch.setattr(time, "time_ns", lambda: now + 8 * 10**9)
        second = kept_on(store, call, ttl=10.0)
        second(1)
        assert calls == [1]
        started = time.monotonic()
        monkeypatch.setattr("rp_core._table.monotonic", lambda: started + 3)
        monkeypatch.setattr(time, "time_ns", lambda: now + 11 * 10**9)
        second(1)
        assert calls == [1, 1]

    def test_what_was_cleared_while_it_was_saved_does_not_land(
        self, store: DiskStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers, saving, cleared = iter([1, 2]), threading.Event(), threading.Event()
        fn = kept_on(store, lambda: next(answers))
        save = store.set

        def slow(key: object, value: Any) -> bool:
            saving.set()
            assert cleared.wait(10)
            return save(key, value)

        monkeypatch.setattr(store, "set", slow)
        leader = threading.Thread(target=fn)
        leader.start()
        assert saving.wait(10)
        fn.cache_clear()
        cleared.set()
        leader.join()
        assert len(store) == 0
        assert fn() == 2

    def test_a_huge_number_is_an_argument(self, store: DiskStore) -> None:
        assert kept_on(store, lambda number: number % 10)(10**5000) == 0


@posix_only
class TestSystem:
    def test_a_fork_while_the_store_changes_locks_nobody_out(self, store: DiskStore) -> None:
        with store._vault.ledger.changing():
            forked = os.fork()
            if not forked:
                time.sleep(20)
                os._exit(0)
        done = threading.Thread(target=store.set, args=("a", b"1"), daemon=True)
        done.start()
        done.join(5)
        os.kill(forked, signal.SIGKILL)
        os.waitpid(forked, 0)
        assert not done.is_alive()
        assert store.get("a") == b"1"

    def test_to_be_out_of_descriptors_loses_no_file(
        self, store: DiskStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with store.open_writer("a") as writer:
            writer.write(b"body")
        for name in files(store):
            os.utime(Path(store.folder, name), (time.time() - 7200,) * 2)

        def none_left(*_: Any) -> int:
            raise OSError(errno.EMFILE, "none left")

        with monkeypatch.context() as patch:
            patch.setattr("rp_core._disk_read.open_regular", none_left)
            with pytest.raises(OSError, match="none left"):
                _ = store.nbytes
            with pytest.raises(OSError, match="none left"):
                store.set("b", b"1")
        with store.open_reader("a") as found:
            assert found
            assert found.file.read() == b"body"

    def test_a_folder_that_was_removed_is_made_again(self, store: DiskStore) -> None:
        store.set("a", b"1")
        shutil.rmtree(store.folder)
        assert (store.get("a"), len(store), store.nbytes) == (None, 0, 0)
        assert store.set("a", b"2")
        assert store.get("a") == b"2"
        shutil.rmtree(store.folder)
        store.discard("a")
        store.clear()

    def test_a_planted_folder_in_place_of_a_temporary_goes(self, store: DiskStore) -> None:
        planted = Path(store.folder, "x.tmp")
        planted.mkdir()
        os.utime(planted, (time.time() - 7200,) * 2)
        assert store.set("a", b"1")
        assert not planted.exists()


class TestWhatCannotBeKept:
    def test_a_key_that_no_header_holds(self, store: DiskStore) -> None:
        store.set("a", b"")
        assert not store.set(b"k" * 9_000_000, b"1")
        assert files(store) == [entry_of(store, "a").name]

    @pytest.mark.parametrize(
        "metadata", [{1: 2}, {"a": (1,)}, {"a": float("nan")}, [1], {"a": {1}}]
    )
    def test_metadata_that_json_would_change(self, store: DiskStore, metadata: Any) -> None:
        with store.open_writer("a", {"b": 1}) as writer:
            writer.write(b"body")
        with pytest.raises(TypeError), store.open_writer("c", metadata):
            raise AssertionError
        with pytest.raises(TypeError):
            store.update_metadata("a", metadata)
        with store.open_reader("a") as found:
            assert found
            assert found.metadata == {"b": 1}

    def test_metadata_of_nothing_are_empty(self, store: DiskStore) -> None:
        with store.open_writer("a", {"b": 1}) as writer:
            writer.write(memoryview(bytes(8)).cast("i"))
        assert store.update_metadata("a", {})
        with store.open_reader("a") as found:
            assert found
            assert (found.metadata, found.size) == ({}, 8)

    @needs_numpy
    def test_arrays_with_many_fields_are_kept_or_refused(self, store: DiskStore) -> None:
        many = np.zeros(3, [(f"field{number}", "f8") for number in range(300)])
        assert store.set("many", many)
        assert store.get("many").dtype == many.dtype
        overlap = {"names": ["a", "b"], "formats": ["i4", "i2"], "offsets": [0, 2], "itemsize": 8}
        for dtype in ([(f"f{n}", "f8") for n in range(5000)], [("\u03a9", "f8")], overlap):
            with pytest.raises(TypeError, match="cannot hold"):
                store.set("odd", np.zeros(3, np.dtype(dtype)))

    def test_a_value_that_is_too_large_is_not_written_first(self, tmp_path: Path) -> None:
        small = DiskStore("test", 1000, folder=tmp_path / "small")
        small.set("a", b"1")
        assert not small.set("a", bytes(1_000_000))
        assert small.get("a") is None
