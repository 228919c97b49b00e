"""The formats that sound is written in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Depth: TypeAlias = Literal[8, 16, 24, 32, "float"]

_MPEG_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_OPUS_RATES: Final = (8000, 12000, 16000, 24000, 48000)
_AAC_RATES: Final = (
    7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """A format that sound is written in.

    Attributes:
        name: What its samples are called.
        libsndfile: Its name there, and that of its samples if they are lossy; "": it has none.
        depths: How samples are stored; empty if it is lossy.
        muxer: Its name in FFmpeg, if it is lossy.
        encoder: Its encoder in FFmpeg, if it is lossy.
        rates: Those that it has; empty: any.
        channels: The most that it has.
        most_rate: The highest rate, where any up to it will do.
    """

    name: str
    libsndfile: tuple[str, str]
    depths: tuple[Depth, ...] = ()
    muxer: str = ""
    encoder: str = ""
    rates: tuple[int, ...] = ()
    channels: int = 8
    most_rate: int = 1_536_000

    @property
    def is_lossy(self) -> bool:
        """Whether it stores something like the samples."""
        return not self.depths

    def rate_for(self, rate: int) -> int:
        """Return the rate in which sound of a rate is stored: the same, or the next above it."""
        if not self.rates or rate in self.rates:
            return rate
        return min((r for r in self.rates if r > rate), default=max(self.rates))


_DEPTHS: Final[tuple[Depth, ...]] = (16, 8, 24, 32, "float")
_FORMATS: Final = {
    ".wav": Format("wav", ("WAV", ""), _DEPTHS, channels=1024),
    ".flac": Format("flac", ("FLAC", ""), (16, 8, 24), most_rate=655_350),
    ".aiff": Format("aiff", ("AIFF", ""), _DEPTHS, channels=1024),
    ".mp3": Format("mp3", ("MP3", "MPEG_LAYER_III"), (), "mp3", "libmp3lame", _MPEG_RATES, 2),
    ".ogg": Format("vorbis", ("OGG", "VORBIS"), (), "ogg", "libvorbis", most_rate=200_000),
    ".opus": Format("opus", ("OGG", "OPUS"), (), "opus", "libopus", _OPUS_RATES),
    ".m4a": Format("aac", ("", ""), (), "ipod", "aac", _AAC_RATES),
}
_ALIASES: Final = {
    ".wave": ".wav", ".aif": ".aiff", ".oga": ".ogg", ".mp4": ".m4a", ".m4b": ".m4a",
}  # fmt: skip


def format_for(path: str) -> Format:
    """Return the format that the suffix of a path names.

    Raises:
        ValueError: It names none.
    """
    suffix = os.path.splitext(path)[1].lower()
    suffix = _ALIASES.get(suffix, suffix)
    if suffix not in _FORMATS:
        known = " ".join(_FORMATS)
        raise ValueError(f"sound is not written as {suffix!r}; name one of {known}")
    return _FORMATS[suffix]
