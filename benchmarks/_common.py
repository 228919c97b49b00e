"""What the benchmarks share: options, interleaved timing, tables."""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MILLI: Final = 1e3


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    quick: bool
    repeats: int
    only: str = ""


def read_options(
    description: str, *, repeats: int, quick_repeats: int, tables: Sequence[str] = ()
) -> Options:
    """Read the command line: `--quick` for a small run, `--repeats N`, `--only TABLE`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller data")
    parser.add_argument("--repeats", type=int, help=f"rounds; default {repeats}")
    if tables:
        parser.add_argument("--only", choices=tables, default="", help="one table; default: all")
    given = parser.parse_args()
    rounds = given.repeats or (quick_repeats if given.quick else repeats)
    return Options(quick=given.quick, repeats=rounds, only=getattr(given, "only", ""))


class Sample(NamedTuple):
    """Seconds that one call took, and seconds of all threads of this process meanwhile."""

    wall: float
    cpu: float


def rounds(names: Sequence[str], repeats: int) -> Iterator[str]:
    """Yield every name once a round, in an order that is rotated from round to round.

    The order is a zigzag (Williams' square), so that each name follows every other one about
    equally often: what one leaves behind in memory and caches is then nobody's alone to bear.
    """
    count = len(names)
    zigzag = [(step + 1) // 2 if step % 2 else -(step // 2) for step in range(count)]
    for number in range(repeats):
        turn = [names[(step + number) % count] for step in zigzag]
        yield from reversed(turn) if count % 2 and number % 2 else turn


def time_call(call: Callable[[], object]) -> Sample:
    """Time one call, from returned memory; its result is freed afterwards, untimed."""
    gc.collect()
    return_memory()
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    sample = Sample(time.perf_counter() - wall, time.process_time() - cpu)
    del result
    return sample


def return_memory() -> None:
    """Give freed memory back to the system, so that every call has to get its pages afresh.

    Otherwise the heaps that one contender leaves behind decide how many page faults the next one
    has, and for images that is up to a third of the time. Does nothing without glibc.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def interleave(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Sample]:
    """Time every call `repeats` times in turns, after one warm-up; return the medians."""
    for call in calls.values():
        call()
    samples: dict[str, list[Sample]] = {name: [] for name in calls}
    for name in rounds(list(calls), repeats):
        samples[name].append(time_call(calls[name]))
    return {name: medians(taken) for name, taken in samples.items()}


def medians(samples: Sequence[Sample]) -> Sample:
    """Return the median of each column."""
    return Sample(*(median(column) for column in zip(*samples, strict=True)))


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown, the columns aligned: the first to the left."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    print(f"\n{title}\n")
    for row in (head, rule, *rows):
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print(f"| {' | '.join((first, *rest))} |", flush=True)


def milliseconds(seconds: float) -> str:
    """Write a time with three or four digits that matter."""
    value = seconds * MILLI
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def cores() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_machine(*distributions: str) -> str:
    """Say on what the figures were measured, with the versions of these distributions."""
    machine = f"{platform.system()} {platform.machine()}, {cores()} cores"
    found = (f"{name} {_version(name)}" for name in distributions if _version(name))
    return ", ".join((f"Python {platform.python_version()}", machine, *found))


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
