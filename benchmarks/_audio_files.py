"""Sound that is generated, and the files of it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE: Final = 44100
CHANNELS: Final = 2
# The rate at which each format comes back; Opus has no other.
RATES: Final = {"wav": RATE, "flac": RATE, "mp3": RATE, "ogg": RATE, "m4a": RATE, "opus": 48000}
_BY_SOUNDFILE: Final = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
_BY_FFMPEG: Final = {
    "ogg": ("-c:a", "libvorbis", "-q:a", "5"),
    "m4a": ("-c:a", "aac", "-b:a", "160k"),
    "opus": ("-c:a", "libopus", "-b:a", "128k"),
}
_BEAT: Final = RATE // 2


def sound(seconds: float) -> Any:
    """Return chords that fade, with a little noise: float32 (samples, 2) at 44.1 kHz."""
    import numpy as np

    random = np.random.default_rng(3)
    count = round(seconds * RATE)
    samples = np.empty((-(-count // _BEAT) * _BEAT, CHANNELS), np.float32)
    time = np.arange(_BEAT, dtype=np.float32) / RATE
    for start in range(0, len(samples), _BEAT):
        samples[start : start + _BEAT] = _chord(random, time)
    return np.ascontiguousarray(samples[:count])


def _chord(random: Any, time: Any) -> Any:
    import numpy as np

    left, right = (0.002 * random.standard_normal(len(time), np.float32) for _ in range(2))
    for note in random.integers(40, 76, 3):
        pitch = 440 * 2 ** ((int(note) - 69) / 12)
        for partial in (1, 2, 3, 5):
            fade = np.exp(-time * np.float32(2 + partial))
            wave = (
                np.float32(0.12 / partial)
                * fade
                * np.sin(time * np.float32(6.2832 * pitch * partial))
            )
            left += wave
            right += wave * np.float32(random.uniform(0.3, 1))
    return np.stack((left, right), axis=1)


def write_files(folder: Path, seconds: float, formats: Sequence[str]) -> dict[str, str]:
    """Write a sound in each format; return the paths."""
    import soundfile

    samples = sound(seconds)
    plain = str(folder / "sound.wav")
    soundfile.write(plain, samples, RATE, subtype="PCM_16")
    paths = {}
    for name in formats:
        paths[name] = str(folder / f"sound.{name}")
        if name in _BY_FFMPEG:
            run_ffmpeg("-i", plain, *_BY_FFMPEG[name], paths[name])
        elif name != "wav":
            form, subtype = _BY_SOUNDFILE[name]
            soundfile.write(paths[name], samples, RATE, format=form, subtype=subtype)
    return paths


def lengthened(path: str, times: int) -> str:
    """Write a file with the sound of another so many times over; nothing is encoded again."""
    longer = Path(path).with_stem("long")
    run_ffmpeg("-stream_loop", str(times - 1), "-i", path, "-c", "copy", str(longer))
    return str(longer)


def run_ffmpeg(*arguments: str) -> None:
    """Run ffmpeg.

    Raises:
        subprocess.CalledProcessError: It fails.
    """
    subprocess.run([program(), "-v", "error", "-nostdin", "-y", *arguments], check=True)


@cache
def program() -> str:
    """Return the path of the ffmpeg program."""
    from rp_core import find_ffmpeg

    return find_ffmpeg()
