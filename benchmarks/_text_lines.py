"""Question 1: what does a line cost, against a plain loop over a file?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _text_data import LINES, write_lines
from _text_turns import (
    OURS,
    Table,
    ask,
    nano,
    on_asyncio,
    on_trio,
    on_uvloop,
    timed,
    timed_on,
)
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _text_turns import Found, Measure, Work

FIRST: Final = 5000
SECONDS: Final = 8
PLAIN: Final = "for line in open(path)"
SPLIT: Final = f"{LIMIT}read().splitlines(True)"
READ: Final = f"{LIMIT}bytes are read"
LOOPS: Final[dict[str, Callable[[Work], Any]]] = {
    "asyncio": on_asyncio,
    "Trio": on_trio,
    "uvloop": on_uvloop,
}
BARS: Final = tuple(
    Bar(f"{OURS}.{name}, {loop}", wall, most, (PLAIN,))
    for name, most in (("read_lines", 2.5), ("read_line_batches", 1.4))
    for loop in ("asyncio", "Trio")
)


async def one_by_one(path: str) -> str:
    """Go through the lines of a file by ours; return the last one."""
    import rp_text

    async for line in rp_text.read_lines(path):
        last = line
    return last


async def in_lists(path: str) -> str:
    """Go through lists of lines by ours, and through each."""
    import rp_text

    async for lines in rp_text.read_line_batches(path):
        for line in lines:
            last = line
    return last


def plainly(path: str) -> str:
    """Go through the lines of a file by ours, without a loop of events."""
    import rp_text.sync

    for line in rp_text.sync.read_lines(path):
        last = line
    return last


def plainly_in_lists(path: str) -> str:
    """Go through lists of lines by ours, without a loop of events."""
    import rp_text.sync

    for lines in rp_text.sync.read_line_batches(path):
        for line in lines:
            last = line
    return last


def by_open(path: str) -> str:
    """Go through a file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            last = line
    return last


async def by_aiofiles(path: str) -> str:
    """Go through a file by aiofiles."""
    import aiofiles

    async with aiofiles.open(path, encoding="utf-8") as file:
        async for line in file:
            last: str = line
    return last


async def by_anyio(path: str) -> str:
    """Go through a file by anyio."""
    import anyio

    async with await anyio.open_file(path, encoding="utf-8") as file:
        async for line in file:
            last = line
    return last


def split(path: str) -> str:
    """Read a file whole, and make all lines at once."""
    with open(path, encoding="utf-8", newline="") as file:
        return file.read().splitlines(keepends=True)[-1]


def read(path: str) -> None:
    """Read the bytes of a file, piece by piece, into the same memory."""
    piece = bytearray(1 << 16)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(piece):
            pass


def ours(path: str, last: str) -> dict[str, Measure]:
    """Return our ways through a file."""
    right = partial(check, last)
    found: dict[str, Measure] = {}
    for name, work in (("read_lines", one_by_one), ("read_line_batches", in_lists)):
        for loop, run in LOOPS.items():
            found[f"{OURS}.{name}, {loop}"] = timed_on(run, work, path, check=right, per=LINES)
    found[f"{OURS}.sync.read_lines"] = timed(plainly, path, check=right, per=LINES)
    found[f"{OURS}.sync.read_line_batches"] = timed(plainly_in_lists, path, check=right, per=LINES)
    found[PLAIN] = timed(by_open, path, check=right, per=LINES)
    return found


def ways(folder: Path) -> dict[str, Measure]:
    """Return all ways; those that take long read the first lines only."""
    path, few = str(write_lines(folder)), str(write_lines(folder, FIRST))
    right = partial(check, by_open(few))
    found = ours(path, by_open(path))
    for loop in ("asyncio", "uvloop"):
        name = f"aiofiles, {loop}, first {FIRST} lines"
        found[name] = timed_on(LOOPS[loop], by_aiofiles, few, check=right, per=FIRST)
    for loop in ("asyncio", "Trio"):
        name = f"anyio.open_file, {loop}, first {FIRST} lines"
        found[name] = timed_on(LOOPS[loop], by_anyio, few, check=right, per=FIRST)
    found[SPLIT] = timed(split, path, check=partial(check, by_open(path)), per=LINES)
    found[READ] = timed(read, path, per=LINES)
    return found


def _limit(found: Found) -> str:
    reading, splitting = (nano(wall(found[name])) for name in (READ, SPLIT))
    return (
        f"to read the bytes, {reading} ns a line, and to make a str of each; made all at once, in "
        f"the memory of all, that is {splitting} ns."
    )


def ask_lines(folder: Path, repeats: int) -> None:
    """Measure, and print the tables."""
    all_ways = ways(folder)
    size = write_lines(folder).stat().st_size / 1e6
    title = f"1. Read {LINES} lines, {size:.1f} MB of ASCII; of one line"
    ask(Table(title, all_ways, BARS, _limit, "ns", nano, seconds=SECONDS), repeats)
    path = str(write_lines(folder, plain=False))
    mixed = ours(path, by_open(path))
    mixed[READ] = timed(read, path, per=LINES)
    title = "1b. The same where one line in 50 is not ASCII"
    ask(Table(title, mixed, BARS[::2], lambda _: "as above.", "ns", nano), repeats)
