"""Sounds for tests, made here, and what is heard in them."""

from __future__ import annotations

import io
import math
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from rp_core import MissingDependencyError, find_ffmpeg

Array = NDArray[Any]

RATE: Final = 44_100


def tone(
    seconds: float = 1.0, *, rate: int = RATE, channels: int = 2, frequency: float = 440.0
) -> Array:
    """Return rising tones, another in each channel, and noise: no place is like another."""
    count = round(seconds * rate)
    time = np.arange(count) / rate
    noise = np.random.default_rng(count).standard_normal((count, channels)) * 0.02
    pitches = frequency * (1 + 0.5 * np.arange(channels))
    waves = 0.4 * np.sin(2 * math.pi * time[:, None] * pitches * (1 + 0.1 * time[:, None]))
    return np.asarray(waves + noise, np.float32)


def levels(samples: Array, bits: int = 16) -> Array:
    """Return samples as integers of so many bits, and as floats that are exactly these."""
    scale = 2 ** (bits - 1)
    return np.asarray(np.clip(np.rint(samples * scale), -scale, scale - 1) / scale, np.float32)


@dataclass(frozen=True)
class Clip:
    """A sound file that is made for tests.

    Attributes:
        name: Of the file.
        backends: Those that read it, to the same samples.
        writer: Who makes it: "soundfile", or arguments of ffmpeg.
        exact: Whether its samples are those that were given; else it is lossy.
        padding: How many samples more it has than were given.
    """

    name: str
    backends: tuple[str, ...]
    writer: tuple[str, ...] = ("soundfile", "PCM_16")
    rate: int = RATE
    channels: int = 2
    exact: bool = True
    padding: int | None = 0
    seconds: float = 1.7

    def __str__(self) -> str:
        return self.name

    @property
    def samples(self) -> Array:
        """What was given."""
        return levels(tone(self.seconds, rate=self.rate, channels=self.channels))

    def write(self, folder: Path) -> Path:
        """Make the file."""
        path = folder / self.name
        if self.writer[0] == "soundfile":
            _, subtype, *container = self.writer
            soundfile.write(
                path, self.samples, self.rate, subtype, format=next(iter(container), None)
            )
            return path
        source = folder / f"{self.name}.source.wav"
        soundfile.write(source, self.samples, self.rate, "PCM_16")
        run_ffmpeg("-i", str(source), *self.writer, str(path))
        source.unlink()
        return path


_ALL: Final = ("soundfile", "pyav", "miniaudio", "ffmpeg")
_NOT_MINI: Final = ("soundfile", "pyav", "ffmpeg")
_FFMPEG: Final = ("pyav", "ffmpeg")
CLIPS: Final = [
    Clip("pcm16.wav", _ALL),
    Clip("mono.wav", _ALL, channels=1),
    Clip("slow.wav", _ALL, rate=8000),
    Clip("fast.wav", _ALL, rate=96_000, seconds=0.5),
    Clip("pcm24.wav", _ALL, ("soundfile", "PCM_24")),
    Clip("pcm32.wav", _ALL, ("soundfile", "PCM_32")),
    Clip("float.wav", _ALL, ("soundfile", "FLOAT")),
    Clip("double.wav", _ALL, ("soundfile", "DOUBLE")),
    Clip("six.wav", _NOT_MINI, ("soundfile", "PCM_16"), channels=6),
    Clip("big.rf64", _NOT_MINI, ("soundfile", "PCM_16", "RF64")),
    Clip("pcm16.aiff", _NOT_MINI),
    Clip("pcm24.caf", _NOT_MINI, ("soundfile", "PCM_24")),
    Clip("pcm16.au", _NOT_MINI),
    Clip("pcm16.flac", _ALL),
    Clip("pcm24.flac", _ALL, ("soundfile", "PCM_24")),
    Clip("alac.m4a", _FFMPEG, ("-c:a", "alac")),
    Clip("lame.mp3", _ALL, ("soundfile", "MPEG_LAYER_III"), exact=False),
    Clip("slow.mp3", _ALL, ("soundfile", "MPEG_LAYER_III"), rate=22_050, exact=False),
    Clip(
        "bare.mp3", _ALL, ("-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"),
        exact=False, padding=None,
    ),
    Clip("tagged.mp3", _ALL, ("-metadata", "title=" + "x" * 9000), exact=False),
    Clip("vorbis.ogg", _ALL, ("soundfile", "VORBIS"), exact=False),
    Clip("opus.opus", _NOT_MINI, ("soundfile", "OPUS", "OGG"), rate=48_000, exact=False),
    Clip("aac.m4a", _FFMPEG, ("-c:a", "aac"), exact=False),
    Clip("fast.m4a", _FFMPEG, ("-c:a", "aac", "-movflags", "+faststart"), exact=False),
    Clip("adts.aac", _FFMPEG, ("-c:a", "aac"), exact=False, padding=None),
    Clip("opus.webm", _FFMPEG, ("-c:a", "libopus"), exact=False, padding=None),
    Clip("wma.wma", _FFMPEG, ("-c:a", "wmav2"), exact=False, padding=None),
]  # fmt: skip


def run_ffmpeg(*arguments: str) -> None:
    """Run the ffmpeg program.

    Raises:
        MissingDependencyError: There is none.
    """
    command = [find_ffmpeg(), "-nostdin", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def has_ffmpeg() -> bool:
    """Return whether there is an ffmpeg program."""
    try:
        find_ffmpeg()
    except MissingDependencyError:
        return False
    return True


def wave_bytes(
    data: bytes, *, bits: int, channels: int = 1, rate: int = RATE, size: int | None = None
) -> bytes:
    """Return a WAV file of samples as they are stored, which may say a wrong size."""
    size = len(data) if size is None else size
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * align, align, bits)
    head = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", min(size + 36, 0xFFFFFFFF)) + head + data


def encoded(
    samples: Array, rate: int = RATE, *, container: str = "WAV", subtype: str | None = None
) -> bytes:
    """Return the bytes of a sound file."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype, format=container)
    return file.getvalue()


def error_of(heard: Array, given: Array) -> float:
    """Return the root mean square of what is wrong, as a part of what is right."""
    count = min(len(heard), len(given))
    wrong = np.sqrt(np.mean(np.square(heard[:count] - given[:count], dtype=np.float64)))
    return float(wrong / np.sqrt(np.mean(np.square(given[:count], dtype=np.float64))))
