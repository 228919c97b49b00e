"""Question 2: what does a line without an end cost in memory?"""

from __future__ import annotations

import asyncio
import json
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import medians
from _child import last_line
from _common import print_table, rounds
from _net_work import peak_memory
from _text_turns import OURS, is_peer, on_asyncio, on_trio
from _video_report import verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from _video_work import Figures

LONG: Final = 300_000_000
MAX_LINE: Final = 1 << 24
MOST: Final = 3
MEGA: Final = 1e6
PIECE: Final = 1 << 18
ROUNDS: Final = 3
MOST_SECONDS: Final = 120
CHILD: Final = Path(__file__).with_name("_text_child.py")


def plainly(path: str) -> None:
    """Read by ours."""
    import rp_text.sync

    for _ in rp_text.sync.read_lines(path, max_line=MAX_LINE):
        pass


def plainly_in_lists(path: str) -> None:
    """Read in lists by ours."""
    import rp_text.sync

    for _ in rp_text.sync.read_line_batches(path, max_line=MAX_LINE):
        pass


async def one_by_one(path: str) -> None:
    """Read by ours, asynchronously."""
    import rp_text

    async for _ in rp_text.read_lines(path, max_line=MAX_LINE):
        pass


async def in_lists(path: str) -> None:
    """Read in lists by ours, asynchronously."""
    import rp_text

    async for _ in rp_text.read_line_batches(path, max_line=MAX_LINE):
        pass


def by_open(path: str) -> None:
    """Read in lists of lines, as one does by hand."""
    with open(path, encoding="utf-8") as file:
        while file.readlines(PIECE):
            pass


async def _by_aiofiles(path: str) -> None:
    import aiofiles

    async with aiofiles.open(path, encoding="utf-8") as file:
        while await file.readline():
            pass


def _on_asyncio(path: str) -> None:
    asyncio.run(_by_aiofiles(path))


WAYS: Final[dict[str, Callable[[str], object]]] = {
    f"{OURS}.sync.read_lines": plainly,
    f"{OURS}.sync.read_line_batches": plainly_in_lists,
    f"{OURS}.read_lines, asyncio": lambda path: on_asyncio(partial(one_by_one, path)),
    f"{OURS}.read_lines, Trio": lambda path: on_trio(partial(one_by_one, path)),
    f"{OURS}.read_line_batches, asyncio": lambda path: on_asyncio(partial(in_lists, path)),
    "open(path).readlines(1 << 18)": by_open,
    "aiofiles, readline": _on_asyncio,
}


def peak_of(way: str, path: str) -> dict[str, Any]:
    """Read a file in one way, in this process; return the peak, and whether it was refused."""
    from rp_core import LimitExceededError

    refused = False
    try:
        WAYS[way](path)
    except LimitExceededError:
        refused = True
    return {"peak": peak_memory(), "refused": refused}


def _measured(way: str, path: Path) -> Figures:
    line = last_line([str(CHILD), way, str(path)], folder=str(path.parent), seconds=MOST_SECONDS)
    measured: Figures = json.loads(line)
    return measured


def ask_memory(folder: Path, repeats: int) -> None:
    """Measure, and print the table."""
    short, long = folder / "short.txt", folder / "long.txt"
    short.write_text("one line\nanother one\n", encoding="utf-8")
    with long.open("wb") as file:
        for _ in range(LONG // 1_000_000):
            file.write(b"x" * 1_000_000)
    repeats = min(repeats, ROUNDS)
    taken: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for way in rounds(list(WAYS), repeats):
        try:
            base, full = _measured(way, short), _measured(way, long)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"{way} fails in a round: {error}", flush=True)
            continue
        above = full["peak"] - base["peak"]
        taken[way].append({"base": base["peak"], "above": above, "refused": full["refused"]})
    _print({way: medians(figures) for way, figures in taken.items() if figures}, repeats)
    long.unlink()


def _print(found: dict[str, Figures], repeats: int) -> None:
    best = min((it["above"] for way, it in found.items() if is_peer(way)), default=0)
    rows = []
    for way, it in found.items():
        sizes = [f"{it[key] / MEGA:.1f}" for key in ("base", "above")]
        times = f"{it['above'] / MAX_LINE:.2f}"
        refused = "yes" if it["refused"] else "no"
        rows.append([way, *sizes, times, f"{best / it['above']:.1f}", refused, _judged(way, it)])
    heads = ["short file, MB", "above that, MB", "above / max_line", "best peer / it", "refused"]
    title = (
        f"2. One line of {LONG / MEGA:.0f} MB, max_line of {MAX_LINE / MEGA:.1f} MB: peak memory "
        f"of a fresh process; median of {repeats}"
    )
    print_table(title, ["way", *heads, "bar"], rows)
    print(
        f"\nBar: refused with LimitExceededError, and under {MOST} x max_line above a process that "
        "reads a short file.\nPhysical limit: the line as far as max_line, once.",
        flush=True,
    )


def _judged(way: str, figures: Figures) -> str:
    if is_peer(way):
        return ""
    is_met = bool(figures["refused"]) and figures["above"] < MOST * MAX_LINE
    return f"bar {MOST} x: {verdict(is_met)}"
