"""What the benchmark of text reads: lines, code, documents of JSON: the same in every run."""

from __future__ import annotations

import argparse
import ast
import inspect
import random
from functools import cache
from pathlib import Path
from typing import Any, Final

LINES: Final = 200_000
CODE_LINES: Final = 1000
_WORDS: Final = ("time", "river", "lamp", "window", "letter", "drawer", "bridge", "harbour", "rain")
_NAMES: Final = ("Åsa Öberg", "Zoë Müller", "山田 花子", "Олег Петров", "Renée 🙂", "Ana Núñez")


def write_lines(folder: Path, count: int = LINES, *, plain: bool = True) -> Path:
    """Write a file of lines of 30 to 100 characters; one in 50 is not ASCII, unless all are."""
    random_ = random.Random(7)
    text = " ".join(random_.choices(_WORDS, k=4000))
    path = folder / f"lines-{count}-{'plain' if plain else 'mixed'}.txt"
    with path.open("w", encoding="utf-8", newline="") as file:
        for number in range(count):
            start, length = random_.randrange(20_000), random_.randrange(29, 100)
            line = text[start : start + length]
            file.write(line if plain or number % 50 else line[:-3] + "é→∞")
            file.write("\n")
    return path


@cache
def code() -> str:
    """Return the first 1000 lines of argparse, up to where a statement ends."""
    source = inspect.getsource(argparse)
    ends = [node.end_lineno or 0 for node in ast.parse(source).body]
    last = max(end for end in ends if end <= CODE_LINES)
    return "".join(source.splitlines(keepends=True)[:last])


def write_code(folder: Path, count: int) -> list[str]:
    """Write files of that code, each different; return the paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"code_{number}.py"
        path.write_text(f"number   =  [ {number},{number} ]\n{code()}", encoding="utf-8")
        paths.append(str(path))
    return paths


def records(count: int) -> list[dict[str, Any]]:
    """Return dicts in dicts, with floats and strings that are not ASCII."""
    random_ = random.Random(11)
    return [_record(random_, number) for number in range(count)]


def _record(random_: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": random_.choice(_NAMES),
        "is_active": random_.random() < 0.5,
        "place": {
            "position": [random_.uniform(-180, 180), random_.uniform(-90, 90)],
            "city": {"name": random_.choice(("Malmö", "Kraków", "東京")), "height": None},
        },
        "tags": random_.choices(_WORDS, k=3),
        "scores": {word: round(random_.gauss(0, 100), 3) for word in _WORDS[:4]},
        "note": " ".join(random_.choices(_WORDS, k=8)),
    }
