"""Arrays, records and literals of rp_audio."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Union

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.float32]
    """float32, C-contiguous, writable: (samples, channels), full scale at -1 and 1."""
else:
    Samples = Any  # Not numpy's, which is imported when it is needed.

Seconds: TypeAlias = float | Fraction


class Audio(NamedTuple):
    """Sound: `samples, rate = await rp_audio.load(path)` unpacks it.

    Attributes:
        samples: float32 array (samples, channels); full scale is -1 to 1. Channels are in the order
            of WAV files: left, right, centre, low frequencies, surround left, surround right.
        rate: Samples a second, in Hz.
    """

    samples: Samples
    rate: int

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """How long it is, in seconds."""
        return len(self.samples) / self.rate


Audio.__module__ = "rp_audio"
Sound: TypeAlias = Union[Audio, "tuple[NDArray[Any], int]"]


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file is.

    Attributes:
        format: The container: "wav", "flac", "mp3", "ogg", "m4a", "aac", "aiff", "caf", "au",
            "wma", "matroska", or as FFmpeg names it.
        codec: Such as "pcm_s16", "flac", "mp3", "vorbis", "opus" or "aac".
        rate: Samples a second, in Hz.
        channels: Number of channels.
        frames: Samples of each channel; None where the file does not say exactly.
        duration: Seconds, from `frames` where that is known, else as near as the file says; None
            where it does not.
        bits: Bits per sample where samples are stored as numbers; None in lossy formats.
    """

    __module__ = "rp_audio"

    format: str
    codec: str
    rate: int
    channels: int
    frames: int | None
    duration: float | None
    bits: int | None
