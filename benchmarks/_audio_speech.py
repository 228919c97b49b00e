"""Question 4: are many sentences spoken at once, and taken from the cache at once?"""

from __future__ import annotations

import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import OURS, best_peer, cpu, medians, wall
from _child import last_line
from _common import cores, milliseconds, print_table, rounds
from _net_work import Clock
from _video_report import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _video_work import Figures

COUNT: Final = 20
# Speech is so short that it takes more rounds to have medians that stay.
ROUNDS: Final = 3
MOST_SECONDS: Final = 120
CHILD: Final = Path(__file__).with_name("_audio_child.py")
_WHO: Final = ("The old gardener", "My neighbour's cat", "A patient teacher", "The last train")
_WHAT: Final = (
    "waited by the river until the lamps were lit along the other bank",
    "went home through the rain, counting the windows that were still bright",
    "had no answer to the question that everybody asked on Monday morning",
    "crossed the long bridge slowly, and never looked back at the harbour",
    "found thirty seven letters in a drawer which nobody had opened for years",
)
SENTENCES: Final = tuple(f"{who} {what}." for who in _WHO for what in _WHAT)
OTHER: Final = "Something else is spoken first."
ONE_BY_ONE: Final = f"{OURS}.sync.tts, one by one"
AT_ONCE: Final = f"{OURS}.sync.tts_many"
FIRST: Final = f"{OURS}.sync.tts_many, cache=True, first run"
AGAIN: Final = f"{OURS}.sync.tts_many, cache=True, second run"
FRESH: Final = f"{OURS}.sync.tts_many, cache=True, fresh process"
FRESH_COLD: Final = f"{OURS}.sync.tts_many, cache=True, fresh process, imports too"
POOL: Final = "espeak-ng by hand, a thread for each CPU"
BARS: Final = (
    Bar(AT_ONCE, wall, 1 / 1.7, (ONE_BY_ONE,), as_speed=True),
    Bar(AGAIN, wall, 1 / 50, (ONE_BY_ONE,), as_speed=True),
    Bar(FRESH, wall, 1 / 50, (ONE_BY_ONE,), as_speed=True),
)


def one_by_one(texts: Sequence[str]) -> list[Any]:
    """Speak by ours, in a loop."""
    import rp_audio.sync

    return [rp_audio.sync.tts(text, engine="espeak").samples for text in texts]


def at_once(texts: Sequence[str], *, cache: bool = False) -> list[Any]:
    """Speak by ours, all at once."""
    import rp_audio.sync

    spoken = rp_audio.sync.tts_many(texts, engine="espeak", cache=cache)
    return [audio.samples for audio in spoken]


def kept(texts: Sequence[str]) -> list[Any]:
    """Take from the cache."""
    return at_once(texts, cache=True)


def by_hand(texts: Sequence[str]) -> list[Any]:
    """Run the program for each, one by one."""
    return list(map(_spoken, texts))


def by_pool(texts: Sequence[str]) -> list[Any]:
    """Run the program for each, from as many threads as there are CPUs."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(_spoken, texts))


def _spoken(text: str) -> Any:
    import numpy as np

    command = ["espeak-ng", "--stdin", "--stdout"]
    data = subprocess.run(command, input=text.encode(), check=True, stdout=subprocess.PIPE).stdout
    levels = np.frombuffer(data, "<i2", offset=44)
    return levels.astype(np.float32)[:, None] / np.float32(32768)


WAYS: Final[dict[str, Callable[[Sequence[str]], list[Any]]]] = {
    ONE_BY_ONE: one_by_one,
    AT_ONCE: at_once,
    FIRST: kept,
    AGAIN: kept,
    FRESH: kept,
    FRESH_COLD: kept,
    "espeak-ng by hand, one by one": by_hand,
    POOL: by_pool,
}
# What a process that measures has to do before.
_BEFORE: Final[dict[str, Sequence[str]]] = {AGAIN: (OTHER, *SENTENCES), FRESH_COLD: ()}


def time_speech(way: str) -> Figures:
    """Speak in one way, in this process, after another sentence."""
    before = _BEFORE.get(way, (OTHER,))
    if before:
        WAYS[way](before)
    clock = Clock()
    spoken = WAYS[way](SENTENCES)
    measured = clock.read(COUNT)
    samples = sum(map(len, spoken))
    return {"wall": measured.wall, "cpu": measured.cpu, "samples": samples}


def ask_speech(folder: Path, repeats: int) -> None:
    """Measure, and print the table."""
    if which("espeak-ng") is None:
        print("4. Speech is left out: espeak-ng is not installed.", flush=True)
        return
    full = folder / "cache"
    repeats *= ROUNDS
    _measured(FIRST, full, folder)
    taken: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for way in rounds(list(WAYS), repeats):
        with tempfile.TemporaryDirectory(dir=folder) as empty:
            cache = full if way in {FRESH, FRESH_COLD} else Path(empty)
            taken[way].append(_measured(way, cache, folder))
    _print({way: medians(figures) for way, figures in taken.items()}, repeats)


def _measured(way: str, cache: Path, folder: Path) -> Figures:
    line = last_line(
        [str(CHILD), "speech", way],
        folder=str(folder),
        seconds=MOST_SECONDS,
        environment={"XDG_CACHE_HOME": str(cache)},
    )
    measured: Figures = json.loads(line)
    return measured


def _print(found: dict[str, Figures], repeats: int) -> None:
    best, loop = best_peer(found, wall), wall(found[ONE_BY_ONE])
    rows = []
    for way, it in found.items():
        ratios = [f"{loop / wall(it):.2f}", f"{best / wall(it):.2f}"]
        verdicts = [bar.judge(found) for bar in BARS if bar.ours == way]
        times = [milliseconds(wall(it)), milliseconds(cpu(it))]
        rows.append([way, *times, *ratios, "; ".join(verdicts)])
    heads = ["wall, ms", "CPU, ms", "one by one / it", "best peer / it", "bar"]
    title = f"4. Speech of {COUNT} sentences by espeak-ng; median of {repeats}"
    print_table(title, ["way", *heads], rows)
    lengths = {it["samples"] for it in found.values()}
    if len(lengths) > 1:
        print(f"\nNot everyone speaks as long: {sorted(lengths)} samples.")
    limit = milliseconds(cpu(found["espeak-ng by hand, one by one"]) / cores())
    print(
        f"\nPhysical limit: the CPU time of the program on {cores()} CPUs, {limit} ms, that is "
        f"{cores()} times as fast; from the cache, reading {COUNT} files, or none.",
        flush=True,
    )
