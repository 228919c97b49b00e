"""Lines are those of `for line in open(path)`, whatever they come from, in bounded memory."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import io
import lzma
import os
import threading
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_text
import rp_text.sync
from rp_core import LimitExceededError
from rp_text import DecodeError

TEXTS = {
    "empty": "",
    "one end": "\n",
    "no last end": "a\nb",
    "windows": "a\r\nb\r\n",
    "old macs": "a\rb\r",
    "mixed": "a\rb\nc\r\nd\n\re\r\r\nf",
    "no ends": "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\n",
    "wide": "ä€𝄞\nβ\r\n日本\n",
    "nul": "a\0b\nc\n",
    "long": ("x" * 100_000 + "\r\n") * 5,
    "many": "".join(f"line {number} é\r\n" for number in range(30_000)),
}
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def as_opened(path: Path, encoding: str = "utf-8") -> list[str]:
    with open(path, encoding=encoding) as file:
        return list(file)


@pytest.fixture(params=TEXTS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_bytes(TEXTS[request.param].encode())
    return file


def test_lines_are_those_of_a_file(path: Path) -> None:
    lines = list(rp_text.sync.read_lines(path))

    assert lines == as_opened(path)
    assert "".join(lines) == rp_text.sync.read_text(path) == path.read_text("utf-8")


@pytest.mark.parametrize("nowait", [True, False])
async def test_lines_are_the_same_on_a_loop(
    path: Path, nowait: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not nowait:
        monkeypatch.setattr("rp_text._read_lines._NOWAIT", None)
    assert [line async for line in rp_text.read_lines(path)] == as_opened(path)
    batches = [batch async for batch in rp_text.read_line_batches(path, batch_bytes=1000)]
    assert [line for batch in batches for line in batch] == as_opened(path)
    assert all(batches)


@given(
    st.text(st.sampled_from("ab\r\n\x0c\x85\u2028é𝄞")),
    st.lists(st.integers(1, 7), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]),
)
def test_pieces_may_be_cut_anywhere(text: str, sizes: list[int], encoding: str) -> None:
    data = text.encode(encoding)

    def pieces() -> Iterator[bytes]:
        at = number = 0
        while at < len(data):
            size = sizes[number % len(sizes)]
            yield data[at : at + size]
            at, number = at + size, number + 1

    expected = list(io.StringIO(text, newline=None))
    assert list(rp_text.sync.read_lines(pieces(), encoding=encoding)) == expected
    assert list(rp_text.sync.read_lines(data, encoding=encoding)) == expected


@pytest.mark.parametrize(
    "encoding",
    ["cp1252", "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "utf-16", "utf-32", "cp037"],
)
def test_an_encoding_that_is_named_is_used(encoding: str, tmp_path: Path) -> None:
    text = (
        "日本語\n二行目\r\n" if encoding in {"shift_jis", "euc_jp", "iso2022_jp"} else "a\nb\r\nc"
    )
    file = tmp_path / "text"
    file.write_bytes((text * 3000).encode(encoding))

    assert list(rp_text.sync.read_lines(file, encoding=encoding)) == as_opened(file, encoding)


def test_errors_are_treated_as_open_does(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"a\xff\nb\xe2\x82\nc\xe2")

    for errors in ("replace", "ignore", "surrogateescape", "backslashreplace"):
        with open(file, encoding="utf-8", errors=errors) as opened:
            expected = list(opened)
        lines = rp_text.sync.read_lines(file, encoding="utf-8", errors=errors)
        assert list(lines) == expected
        text = rp_text.sync.read_text(file, encoding="utf-8", errors=errors)
        assert text == "".join(expected)


@pytest.mark.parametrize("before", [0, 1, 65_533, 65_534, 65_535, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("wrong", [b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"\xc3("])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_byte_that_is_wrong_is_told(before: int, wrong: bytes, end: bytes) -> None:
    data = (b"\xc3\xa9" + b"x" * 5 + end) * (before // 8) + b"." * (before % 8)
    position = len(data)

    for read in (rp_text.sync.read_text, lambda d, **o: list(rp_text.sync.read_lines(d, **o))):
        with pytest.raises(DecodeError, match="is no utf-8") as caught:
            read(data + wrong + b"\n" + b"more\n" * 20_000, encoding="utf-8")
        assert caught.value.position == position


def test_a_text_that_ends_within_a_character_is_refused() -> None:
    for encoding in ("utf-8", "utf-16-le", "shift_jis"):
        data = "日本\n".encode(encoding) + "日".encode(encoding)[:1]
        with pytest.raises(DecodeError):
            list(rp_text.sync.read_lines(data, encoding=encoding))


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_compressed_files_are_told_by_their_content(compressor: str, tmp_path: Path) -> None:
    compress = COMPRESSORS[compressor]
    file = tmp_path / "text.txt"
    file.write_bytes(compress(TEXTS["many"].encode()) + compress(b"") + compress("ß".encode()))

    assert "".join(rp_text.sync.read_lines(file)) == TEXTS["many"].replace("\r\n", "\n") + "ß"
    assert rp_text.sync.read_text(file, newline="") == TEXTS["many"] + "ß"


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_a_compressed_file_that_is_cut_anywhere_is_refused(compressor: str) -> None:
    compress = COMPRESSORS[compressor]
    data = compress(b"line\n" * 50)

    assert len(list(rp_text.sync.read_lines(data))) == 50
    for end in range(12, len(data)):
        with pytest.raises(DecodeError, match=r"cut off|damaged"):
            list(rp_text.sync.read_lines(data[:end]))
    with pytest.raises(DecodeError, match="something else follows"):
        list(rp_text.sync.read_lines(data + b"hello"))
    with pytest.raises(DecodeError):
        rp_text.sync.read_text(data[:-8] + bytes(8)[:4] + data[-4:])


def test_zstandard_is_read_where_it_can_be() -> None:
    zstd = pytest.importorskip("backports.zstd")
    data = zstd.compress(b"line\n" * 50)

    assert len(list(rp_text.sync.read_lines(data + data))) == 100
    for end in range(12, len(data)):
        with pytest.raises(DecodeError):
            rp_text.sync.read_text(data[:end])


def test_what_expands_without_end_is_read_in_bounded_memory() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)

    tracemalloc.start()
    with pytest.raises(LimitExceededError, match="max_line"):
        list(rp_text.sync.read_lines(bomb, max_line=1_000_000))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    with pytest.raises(LimitExceededError, match="max_bytes"):
        rp_text.sync.read_text(bomb, max_bytes=1_000_000)


class TestMaxLine:
    @pytest.mark.parametrize("limit", [1, 10, 65_536, 100_000])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
    def test_a_line_may_be_as_long_as_the_limit(self, limit: int, end: str) -> None:
        lines = ["y", "x" * limit, "z"]
        text = end.join(lines) if end else lines[1]

        read = list(rp_text.sync.read_lines(text.encode(), max_line=limit))

        assert [line.rstrip("\n") for line in read] == (lines if end else lines[1:2])

    @pytest.mark.parametrize("limit", [1, 10, 65_536, 100_000])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
    def test_a_longer_one_is_refused(self, limit: int, end: str) -> None:
        text = f"y{end}{'x' * (limit + 1)}{end}z"

        with pytest.raises(LimitExceededError, match=f"longer than {limit} characters"):
            list(rp_text.sync.read_lines(text.encode(), max_line=limit))

    async def test_a_huge_one_never_fills_the_memory(self, tmp_path: Path) -> None:
        file = tmp_path / "huge"
        file.touch()
        os.truncate(file, 300_000_000)
        limit = 4_000_000

        tracemalloc.start()
        with pytest.raises(LimitExceededError):
            async for _ in rp_text.read_lines(file, max_line=limit, encoding="utf-8"):
                pass
        assert tracemalloc.get_traced_memory()[1] < 3 * limit
        tracemalloc.stop()

    def test_files_of_carriage_returns_have_lines_too(self) -> None:
        data = b"line\r" * 100_000

        assert list(rp_text.sync.read_lines(data, max_line=100)) == ["line\n"] * 100_000


class TestSources:
    async def test_async_files_are_read(self, path: Path) -> None:
        async with await anyio.open_file(path, "rb") as file:
            assert [line async for line in rp_text.read_lines(file)] == as_opened(path)
        async with await anyio.open_file(path, encoding="utf-8", newline="") as text:
            assert [line async for line in rp_text.read_lines(text)] == as_opened(path)

    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_files_of_aiofiles_are_read(self, path: Path, anyio_backend: object) -> None:
        aiofiles = pytest.importorskip("aiofiles")
        async with aiofiles.open(path, "rb") as file:
            assert [line async for line in rp_text.read_lines(file)] == as_opened(path)
        async with aiofiles.open(path, encoding="utf-8") as text:
            assert await rp_text.read_text(text) == path.read_text("utf-8")

    async def test_pieces_come_from_the_loop(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for number in range(100):
                await anyio.lowlevel.checkpoint()
                yield b"%d\nha" % number

        lines = [line async for line in rp_text.read_lines(pieces())]

        assert lines == ["0\n", *(f"ha{number}\n" for number in range(1, 100)), "ha"]

    async def test_an_error_of_the_pieces_is_raised_as_it_is(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"a\n"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await rp_text.read_text(pieces())
        with pytest.raises(ZeroDivisionError):
            async for _ in rp_text.read_lines(pieces()):
                pass

    async def test_leaving_early_closes_the_pieces(self) -> None:
        closed: list[bool] = []

        async def pieces() -> AsyncGenerator[bytes]:
            try:
                while True:
                    yield b"line\n" * 1000
            finally:
                closed.append(True)

        async with aclosing(rp_text.read_lines(pieces(), batch_bytes=100)) as lines:
            async for _ in lines:
                break
        assert closed == [True]

    def test_files_and_buffers_are_read(self, path: Path) -> None:
        data = path.read_bytes()
        with open(path, encoding="utf-8") as text, open(path, "rb") as file:
            assert list(rp_text.sync.read_lines(text)) == as_opened(path)
            assert list(rp_text.sync.read_lines(file)) == as_opened(path)
            assert not text.closed
            assert not file.closed
        for source in (data, bytearray(data), memoryview(data), io.BytesIO(data), [data]):
            assert list(rp_text.sync.read_lines(source)) == as_opened(path)
        assert list(rp_text.sync.read_lines(io.StringIO("a\ud800\nb"))) == ["a\ud800\n", "b"]
        assert list(rp_text.sync.read_lines("data:,a%0Ab")) == ["a\n", "b"]

    def test_what_is_no_source_is_refused(self, tmp_path: Path) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield b""

        for wrong in (None, 5, [1], io):
            with pytest.raises(TypeError):
                list(rp_text.sync.read_lines(wrong))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="async face"):
            list(rp_text.sync.read_lines(pieces()))
        with pytest.raises(FileNotFoundError):
            list(rp_text.sync.read_lines(tmp_path / "none"))
        with pytest.raises(IsADirectoryError):
            rp_text.sync.read_text(tmp_path)
        with pytest.raises(ValueError, match="URLs are refused"):
            rp_text.sync.read_text("https://example.org/", urls=False)

    async def test_a_named_pipe_is_read_by_a_thread(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        found: list[str] = []

        async def read() -> None:
            found.extend([line async for line in rp_text.read_lines(pipe)])

        def write() -> None:
            with open(pipe, "wb", buffering=0) as file:
                file.writelines([b"a\nb", b"c\n", b"d"])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await anyio.to_thread.run_sync(write)
        assert found == ["a\n", "bc\n", "d"]

    def test_a_pipe_is_read_as_it_comes(self) -> None:
        reader, writer = os.pipe()

        def write() -> None:
            with open(writer, "wb") as file:
                file.writelines(b"%d\n" % number for number in range(1000))

        thread = threading.Thread(target=write)
        thread.start()
        with open(reader, "rb", buffering=0) as file:
            assert list(rp_text.sync.read_lines(file)) == [f"{n}\n" for n in range(1000)]
        thread.join()


class TestClosing:
    async def test_leaving_early_closes_the_file(
        self, tmp_path: Path, leaves_nothing: None
    ) -> None:
        file = tmp_path / "text"
        file.write_text("line\n" * 100_000)

        async with aclosing(rp_text.read_lines(file, batch_bytes=1000)) as lines:
            async for _ in lines:
                break

    async def test_cancelling_closes_the_file(self, tmp_path: Path, leaves_nothing: None) -> None:
        file = tmp_path / "text"
        file.write_text("line\n" * 100_000)

        with anyio.CancelScope() as scope:
            async for _ in rp_text.read_lines(file, batch_bytes=1000):
                scope.cancel()
        assert scope.cancelled_caught

    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_a_task_that_is_cancelled_closes_the_file(
        self, tmp_path: Path, leaves_nothing: None, anyio_backend: object
    ) -> None:
        file = tmp_path / "text"
        file.write_text("line\n" * 100_000)

        async def read() -> None:
            async with aclosing(rp_text.read_lines(file, batch_bytes=1000)) as lines:
                async for _ in lines:
                    await asyncio.sleep(0)

        task = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    def test_a_file_that_shrinks_or_vanishes_ends(self, tmp_path: Path) -> None:
        file = tmp_path / "text"
        file.write_text("line\n" * 200_000)

        lines = rp_text.sync.read_lines(file)
        assert next(lines) == "line\n"
        os.truncate(file, 10)
        file.unlink()
        assert set(lines) <= {"line\n", *("line"[:end] for end in range(5))}


def test_bad_arguments_are_refused_at_once() -> None:
    wrong: list[dict[str, Any]] = [
        {"batch_bytes": 0}, {"max_line": 0}, {"max_line": -1},
    ]  # fmt: skip
    for options in wrong:
        with pytest.raises(ValueError, match="at least 1"):
            rp_text.sync.read_lines(b"", **options)
    with pytest.raises(TypeError):
        rp_text.sync.read_line_batches(b"", max_line=1.5)  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        rp_text.sync.read_lines(b"", errors="nonsense")


@pytest.mark.parametrize(
    "name",
    ["rot13", "zlib", "idna", "punycode", "unicode_escape", "utf-7", "../os", "x" * 10_000, "a\0b",
     "", "os", "undefined", "utf-8\n"],
)  # fmt: skip
def test_hostile_names_of_encodings_are_refused(name: str) -> None:
    with pytest.raises(LookupError):
        rp_text.sync.read_text(b"abc", encoding=name)
    with pytest.raises(LookupError):
        rp_text.sync.read_lines(b"abc", encoding=name)
    with pytest.raises(LookupError):
        rp_text.sync.write_text("/tmp/never", "abc", encoding=name)
