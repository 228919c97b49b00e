"""Question 1: is a file loaded as fast as by the fastest library?"""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _audio_files import CHANNELS, RATES, program, write_files
from _audio_turns import LIMIT, OURS, PAIRS, best_peer, cpu, judge_duel, take_turns, tell_missing
from _common import milliseconds, print_table
from _video_report import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _video_work import Figures

    Load = Callable[[str], Any]
    Found = dict[str, dict[str, Figures]]

BACKENDS: Final = ("soundfile", "pyav", "miniaudio", "ffmpeg")
DECODE: Final = f"{LIMIT}FFmpeg decodes"
FILL: Final = f"{LIMIT}memory is filled"
PEERS: Final = ("soundfile", "PyAV", "miniaudio", "ffmpeg, pipe")
BARS: Final = (
    Bar(OURS, cpu, 1.05, PEERS),
    Bar(f"{OURS}, soundfile", cpu, 1.05, ("soundfile",)),
)


def by_us(path: str, backend: str | None = None) -> Any:
    """Load by ours."""
    import rp_audio.sync

    return rp_audio.sync.load(path, backend=backend).samples


def by_soundfile(path: str) -> Any:
    """Load by libsndfile."""
    import soundfile

    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def by_miniaudio(path: str) -> Any:
    """Load by miniaudio, whose buffer is copied, as it is its own."""
    import miniaudio
    import numpy as np

    decoded = miniaudio.decode_file(path, miniaudio.SampleFormat.FLOAT32)
    return np.frombuffer(decoded.samples, np.float32).reshape(-1, decoded.nchannels).copy()


def by_pyav(path: str) -> Any:
    """Load by PyAV, as one does by hand."""
    import av
    import numpy as np

    resampler = av.AudioResampler("flt")
    parts = []
    with av.open(path) as container:
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray() for part in resampler.resample(frame)]
        parts += [part.to_ndarray() for part in resampler.resample(None)]
        channels = container.streams.audio[0].codec_context.channels
    return np.concatenate(parts, axis=1).reshape(-1, channels)


def by_pipe(path: str) -> Any:
    """Load by the ffmpeg program; the array is read-only."""
    import numpy as np

    command = [program(), "-v", "error", "-nostdin", "-i", path, "-f", "f32le", "pipe:1"]
    data = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(data, np.float32).reshape(-1, CHANNELS)


def by_scipy(path: str) -> Any:
    """Load by scipy, which gives the 16 bits."""
    import numpy as np
    from scipy.io import wavfile

    return np.multiply(wavfile.read(path)[1], np.float32(1 / 32768), dtype=np.float32)


def by_librosa(path: str) -> Any:
    """Load by librosa."""
    from importlib import import_module

    return import_module("librosa").load(path, sr=None, mono=False)[0].T


def by_pydub(path: str) -> Any:
    """Load by pydub."""
    from importlib import import_module

    import numpy as np

    segment = import_module("pydub").AudioSegment
    segment.converter = program()
    loaded = segment.from_file(path)
    levels = np.array(loaded.get_array_of_samples()).reshape(-1, loaded.channels)
    return np.multiply(levels, np.float32(1 / 32768), dtype=np.float32)


def decode_only(path: str) -> None:
    """Decode by FFmpeg in this process, and drop it."""
    import av

    with av.open(path) as container:
        for _ in container.decode(audio=0):
            pass


def ways(path: str, name: str, count: int, missing: set[str]) -> dict[str, Callable[[], Any]]:
    """Return the ways to load a file."""
    import numpy as np

    peers: dict[str, Load] = {
        OURS: by_us,
        **{f"{OURS}, {backend}": partial(by_us, backend=backend) for backend in BACKENDS},
        "soundfile": by_soundfile,
        "PyAV": by_pyav,
        "miniaudio": by_miniaudio,
        "ffmpeg, pipe": by_pipe,
        "librosa": by_librosa,
        "pydub": by_pydub,
    }
    if name == "wav":
        peers["scipy.io.wavfile"] = by_scipy
    calls: dict[str, Callable[[], Any]] = {
        way: partial(_checked, load, path, count)
        for way, load in peers.items()
        if way not in missing
    }
    calls[DECODE] = partial(decode_only, path)
    calls[FILL] = partial(np.full, (count, CHANNELS), np.float32(1))
    return calls


def _checked(load: Load, path: str, count: int) -> Any:
    """Load, and see that it is what was asked for; lossy ones may have up to 0.1 s more.

    Raises:
        ValueError: It is not.
    """
    samples = load(path)
    if samples.shape[1:] != (CHANNELS,) or samples.dtype != "float32":
        raise ValueError(f"{samples.dtype} {samples.shape}")
    if abs(len(samples) - count) > 4800:
        raise ValueError(f"{len(samples)} samples and not {count}")
    return samples


def ask_load(folder: Path, seconds: float, repeats: int) -> None:
    """Measure, and print the table."""
    missing = tell_missing(("librosa", "pydub"))
    paths = write_files(folder, seconds, list(RATES))
    found: Found = {}
    lengths: list[str] = []
    verdicts: list[str] = []
    for name, path in paths.items():
        count = round(seconds * RATES[name])
        calls = ways(path, name, count, missing)
        found[name] = take_turns(name, calls, repeats)
        lengths += _lengths(name, calls, found[name], count)
        duels = (
            judge_duel(found[name], calls, bar, repeats) for bar in BARS if bar.ours in found[name]
        )
        verdicts.append(f"{name}: {'; '.join(duels)}.")
    _print(found, f"{seconds:g} s of 44.1 kHz stereo as float32; median of {repeats}")
    print(f"\nBars, in turns of two; median of the ratios of {PAIRS * repeats} pairs:")
    print("\n".join(verdicts))
    print(f"\nSamples more or fewer than were encoded: {', '.join(lengths) or 'none'}.")
    limits = (
        f"{name} {milliseconds(cpu(it[DECODE]))} + {milliseconds(cpu(it[FILL]))}"
        for name, it in found.items()
    )
    print(
        "Physical limit, ms: FFmpeg decodes, and fresh memory is filled; of wav only the latter: "
        f"{', '.join(limits)}."
    )


def _lengths(
    name: str, calls: Mapping[str, Callable[[], Any]], found: Mapping[str, object], count: int
) -> list[str]:
    """Say by how many samples the results are too long."""
    more = {way: len(calls[way]()) - count for way in found if not way.startswith(LIMIT)}
    return [f"{way} {name} {extra:+d}" for way, extra in more.items() if extra]


def _print(found: Found, what: str) -> None:
    best = {name: best_peer(it, cpu) for name, it in found.items()}
    rows = []
    for way in dict.fromkeys(way for it in found.values() for way in it):
        cells = [
            f"{milliseconds(cpu(it[way]))} ({best[name] / cpu(it[way]):.2f})" if way in it else "-"
            for name, it in found.items()
        ]
        rows.append([way, *cells])
    print_table(f"1. Load, CPU ms (best peer / it); {what}", ["way", *found], rows)
