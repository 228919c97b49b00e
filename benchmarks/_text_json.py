"""Question 7: is JSON written and read as fast as by the library that does it?"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_data import records
from _text_json_lines import ask_lines
from _text_turns import OURS, Table, ask, micro, on_asyncio, timed, timed_on
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _text_turns import Found, Measure

LARGE: Final = 9500
SMALL: Final = 3
TIMES: Final = 2000
MOST: Final = 1.1
COPY: Final = f"{LIMIT}the bytes are copied"
# Those of the standard library that make the same of a value as ours.
SAME: Final[dict[str, Any]] = {"ensure_ascii": False, "separators": (",", ":")}


def by_json(value: object) -> bytes:
    """Write by the standard library."""
    return json.dumps(value, **SAME).encode()


def copy(data: bytes) -> bytearray:
    """Copy bytes."""
    return bytearray(data)


def dumping(value: object, times: int) -> dict[str, Measure]:
    """Return the ways to write."""
    import orjson

    import rp_text
    from rp_text.sync import dump_json

    right = partial(check, by_json(value))
    ours = timed_on(on_asyncio, rp_text.dump_json, value, check=right, times=min(times, 300))
    return {
        f"{OURS}.sync.dump_json": timed(dump_json, value, check=right, times=times),
        f"{OURS}.dump_json, asyncio": ours,
        f"{OURS}.sync.dump_json, orjson": timed(
            partial(dump_json, backend="orjson"), value, check=right, times=times
        ),
        "json.dumps, encode": timed(by_json, value, check=right, times=times),
        "orjson.dumps": timed(orjson.dumps, value, check=right, times=times),
        COPY: timed(copy, by_json(value), times=times),
    }


def loading(value: object, times: int) -> dict[str, Measure]:
    """Return the ways to read."""
    import orjson

    import rp_text
    from rp_text.sync import load_json

    data, right = by_json(value), partial(check, value)
    ours = timed_on(on_asyncio, rp_text.load_json, data, check=right, times=min(times, 300))
    return {
        f"{OURS}.sync.load_json": timed(load_json, data, check=right, times=times),
        f"{OURS}.load_json, asyncio": ours,
        f"{OURS}.sync.load_json, orjson": timed(
            partial(load_json, backend="orjson"), data, check=right, times=times
        ),
        "json.loads": timed(json.loads, data, check=right, times=times),
        "orjson.loads": timed(orjson.loads, data, check=right, times=times),
        COPY: timed(copy, data, times=times),
    }


ACTS: Final[tuple[tuple[str, str, Callable[[object, int], dict[str, Measure]], str], ...]] = (
    ("Write", "dump_json", dumping, "json.dumps, encode"),
    ("Read", "load_json", loading, "json.loads"),
)


def ask_json(folder: Path, repeats: int) -> None:
    """Measure, and print the tables."""
    for number, count, times in (("7", LARGE, 1), ("7b", SMALL, TIMES)):
        value = {"records": records(count), "größe": count}
        size = len(by_json(value))
        told = f"{size / 1e6:.1f} MB" if size > 1e6 else f"{size} bytes"
        for verb, name, ways, peer in ACTS:
            bars = (
                Bar(f"{OURS}.sync.{name}", wall, MOST, (peer,)),
                Bar(f"{OURS}.sync.{name}, orjson", wall, MOST, (f"or{peer.partition(',')[0]}",)),
            )
            unit, write = ("ms", milliseconds) if times == 1 else ("µs", micro)
            limit = partial(_limit, unit, write)
            title = f"{number}. {verb} JSON, {told}"
            ask(Table(title, ways(value, times), bars, limit, unit, write), repeats)
    ask_lines(folder, repeats)


def _limit(unit: str, write: Callable[[float], str], found: Found) -> str:
    copied = write(wall(found[COPY]))
    return f"the row of orjson, for what is known; to copy the bytes takes {copied} {unit}."
