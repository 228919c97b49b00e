"""What is written is whole or not there, in the encoding and with the line ends asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_text
import rp_text.sync
from rp_text import EncodeError

LINES = [f"line {number} é\n" for number in range(5000)]


@given(st.text())
def test_a_text_comes_back_as_it_is(text: str) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"rp-text-{os.getpid()}"
    try:
        rp_text.sync.write_text(path, text)
        assert rp_text.sync.read_text(path, encoding="utf-8", newline="") == text
        rp_text.sync.write_text(path, text, newline="\r\n")
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        assert rp_text.sync.read_text(path, encoding="utf-8") == plain
    finally:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_ends_of_lines_become_one(newline: str, tmp_path: Path) -> None:
    rp_text.sync.write_text(tmp_path / "a", "a\nb\r\nc\rd", newline=newline)  # type: ignore[arg-type]

    assert (tmp_path / "a").read_bytes() == newline.join("abcd").encode()


def test_a_character_that_an_encoding_lacks_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    for text, encoding in (("a€", "latin-1"), ("\ud800", "utf-8")):
        with pytest.raises(EncodeError, match="is not in"):
            rp_text.sync.write_text(path, text, encoding=encoding)
        with pytest.raises(UnicodeError):
            rp_text.sync.write_lines(path, ["fine"] * 5000 + [text], encoding=encoding)
    assert os.listdir(tmp_path) == ["a"]
    assert path.read_text() == "old"


class TestWriteLines:
    def test_lines_get_their_ends(self, tmp_path: Path) -> None:
        rp_text.sync.write_lines(tmp_path / "a", ["a", "b\n", "", "c"])
        rp_text.sync.write_lines(tmp_path / "b", ["a\r\n", "b"], newline=None)
        rp_text.sync.write_lines(tmp_path / "c", ["ä"], encoding="utf-16")

        assert (tmp_path / "a").read_bytes() == b"a\nb\n\nc\n"
        assert (tmp_path / "b").read_bytes() == b"a\r\nb\n"
        assert (tmp_path / "c").read_bytes() == "ä\n".encode("utf-16")

    async def test_lines_come_from_the_loop(self, tmp_path: Path, leaves_nothing: None) -> None:
        async def lines() -> AsyncIterator[str]:
            for line in LINES:
                yield line

        await rp_text.write_lines(tmp_path / "a", lines())
        await rp_text.write_lines(path=tmp_path / "b", lines=iter(LINES))
        await rp_text.write_lines(tmp_path / "c", rp_text.read_lines(tmp_path / "a"))

        for name in "abc":
            assert (tmp_path / name).read_text("utf-8") == "".join(LINES)

    async def test_an_error_of_the_lines_leaves_the_old_file(
        self, tmp_path: Path, leaves_nothing: None
    ) -> None:
        path = tmp_path / "a"
        path.write_text("old")

        async def failing() -> AsyncIterator[str]:
            for line in LINES:
                yield line
            raise ZeroDivisionError

        def blocking() -> Iterator[str]:
            yield from LINES
            raise ZeroDivisionError

        for lines in (failing(), blocking()):
            with pytest.raises(ZeroDivisionError):
                await rp_text.write_lines(path, lines)
        assert path.read_text() == "old"

    async def test_cancelling_leaves_the_old_file(
        self, tmp_path: Path, leaves_nothing: None
    ) -> None:
        path = tmp_path / "a"
        path.write_text("old")

        async def endless() -> AsyncIterator[str]:
            while True:
                await anyio.lowlevel.checkpoint()
                yield "line\n"

        with anyio.move_on_after(0.1) as scope:
            await rp_text.write_lines(path, endless())
        assert scope.cancelled_caught
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["a"]

    async def test_what_is_no_line_is_refused(self, tmp_path: Path) -> None:
        async def numbers() -> AsyncIterator[int]:
            yield 5

        with pytest.raises(TypeError, match="a line is a str"):
            await rp_text.write_lines(tmp_path / "a", numbers())  # type: ignore[arg-type]
        for wrong in ("text", b"bytes", 5, None):
            with pytest.raises(TypeError, match="iterable of str"):
                rp_text.sync.write_lines(tmp_path / "a", wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="async face"):
            rp_text.sync.write_lines(tmp_path / "a", numbers())  # type: ignore[arg-type]
        assert os.listdir(tmp_path) == []


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a text is a str"):
        rp_text.sync.write_text(tmp_path / "a", b"bytes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="newline"):
        rp_text.sync.write_text(tmp_path / "a", "", newline="\x0c")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        rp_text.sync.write_text(tmp_path / "none" / "a", "")
    with pytest.raises(IsADirectoryError):
        rp_text.sync.write_text(tmp_path, "")


FULL = """
import resource, sys
import rp_text.sync
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
calls = {
    "text": lambda path: rp_text.sync.write_text(path, "x" * 200_000),
    "lines": lambda path: rp_text.sync.write_lines(path, ["x" * 100] * 20_000),
    "json": lambda path: rp_text.sync.dump_json(["x" * 200_000], path),
    "json lines": lambda path: rp_text.sync.write_json_lines(path, ["x" * 100] * 20_000),
}
for call in calls.values():
    try:
        call(sys.argv[1])
    except OSError as error:
        print(error.errno)
"""


def test_a_full_disk_is_an_os_error_and_the_old_file_stays(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    path = tmp_path / "a"
    path.write_text("old")

    command = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["27"] * 4
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]
