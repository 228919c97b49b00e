"""What does a hit in a cache cost, in memory and on disk?

Ours and the peers are called in one process, in turns; each figure is the median of the rounds. A
ratio is the time of the fastest peer by that of the row: above 1 is faster than every peer.
"""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import random
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import anyio.functools
import async_lru
import cachetools
import numpy as np
from _common import describe_machine, print_table, read_options, rounds

from rp_core import DiskStore, cached

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

CALLS: Final = 20_000
LOADS: Final = 100
PROCESSES: Final = 4
KEYS: Final = 50
LARGE: Final = 900_000
SMALL: Final = 20_000
MICRO: Final = 1e6
LIBRARIES: Final = ("rp-core", "cachetools", "async-lru", "anyio", "numpy", "xxhash")
PICTURE: Final = np.random.default_rng(1).integers(0, 255, (600, 500, 3), np.uint8)


def function(a: int, b: int = 1) -> int:
    """Stand for what is cached."""
    return a + b


def picture(a: int, b: int = 1) -> Any:  # noqa: ARG001
    """Stand for what gives an array."""
    return PICTURE


async def coroutine_function(a: int, b: int = 1) -> int:
    """Stand for what is cached, on a loop."""
    return a + b


def time_hits(fn: Callable[..., Any], calls: int) -> float:
    """Return the seconds of one hit."""
    fn(1, b=1)
    start = time.perf_counter()
    for _ in range(calls):
        fn(1, b=1)
    return (time.perf_counter() - start) / calls


async def time_awaited_hits(fn: Callable[..., Awaitable[Any]], calls: int) -> float:
    """Return the seconds of one hit, awaited."""
    await fn(1, b=1)
    start = time.perf_counter()
    for _ in range(calls):
        await fn(1, b=1)
    return (time.perf_counter() - start) / calls


