"""Question 7, second part: JSON lines."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_data import records
from _text_turns import OURS, Table, ask, on_asyncio, timed, timed_on
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from _text_turns import Found, Measure

COUNT: Final = 20_000
MOST: Final = 1.1
LINES: Final = f"{LIMIT}for line in open(path, 'rb')"
COPY: Final = f"{LIMIT}the bytes are written"
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_by_us(path: str, backend: Any = None) -> Any:
    """Read by ours."""
    import rp_text.sync

    for value in rp_text.sync.iter_json_lines(path, backend=backend):
        last = value
    return last


async def read_by_us_async(path: str, backend: Any = None) -> Any:
    """Read by ours, asynchronously."""
    import rp_text

    async for value in rp_text.iter_json_lines(path, backend=backend):
        last = value
    return last


def read_by_json(path: str) -> Any:
    """Read line by line by the standard library."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            last = json.loads(line)
    return last


def read_by_orjson(path: str) -> Any:
    """Read line by line by orjson."""
    import orjson

    with open(path, "rb") as file:
        for line in file:
            last = orjson.loads(line)
    return last


def read_lines(path: str) -> bytes:
    """Read lines."""
    with open(path, "rb") as file:
        for line in file:
            last = line
    return last


def write_by_us(path: str, values: list[Any], backend: Any = None) -> None:
    """Write by ours."""
    import rp_text.sync

    rp_text.sync.write_json_lines(path, values, backend=backend)


async def write_by_us_async(path: str, values: list[Any], backend: Any = None) -> None:
    """Write by ours, asynchronously."""
    import rp_text

    await rp_text.write_json_lines(path, values, backend=backend)


def write_by_json(path: str, values: list[Any]) -> None:
    """Write line by line by the standard library, with an encoder that is kept."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(_encode(value) + "\n" for value in values)


def write_by_orjson(path: str, values: list[Any]) -> None:
    """Write line by line by orjson."""
    import orjson

    with open(path, "wb") as file:
        file.writelines(orjson.dumps(value) + b"\n" for value in values)


def write_bytes(path: str, data: bytes) -> None:
    """Write bytes."""
    Path(path).write_bytes(data)


def reading(path: str, values: list[Any]) -> dict[str, Measure]:
    """Return the ways to read."""
    right = partial(check, values[-1])
    on_loop = partial(timed_on, on_asyncio, read_by_us_async, path)
    return {
        f"{OURS}.sync.iter_json_lines": timed(read_by_us, path, check=right),
        f"{OURS}.iter_json_lines, asyncio": on_loop(check=right),
        f"{OURS}.sync.iter_json_lines, orjson": timed(read_by_us, path, "orjson", check=right),
        f"{OURS}.iter_json_lines, orjson, asyncio": on_loop("orjson", check=right),
        "json.loads of each line": timed(read_by_json, path, check=right),
        "orjson.loads of each line": timed(read_by_orjson, path, check=right),
        LINES: timed(read_lines, path),
    }


def writing(path: str, values: list[Any]) -> dict[str, Measure]:
    """Return the ways to write."""
    expected = Path(path).read_bytes()

    def right(_: object) -> None:
        check(Path(path).read_bytes(), expected)

    on_loop = partial(timed_on, on_asyncio, write_by_us_async, path, values)
    ours = partial(timed, write_by_us, path, values)
    return {
        f"{OURS}.sync.write_json_lines": ours(check=right),
        f"{OURS}.write_json_lines, asyncio": on_loop(check=right),
        f"{OURS}.sync.write_json_lines, orjson": ours("orjson", check=right),
        f"{OURS}.write_json_lines, orjson, asyncio": on_loop("orjson", check=right),
        "json's encode of each line": timed(write_by_json, path, values, check=right),
        "orjson.dumps of each line": timed(write_by_orjson, path, values, check=right),
        COPY: timed(write_bytes, path, expected),
    }


def ask_lines(folder: Path, repeats: int) -> None:
    """Measure, and print the tables."""
    path, values = str(folder / "values.jsonl"), records(COUNT)
    write_by_json(path, values)
    size = Path(path).stat().st_size / 1e6
    acts = (
        ("Read", "iter_json_lines", reading, "json.loads of each line", LINES),
        ("Write", "write_json_lines", writing, "json's encode of each line", COPY),
    )
    for verb, name, ways, peer, limit in acts:
        fast = "orjson.loads" if verb == "Read" else "orjson.dumps"
        bars = (
            Bar(f"{OURS}.sync.{name}", wall, MOST, (peer,)),
            Bar(f"{OURS}.sync.{name}, orjson", wall, MOST, (f"{fast} of each line",)),
        )
        title = f"7c. {verb} {COUNT} JSON lines, {size:.1f} MB"
        ask(Table(title, ways(path, values), bars, partial(_limit, limit)), repeats)


def _limit(name: str, found: Found) -> str:
    bare = milliseconds(wall(found[name]))
    return f"the row of orjson, for what is known; {name.removeprefix(LIMIT)}: {bare} ms."
