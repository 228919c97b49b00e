"""Question 3: is the memory of a stream flat in the length of the sound?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_files import lengthened, write_files
from _audio_turns import OURS, medians
from _child import last_line
from _common import print_table, rounds
from _net_work import peak_memory
from _video_report import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _video_work import Figures

FORMATS: Final = ("wav", "mp3", "m4a")
TIMES: Final = 30
MEGA: Final = 1e6
MOST_SECONDS: Final = 300
CHUNK: Final = 1 << 16
CHILD: Final = Path(__file__).with_name("_audio_child.py")
SHORT, LONG = "short", "long"


def streamed(path: str) -> Iterator[int]:
    """Stream by ours; yield the lengths of the blocks."""
    import rp_audio.sync

    for block in rp_audio.sync.stream(path):
        yield len(block.samples)


def loaded(path: str) -> Iterator[int]:
    """Load by ours."""
    import rp_audio.sync

    yield len(rp_audio.sync.load(path).samples)


def by_soundfile(path: str) -> Iterator[int]:
    """Read block by block by libsndfile."""
    import soundfile

    yield from map(len, soundfile.blocks(path, CHUNK, dtype="float32", always_2d=True))


def by_pyav(path: str) -> Iterator[int]:
    """Read frame by frame by PyAV, as one does by hand."""
    import av

    resampler = av.AudioResampler("flt")
    with av.open(path) as container:
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                part.to_ndarray()
                yield part.samples


WAYS: Final[dict[str, Callable[[str], Iterator[int]]]] = {
    f"{OURS}.sync.stream": streamed,
    "soundfile.blocks": by_soundfile,
    "PyAV, frames": by_pyav,
    f"{OURS}.sync.load": loaded,
}
FLAT: Final = Bar(f"{OURS}.sync.stream", lambda it: it[LONG] / it[SHORT], 1.05, name="long / short")


def peak_of(way: str, path: str) -> dict[str, Any]:
    """Go through a file in one way, in this process; return how much there was, and the peak."""
    count = sum(WAYS[way](path))
    return {"samples": count, "peak": peak_memory()}


def _measured(way: str, path: str, folder: Path) -> dict[str, Any]:
    line = last_line([str(CHILD), "memory", way, path], folder=str(folder), seconds=MOST_SECONDS)
    measured: dict[str, Any] = json.loads(line)
    return measured


def ask_memory(folder: Path, seconds: float, repeats: int) -> None:
    """Measure, and print the table."""
    found: dict[str, dict[str, Figures]] = {}
    lengths = set()
    for name, path in write_files(folder, seconds, FORMATS).items():
        files = {SHORT: path, LONG: lengthened(path, TIMES)}
        ways = [way for way in WAYS if (way, name) != ("soundfile.blocks", "m4a")]
        taken: dict[str, list[Figures]] = {way: [] for way in ways}
        for way in rounds(ways, repeats):
            peaks = {key: _measured(way, file, folder) for key, file in files.items()}
            taken[way].append({key: one["peak"] for key, one in peaks.items()})
            lengths.add((name, *(one["samples"] for one in peaks.values())))
        found[name] = {way: medians(figures) for way, figures in taken.items()}
        Path(files[LONG]).unlink()
    _print(found, seconds, repeats)
    told = (f"{name} {short} and {long}" for name, short, long in sorted(lengths))
    print(f"\nSamples of each channel that came: {', '.join(told)}.")
    print(
        "Physical limit: the interpreter with numpy and the decoder, one block of "
        f"{CHUNK * 8 / MEGA:.1f} MB and, for what is loaded, all samples.",
        flush=True,
    )


def _print(found: dict[str, dict[str, Figures]], seconds: float, repeats: int) -> None:
    rows = []
    for name, ways in found.items():
        peers = [it[LONG] for way, it in ways.items() if not way.startswith(OURS)]
        for way, it in ways.items():
            grown = (it[LONG] - it[SHORT]) / MEGA
            cells = [f"{it[SHORT] / MEGA:.1f}", f"{it[LONG] / MEGA:.1f}", f"{grown:+.1f}"]
            verdict = FLAT.judge(ways) if way == FLAT.ours else ""
            rows.append([f"{name}: {way}", *cells, f"{min(peers) / it[LONG]:.2f}", verdict])
    heads = [f"{seconds:g} s", f"{seconds * TIMES:g} s", "grown", "best peer / it", "bar"]
    title = f"3. Peak memory of a fresh process, MB; median of {repeats}"
    print_table(title, ["way", *heads], rows)