def medians_of(contenders: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Measure every contender `repeats` times, in turns, after one warm-up."""
    for measure in contenders.values():
        measure()
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for name in rounds(list(contenders), repeats):
        seen[name].append(contenders[name]())
    return {name: median(values) for name, values in seen.items()}


def print_times(title: str, taken: Mapping[str, float], peers: tuple[str, ...], bar: str) -> None:
    """Print times with the ratio to the best peer."""
    best = min(taken[name] for name in peers)
    rows = [[name, f"{value * MICRO:.2f}", f"{best / value:.2f}"] for name, value in taken.items()]
    print_table(title, ["cache", "us", "best peer / it"], rows)
    print(f"\nBar: {bar}.")


def measure_plain(repeats: int, calls: int) -> None:
    """Hits of a plain function."""
    locked = cachetools.cached(cachetools.LRUCache(128), lock=threading.RLock())
    ours, view, copy = (
        "rp_core.cached",
        "rp_core.cached, array, readonly",
        "rp_core.cached, array, copy",
    )
    functions: dict[str, Callable[..., Any]] = {
        ours: cached(function),
        view: cached(copy="readonly")(picture),
        copy: cached(picture),
        "cachetools, LRU with lock": locked(function),
        "functools.lru_cache (no single flight)": functools.lru_cache(function),
    }
    contenders = {name: functools.partial(time_hits, fn, calls) for name, fn in functions.items()}
    contenders[copy] = functools.partial(time_hits, functions[copy], calls // 100)
    taken = medians_of(contenders, repeats)
    print_times(
        f"A hit of f(a, b=1), the array of {PICTURE.nbytes / 1000:.0f} KB; median of {repeats}",
        taken,
        ("cachetools, LRU with lock",),
        f"at most cachetools; the read-only array within 2 us of a plain hit: "
        f"{(taken[view] - taken[ours]) * MICRO:.2f} us more",
    )
    print(
        "Physical limit: building and hashing the key, about what functools.lru_cache takes in C."
    )


def measure_coroutines(repeats: int, calls: int) -> None:
    """Hits of a coroutine function."""

    async def measure(decorate: Callable[[Any], Any]) -> float:
        return await time_awaited_hits(decorate(coroutine_function), calls)

    decorators: dict[str, Callable[[Any], Any]] = {
        "rp_core.cached": cached,
        "async_lru": async_lru.alru_cache,
        "anyio.functools.lru_cache": anyio.functools.lru_cache,
    }
    taken = medians_of(
        {
            name: lambda decorate=decorate: asyncio.run(measure(decorate))  # type: ignore[misc]
            for name, decorate in decorators.items()
        },
        repeats,
    )
    print_times(
        f"A hit of await f(a, b=1); median of {repeats}",
        taken,
        ("async_lru", "anyio.functools.lru_cache"),
        "at most async_lru",
    )
    print("Physical limit: calling and awaiting a coroutine function that does nothing, 0.1 us.")


def measure_arrays_on_disk(folder: Path, repeats: int) -> None:
    """Hits of an array on disk."""
    store = DiskStore("benchmark", 10**8, folder=folder / "store")
    store.set("picture", PICTURE)
    np.save(folder / "picture.npy", PICTURE)

    def timed(load: Callable[[], Any]) -> float:
        assert np.array_equal(load(), PICTURE)
        taken = []
        for _ in range(LOADS):
            start = time.perf_counter()
            load()
            taken.append(time.perf_counter() - start)
        return median(taken)

    taken = medians_of(
        {
            "DiskStore.get, digest checked": lambda: timed(lambda: store.get("picture")),
            "np.load": lambda: timed(lambda: np.load(folder / "picture.npy")),
            "limit: np.fromfile": lambda: timed(
                lambda: np.fromfile(folder / "picture.npy", np.uint8, offset=128).reshape(
                    PICTURE.shape
                )
            ),
        },
        repeats,
    )
    print_times(
        f"An array of {PICTURE.nbytes / 1000:.0f} KB on disk; median of {repeats}",
        taken,
        ("np.load",),
        "at most 1.2 times np.load, which checks nothing",
    )
    print("Physical limit: copying the file from the page cache into fresh memory.")


def payload(key: int, version: int, size: int) -> Any:
    """Return an array that a key may hold: filled with the two, so that a wrong answer shows."""
    return np.full(size // 4, key * 10**6 + version, np.int32)


def is_right(found: Any, key: int, size: int) -> bool:
    """Return whether a reader may be given this for a key: one version of it, whole."""
    first, last = int(found[0]), int(found[-1])
    return found.size == size // 4 and first == last and first // 10**6 == key


class Table:
    """The same as a store in SQLite, as its manual advises for several processes."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._database.execute("PRAGMA synchronous=NORMAL")

    def make(self) -> None:
        """Make the file, before others open it."""
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE entry (key INTEGER PRIMARY KEY, value BLOB)")

    def get(self, key: int) -> Any:
        """Return an array that may be written to, as the store's may."""
        row = self._database.execute("SELECT value FROM entry WHERE key=?", (key,)).fetchone()
        return np.frombuffer(row[0], np.int32).copy() if row else None

    def set(self, key: int, value: Any) -> None:
        """Keep an array."""
        self._database.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", (key, value.data))


def hammer(kind: str, folder: str, size: int, seed: int, count: int) -> int:
    """Read nine times and write once, over and over; return how many answers were wrong."""
    store: Any = (
        Table(f"{folder}/table-{size}.db")
        if kind == "sqlite3"
        else DiskStore("benchmark", 10**9, folder=f"{folder}/shared-{size}")
    )
    pick, wrong = random.Random(seed), 0
    for number in range(count):
        key = pick.randrange(KEYS)
        if number % 10 == 0:
            store.set(key, payload(key, number, size))
        else:
            found = store.get(key)
            wrong += found is not None and not is_right(found, key, size)
    return wrong


def measure_processes(folder: Path, repeats: int, size: int, count: int, bar: str) -> None:
    """Four processes on one store."""
    wrong = {"DiskStore": 0, "sqlite3": 0}
    Table(f"{folder}/table-{size}.db").make()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:

        def run(kind: str) -> float:
            jobs = [(kind, str(folder), size, seed, count) for seed in range(PROCESSES)]
            start = time.perf_counter()
            wrong[kind] += sum(pool.starmap(hammer, jobs, chunksize=1))
            return time.perf_counter() - start

        taken = medians_of({kind: functools.partial(run, kind) for kind in wrong}, repeats)
    rows = [
        [
            kind,
            f"{PROCESSES * count / taken[kind]:.0f}",
            str(wrong[kind]),
            f"{taken['sqlite3'] / taken[kind]:.2f}",
        ]
        for kind in wrong
    ]
    print_table(
        f"{PROCESSES} processes on one store, arrays of {size // 1000} KB, one write to nine "
        f"reads; median of {repeats}",
        ["store", "operations a second", "wrong answers", "SQLite in WAL mode / it"],
        rows,
    )
    print(f"\nBar: {bar}.")


def main() -> None:
    """Measure everything."""
    options = read_options("Hits in caches.", repeats=15, quick_repeats=5)
    print(describe_machine(*LIBRARIES))
    calls = CALLS // 10 if options.quick else CALLS
    measure_plain(options.repeats, calls)
    measure_coroutines(options.repeats, calls)
    with tempfile.TemporaryDirectory() as folder:
        measure_arrays_on_disk(Path(folder), options.repeats)
        some = 5 if options.quick else 1
        bar = "no wrong answer, and at least as many operations as SQLite"
        measure_processes(Path(folder), min(options.repeats, 7), LARGE, 500 // some, bar)
        bar = "no wrong answer; there is none for speed"
        measure_processes(Path(folder), min(options.repeats, 7), SMALL, 2000 // some, bar)
    print("Physical limit: opening, reading and closing a file, and for a write also renaming it.")


if __name__ == "__main__":
    main()
