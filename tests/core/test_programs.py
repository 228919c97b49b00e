"""Other programs, the paths they write to, and containers that end early."""

from __future__ import annotations

import errno
import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

import rp_core
from rp_core import (
    Program,
    check_int,
    is_cut_off,
    readable_path,
    reporting,
    resumed,
    threaded,
    writable_path,
)

ECHO = "import sys; sys.stdout.write(sys.stdin.read().upper())"
COMPLAIN = "import sys; print('info: x', file=sys.stderr); sys.exit('it is broken')"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_program_is_fed_and_heard() -> None:
    with Program(python(ECHO), feeds=True) as run:
        pipes: Any = run.process
        run.feed(b"hel")
        run.feed(bytearray(b"lo"))
        pipes.stdin.close()
        assert pipes.stdout.read() == b"HELLO"
        assert run.wait() == 0
    assert pipes.stdout.closed


def test_its_complaint_is_what_it_said_of_errors() -> None:
    with Program(python(COMPLAIN), hears=False) as run:
        assert run.wait() == 1
        assert run.complaint == "info: x; it is broken"
    with Program(python(COMPLAIN), on_line=lambda line: "broken" in line) as run:
        run.wait()
        assert run.complaint == "it is broken"
    with Program(python("raise SystemExit(3)")) as run:
        run.wait()
        assert run.complaint == f"{sys.executable} ended with status 3"


def test_leaving_the_block_ends_it() -> None:
    began = time.monotonic()
    with Program(python("import time; time.sleep(60)")) as run:
        assert run.process.poll() is None
    assert run.process.returncode is not None
    assert time.monotonic() - began < 20
    assert "rp-program-log" not in {thread.name for thread in threading.enumerate()}


def test_a_program_that_is_not_there_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        Program(["no-such-program"])


async def test_cancelling_the_work_ends_its_program() -> None:
    runs: list[Program] = []

    def work() -> None:
        with Program(python("import time; time.sleep(60)")) as run:
            runs.append(run)
            run.wait()

    with anyio.move_on_after(0.5) as scope:
        await threaded(work)()

    assert scope.cancelled_caught
    assert runs[0].process.returncode is not None


def test_paths_are_looked_at_before_any_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    assert readable_path(file) == str(file)
    assert writable_path(tmp_path / "new") == str(tmp_path / "new")
    for check, path, error in (
        (readable_path, tmp_path / "missing", FileNotFoundError),
        (readable_path, tmp_path, IsADirectoryError),
        (readable_path, "https://example.org/x", ValueError),
        (readable_path, b"bytes", TypeError),
        (readable_path, 5, TypeError),
        (writable_path, tmp_path / "missing" / "new", FileNotFoundError),
        (writable_path, tmp_path, IsADirectoryError),
        (writable_path, b"bytes", TypeError),
    ):
        with pytest.raises(error):
            check(path)  # type: ignore[arg-type]


@pytest.mark.skipif(os.name == "nt", reason="has other rights")
def test_a_folder_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(PermissionError):
        writable_path(tmp_path / "new")


def test_errors_of_the_machine_are_told_from_those_of_the_input() -> None:
    assert rp_core.is_environment_error(OSError(errno.ENOSPC, "full"))
    assert not rp_core.is_environment_error(OSError(errno.EPERM, "no"))
    assert not rp_core.is_environment_error(ValueError("no"))


def test_an_int_has_its_bounds() -> None:
    check_int("count", 3, 1, 3)
    for value, error in ((0, ValueError), (4, ValueError), (True, TypeError), (1.0, TypeError)):
        with pytest.raises(error, match="count must be"):
            check_int("count", value, 1, 3)


def test_an_iterator_goes_on_behind_its_first_item_and_is_closed_with_it() -> None:
    closed: list[str] = []

    def numbers() -> Iterator[int]:
        try:
            yield from (1, 2, 3)
        finally:
            closed.append("closed")

    rest: Any = numbers()
    assert list(resumed(next(rest), rest)) == [1, 2, 3]
    rest = numbers()
    going_on = resumed(next(rest), rest)
    assert next(going_on) == 1
    going_on.close()
    assert closed == ["closed", "closed"]
    rest = (number for number in list[int]())
    assert list(resumed(None, rest)) == []


@pytest.mark.parametrize(
    ("data", "is_cut"),
    [
        (b"", False),
        (b"\0\0\0\x08moov", False),
        (b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x08moov", False),
        (b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x09moov", True),
        (b"\0\0\0\x10ftypM4A \0\0\0\0", True),
        (b"RIFF\x04\0\0\0WAVE", False),
        (b"RIFF\x05\0\0\0WAVE", True),
        (b"RIFF\xff\xff\xff\xffWAVE", False),
        (b"\x1a\x45\xdf\xa3\x81\0", False),
        (b"\x1a\x45\xdf\xa3\x82\0", True),
        (b"what else there is", False),
    ],
)
def test_a_container_that_ends_early_is_noticed(data: bytes, is_cut: bool) -> None:
    assert is_cut_off(io.BytesIO(data)) is is_cut


def test_progress_is_reported_where_it_is_wanted() -> None:
    seen: list[rp_core.Progress] = []
    with reporting(seen.append, 3) as report:
        report(1)
        report(3)
    with reporting(False, 3) as report:
        report(1)

    assert [(progress.done, progress.total) for progress in seen] == [(1, 3), (3, 3)]
