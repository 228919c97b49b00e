"""Question 5: are many files coloured on all CPUs?"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import cpu, wall
from _common import cores, milliseconds
from _text_data import write_code
from _text_highlight import by_pygments, plain_of
from _text_turns import OURS, Table, ask, timed
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _text_turns import Found

FILES: Final = 40
AT_ONCE: Final = f"{OURS}.sync.highlight_many"
ONE_BY_ONE: Final = f"{OURS}.sync.highlight_file, one by one"
SECONDS: Final = 16


def at_once(paths: Sequence[str], backend: Any = None) -> list[str]:
    """Colour by ours."""
    import rp_text.sync

    return rp_text.sync.highlight_many(paths, backend=backend)


def one_by_one(paths: Sequence[str], backend: Any = None) -> list[str]:
    """Colour by ours, in a loop."""
    import rp_text.sync

    return [rp_text.sync.highlight_file(path, backend=backend) for path in paths]


def colored(path: str) -> str:
    """Colour one file by pygments."""
    return by_pygments(Path(path).read_text(encoding="utf-8"), "terminal")


def by_processes(paths: Sequence[str]) -> list[str]:
    """Colour by pygments, in processes that are started for it."""
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(colored, paths))


def by_threads(paths: Sequence[str]) -> list[str]:
    """Colour by pygments, in threads."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(colored, paths))


def _limit(found: Found) -> str:
    spent = milliseconds(cpu(found[ONE_BY_ONE]) / cores())
    return f"the CPU time of one by one on {cores()} CPUs: {spent} ms, {cores()} times as fast."


def ask_many(folder: Path, repeats: int) -> None:
    """Measure, and print the table."""
    paths = write_code(folder / "many", FILES)
    texts = [Path(path).read_text(encoding="utf-8").strip("\n") for path in paths]

    def right(shown: list[str]) -> None:
        check([plain_of(one, "terminal").strip("\n") for one in shown], texts)

    trees = "treesitter"
    measured = partial(timed, check=right)
    ways = {
        AT_ONCE: measured(at_once, paths),
        ONE_BY_ONE: measured(one_by_one, paths),
        f"{AT_ONCE}, {trees}": measured(at_once, paths, trees),
        f"{ONE_BY_ONE}, {trees}": measured(one_by_one, paths, trees),
        f"pygments, {cores()} processes (spawn)": measured(by_processes, paths),
        f"pygments, {cores()} threads": measured(by_threads, paths),
    }
    bars = (Bar(AT_ONCE, wall, 1 / 1.6, (ONE_BY_ONE,), as_speed=True),)
    title = f"5. Colour {FILES} files of {len(texts[0].splitlines())} lines"
    ask(Table(title, ways, bars, _limit, seconds=SECONDS), repeats)
