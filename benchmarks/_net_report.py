"""How the ways of one table are run in turns, compared with each other and with the bars."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from _child import last_line
from _common import print_table, rounds
from _net_child import ways_of
from _net_work import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _net_work import Job

CHILD: Final = Path(__file__).with_name("_net_child.py")
MOST_SECONDS: Final = 240
OURS: Final = "rp_net"


@dataclass(frozen=True, slots=True)
class Bar:
    """One of ours does, in a second, at least `least` times what the best of these does."""

    ours: str
    least: float
    of: tuple[str, ...]

    def judge(self, found: Mapping[str, Measured]) -> str:
        """Say whether it is met, where both were measured."""
        others = [rate(found[name]) for name in self.of if name in found]
        if not others:
            return f"no {' nor '.join(self.of)}: bar {self.least} not judged"
        ratio = rate(found[self.ours]) / max(others)
        verdict = "met" if ratio >= self.least else "MISSED"
        return f"{ratio:.2f} of {' and '.join(self.of)}, bar {self.least}: {verdict}"


@dataclass(frozen=True, slots=True)
class Cap:
    """A figure of one of ours is at most this."""

    ours: str
    most: float
    unit: str
    figure: Callable[[Measured], float]

    def judge(self, found: Mapping[str, Measured]) -> str:
        """Say whether it is met."""
        value = self.figure(found[self.ours])
        verdict = "met" if value <= self.most else "MISSED"
        return f"{value:.3g} {self.unit}, bar {self.most}: {verdict}"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table, and how it is written."""

    head: str
    write: Callable[[Measured], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One table."""

    title: str
    ways: str
    columns: tuple[Column, ...]
    bars: tuple[Bar | Cap, ...]


def rate(measured: Measured) -> float:
    """Return how much was done in a second."""
    return measured.done / measured.wall


def ask(question: Question, job: Job, repeats: int, folder: Path) -> None:
    """Measure all ways that are installed, in turns, and print the table."""
    ways = {
        name: way
        for name, way in ways_of(question.ways).items()
        if not _is_left_out(question, name, way.missing())
    }
    samples: dict[str, list[Measured]] = {name: [] for name in ways}
    broken: set[str] = set()
    for name in rounds(list(ways), repeats):
        if name in broken:
            continue
        try:
            samples[name].append(run_child(question.ways, name, job, folder))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            broken.add(name)
            print(f"{name} is left out of “{question.title}”: {error}")
    found = {
        name: Measured(*map(median, zip(*taken, strict=True)))
        for name, taken in samples.items()
        if name not in broken
    }
    if found:
        _print(question, found, repeats)


def _is_left_out(question: Question, name: str, missing: Sequence[str]) -> bool:
    if missing:
        needs = ", ".join(need.rstrip("/") for need in missing)
        print(f"{name} is left out of “{question.title}”: {needs} not installed")
    return bool(missing)


def run_child(table: str, way: str, job: Job, folder: Path) -> Measured:
    """Do a job in a process and in a folder of its own, which is deleted.

    Raises:
        RuntimeError: It fails; the last line that it wrote.
        subprocess.TimeoutExpired: It takes too long.
    """
    with tempfile.TemporaryDirectory(dir=folder) as own:
        given = json.dumps(asdict(replace(job, folder=own)))
        line = last_line(
            [str(CHILD), table, way, given],
            folder=own,
            seconds=MOST_SECONDS,
            environment={"NO_PROXY": "*"},
        )
    return Measured(*json.loads(line))


def _print(question: Question, found: Mapping[str, Measured], repeats: int) -> None:
    best = max((rate(it) for name, it in found.items() if not name.startswith(OURS)), default=0)
    rows = []
    for name, measured in found.items():
        figures = [column.write(measured) for column in question.columns]
        ratio = f"{rate(measured) / best:.2f}" if best else "-"
        verdicts = [bar.judge(found) for bar in question.bars if bar.ours == name]
        rows.append([name, *figures, ratio, "; ".join(verdicts)])
    heads = [column.head for column in question.columns]
    title = f"{question.title}; median of {repeats}"
    print_table(title, ["way", *heads, "it / best peer", "it / the peer of the bar"], rows)
