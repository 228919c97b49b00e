"""How the ways of one question about films are run in turns, and compared with the bars."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from _child import last_line
from _common import print_table, rounds
from _video_child import ways_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _video_work import Figures, Job, Way

    Figure = Callable[[Figures], float]
    Found = Mapping[str, Figures]

CHILD: Final = Path(__file__).with_name("_video_child.py")
MOST_SECONDS: Final = 300
OURS: Final = "rp_video"


def always(figures: Figures) -> bool:  # noqa: ARG001
    """Take everyone."""
    return True


def wall(figures: Figures) -> float:
    """Return the seconds for one frame."""
    return figures["wall"] / figures["done"]


def cpu(figures: Figures) -> float:
    """Return the CPU seconds for one frame, of all threads and of the programs that were run."""
    return figures["cpu"] / figures["done"]


@dataclass(frozen=True, slots=True)
class Bar:
    """What one of ours should reach.

    Attributes:
        ours: The row.
        figure: What is compared; less is better.
        most: What it may be, as a part of the least of the others, or of `unit` alone.
        of: The others; a name may be the beginning of several.
        among: Which of the others count.
        name: What is compared, in words.
        as_speed: Whether the bar is told as a speed: so many times as fast.
        by_difference: Whether the bar is a difference, and not a ratio.
    """

    ours: str
    figure: Figure
    most: float
    of: tuple[str, ...] = ()
    among: Callable[[Figures], bool] = always
    name: str = ""
    as_speed: bool = False
    by_difference: bool = False

    def judge(self, found: Found) -> str:
        """Say whether it is met."""
        value = self.figure(found[self.ours])
        prefix = f"{self.name} " if self.name else ""
        if not self.of:
            return f"{prefix}{value:.3g}, bar {self.most:.3g}: {verdict(value <= self.most)}"
        others = {
            name: self.figure(it)
            for name, it in found.items()
            if name.startswith(self.of) and name != self.ours and self.among(it)
        }
        if not others:
            return f"{prefix}bar not judged: none of {', '.join(self.of)}"
        best = min(others, key=lambda name: others[name])
        return prefix + self._compared(value, others[best], best)

    def _compared(self, value: float, other: float, best: str) -> str:
        if self.by_difference:
            text = f"{other - value:+.2f} to {best}, bar {-self.most:+.2g}"
            return f"{text}: {verdict(value - other <= self.most)}"
        ratio, bar = value / other, self.most
        if self.as_speed:
            ratio, bar = 1 / ratio, 1 / bar
            return f"{ratio:.2f} times as fast as {best}, bar {bar:.3g}: {verdict(ratio >= bar)}"
        return f"{ratio:.2f} of {best}, bar {bar:.3g}: {verdict(ratio <= bar)}"


def verdict(is_met: object) -> str:
    """Say it."""
    return "met" if is_met else "MISSED"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table, and how it is written."""

    head: str
    write: Callable[[Figures], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One table.

    Attributes:
        title: What is asked.
        ways: The module of the ways, and their name in it.
        figure: By what ours and the peers are compared in the column of the ratio; less is better.
        columns: The others.
        bars: What should be reached.
        aside: Rows that are no peers.
        among: Which peers count.
        baseline: Beginning of the name of what all are compared with; empty: the best peer.
    """

    title: str
    ways: str
    figure: Figure
    columns: tuple[Column, ...]
    bars: tuple[Bar, ...]
    aside: tuple[str, ...] = ()
    among: Callable[[Figures], bool] = always
    baseline: str = ""


def ask(question: Question, job: Job, repeats: int, apart: str) -> None:
    """Measure all ways that are installed, in turns, and print the table."""
    ways = {
        name: way
        for name, way in ways_of(question.ways).items()
        if not _is_left_out(question, name, way.missing(apart))
    }
    samples: dict[str, list[Figures]] = {name: [] for name in ways}
    broken: set[str] = set()
    for name in rounds(list(ways), repeats):
        way = ways[name]
        if name in broken or len(samples[name]) >= (way.rounds or repeats):
            continue
        try:
            samples[name].append(run_child(question.ways, name, way, job, apart))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            broken.add(name)
            print(f"{name} is left out of “{question.title}”: {error}", flush=True)
    found = {name: _medians(taken) for name, taken in samples.items() if name not in broken}
    if found:
        _print(question, found, repeats, {name: len(taken) for name, taken in samples.items()})


def _medians(taken: Sequence[Figures]) -> Figures:
    return {key: median(figures[key] for figures in taken) for key in taken[0]}


def _is_left_out(question: Question, name: str, missing: Sequence[str]) -> bool:
    if missing:
        needs = ", ".join(missing)
        print(f"{name} is left out of “{question.title}”: not installed: {needs}", flush=True)
    return bool(missing)


def run_child(table: str, name: str, way: Way, job: Job, apart: str) -> Figures:
    """Do a job in a process and in a folder of its own, which is deleted.

    Raises:
        RuntimeError: It fails; the last line that it wrote.
        subprocess.TimeoutExpired: It takes too long.
    """
    with tempfile.TemporaryDirectory(dir=job.folder) as own:
        given = json.dumps(asdict(replace(job, folder=own)))
        line = last_line(
            [str(CHILD), table, name, given],
            folder=own,
            seconds=MOST_SECONDS,
            python=apart if way.is_apart else sys.executable,
        )
    figures: Figures = json.loads(line)
    return figures


def _print(question: Question, found: Found, repeats: int, taken: Mapping[str, int]) -> None:
    figure, aside = question.figure, question.aside
    peers = {
        name: figure(it)
        for name, it in found.items()
        if (name.startswith(question.baseline) if question.baseline else not name.startswith(OURS))
        and name not in aside
        and question.among(it)
    }
    best = min(peers.values(), default=0)
    rows = []
    for name, figures in found.items():
        own = figure(figures)
        ratio = f"{best / own:.2f}" if best and own else "-"
        verdicts = [bar.judge(found) for bar in question.bars if bar.ours == name]
        shown = name if taken[name] == repeats else f"{name} ({taken[name]} of {repeats} rounds)"
        written = [column.write(figures) for column in question.columns]
        rows.append([shown, *written, ratio, "; ".join(verdicts)])
    heads = [column.head for column in question.columns]
    ratio_head = f"{question.baseline or 'best peer'} / it"
    title = f"{question.title}; median of {repeats}"
    print_table(title, ["way", *heads, ratio_head, "bar"], rows)
