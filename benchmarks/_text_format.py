"""Question 3: is code formatted as fast as by the formatter that does it?"""

from __future__ import annotations

import subprocess
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_data import code, write_code
from _text_turns import OURS, Table, ask, on_asyncio, timed, timed_on
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from _text_turns import Found

FILES: Final = 50
# One start of a program says little.
TIMES: Final = 3
RUFF: Final = "ruff format --isolated -"
BLACK: Final = "black.format_str"
TOGETHER: Final = "ruff format --isolated --no-cache folder"
START: Final = f"{LIMIT}ruff --version"
COPY: Final = f"{LIMIT}files are read and written"


@cache
def ruff() -> str:
    """Return the path of ruff."""
    from ruff import find_ruff_bin

    found: str = find_ruff_bin()
    return found


def by_us(text: str, backend: Any = None) -> str:
    """Format by ours."""
    import rp_text.sync

    return rp_text.sync.format_code(text, "python", backend=backend).text


async def by_us_async(text: str, backend: Any = None) -> str:
    """Format by ours, asynchronously."""
    import rp_text

    return (await rp_text.format_code(text, "python", backend=backend)).text


def by_ruff(text: str) -> str:
    """Run ruff."""
    command = [ruff(), "format", "--isolated", "-"]
    return subprocess.run(
        command, input=text.encode(), check=True, capture_output=True
    ).stdout.decode()


def start_ruff() -> None:
    """Run ruff, to do nothing."""
    subprocess.run([ruff(), "--version"], check=True, capture_output=True)


def by_black(text: str) -> str:
    """Format by black, unchecked."""
    import black

    return black.format_str(text, mode=black.Mode())


def by_black_checked(text: str) -> str:
    """Format by black, which then compares syntax trees, and formats again."""
    import black

    return black.format_file_contents(text, fast=False, mode=black.Mode())


def ask_ruff(repeats: int) -> None:
    """Ask for one text, by ruff."""
    text = code()
    right = partial(check, by_ruff(text))
    name = f"{OURS}.sync.format_code"
    ways = {
        name: timed(by_us, text, check=right, times=TIMES),
        f"{OURS}.format_code, asyncio": timed_on(
            on_asyncio, by_us_async, text, check=right, times=TIMES
        ),
        RUFF: timed(by_ruff, text, check=right, times=TIMES),
        START: timed(start_ruff, times=TIMES),
    }
    bars = (Bar(name, wall, 1.2, (RUFF,)), Bar(f"{OURS}.format_code, asyncio", wall, 1.2, (RUFF,)))
    title = f"3. Format {len(text.splitlines())} lines of Python by ruff"
    ask(Table(title, ways, bars, _start_limit), repeats)


def _start_limit(found: Found) -> str:
    return f"a program is started, {milliseconds(wall(found[START]))} ms, and formats."


def ask_black(repeats: int) -> None:
    """Ask for one text, by black."""
    text = code()
    right = partial(check, by_black(text))
    name = f"{OURS}.sync.format_code, black"
    ways = {
        name: timed(by_us, text, "black", check=right),
        f"{OURS}.format_code, black, asyncio": timed_on(
            on_asyncio, by_us_async, text, "black", check=right
        ),
        BLACK: timed(by_black, text, check=right),
        "black.format_file_contents, fast=False": timed(by_black_checked, text, check=right),
    }
    title = f"3b. Format {len(text.splitlines())} lines of Python by black"
    limit = f"the arithmetic of black, which is the row of {BLACK}."
    ask(Table(title, ways, (), lambda _: limit), repeats)


def many_by_us(paths: list[str]) -> None:
    """Format files by ours."""
    import rp_text.sync

    rp_text.sync.format_many(paths)


async def many_by_us_async(paths: list[str]) -> None:
    """Format files by ours, asynchronously."""
    import rp_text

    await rp_text.format_many(paths)


def many_by_ruff(paths: list[str]) -> None:
    """Run ruff on a folder."""
    command = [ruff(), "format", "--isolated", "--no-cache", str(Path(paths[0]).parent)]
    subprocess.run(command, check=True, capture_output=True)


def one_by_one(paths: list[str]) -> None:
    """Format files by ours, in a loop."""
    import rp_text.sync

    for path in paths:
        rp_text.sync.format_file(path)


def copy(paths: list[str]) -> None:
    """Read files, and write them."""
    for path in map(Path, paths):
        path.write_bytes(path.read_bytes())


def ask_many(folder: Path, repeats: int) -> None:
    """Ask for many files, which are written anew before each run."""
    folder /= "code"
    paths = write_code(folder, FILES)
    many_by_ruff(paths)
    texts = [Path(path).read_text(encoding="utf-8") for path in paths]

    def afresh() -> None:
        write_code(folder, FILES)

    def right(_: object) -> None:
        check([Path(path).read_text(encoding="utf-8") for path in paths], texts)

    name, name_async = f"{OURS}.sync.format_many", f"{OURS}.format_many, asyncio"
    ways = {
        name: timed(many_by_us, paths, before=afresh, check=right),
        name_async: timed_on(on_asyncio, many_by_us_async, paths, before=afresh, check=right),
        f"{OURS}.sync.format_file, one by one": timed(
            one_by_one, paths, before=afresh, check=right
        ),
        TOGETHER: timed(many_by_ruff, paths, before=afresh, check=right),
        COPY: timed(copy, paths, before=afresh),
    }
    bars = (Bar(name, wall, 1.5, (TOGETHER,)), Bar(name_async, wall, 1.5, (TOGETHER,)))
    title = f"3c. Format {FILES} files of {len(texts[0].splitlines())} lines, in place"
    ask(Table(title, ways, bars, _copy_limit), repeats)


def _copy_limit(found: Found) -> str:
    copied = milliseconds(wall(found[COPY]))
    return f"the work of ruff, and files are read and written, {copied} ms on one CPU."


def ask_format(folder: Path, repeats: int) -> None:
    """Measure, and print the tables."""
    ask_ruff(repeats)
    ask_black(repeats)
    ask_many(folder, repeats)
