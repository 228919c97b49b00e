"""Sound that goes with a film: that of a file, or samples."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

from rp_core import readable_path

if TYPE_CHECKING:
    from numpy.typing import NDArray


class AudioLike(Protocol):
    """Samples and their rate, such as rp_audio's `Audio`."""

    @property
    def samples(self) -> NDArray[Any]:
        """Array (n,) or (n, channels)."""
        ...

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...


Audio: TypeAlias = Union[str, "os.PathLike[str]", "tuple[NDArray[Any], int]", AudioLike]


@dataclass(frozen=True, slots=True)
class FileSound:
    """The sound of a file, or a part of it.

    Attributes:
        path: Absolute path of the file.
        start: Time in the file, in seconds, that becomes the beginning.
        stop: Time at which it ends; None: where it ends by itself.
        optional: Whether a file without sound is none to complain about.
    """

    path: str
    start: Fraction = Fraction(0)
    stop: Fraction | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ArraySound:
    """Samples: float32 (n, channels) in -1..1, and their rate in Hz."""

    samples: NDArray[Any]
    rate: int


@dataclass(frozen=True, slots=True)
class JoinedSound:
    """The sounds of several films, one after the other.

    Attributes:
        parts: Each with the seconds for which its film is shown.
    """

    parts: tuple[tuple[FileSound, Fraction], ...]


Sound: TypeAlias = FileSound | ArraySound | JoinedSound


def sound_of(audio: Audio | None) -> Sound | None:
    """Return what was given as sound.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        TypeError: It is neither a path, nor samples and a rate.
        ValueError: The samples have a wrong shape or are not finite, or the rate makes no sense.
    """
    if audio is None:
        return None
    if isinstance(audio, (str, os.PathLike)):
        return FileSound(readable_path(audio))
    if isinstance(audio, tuple) and len(audio) == 2:
        return _checked(*audio)
    given: Any = audio
    if hasattr(given, "samples") and hasattr(given, "rate"):
        return _checked(given.samples, given.rate)
    raise TypeError("audio must be a path, or samples and their rate: (array, 48000)")


def _checked(samples: Any, rate: Any) -> ArraySound:
    import numpy as np

    if isinstance(rate, bool) or not hasattr(rate, "__index__"):
        raise TypeError(f"the rate of audio must be an int, not {rate!r}")
    if not 1000 <= rate <= 768_000:
        raise ValueError(f"the rate of audio must be 1000 to 768000 Hz, not {rate}")
    if not isinstance(samples, np.ndarray) or samples.dtype.kind not in "fi":
        raise TypeError("samples must be an array of floats, or of int16")
    if samples.dtype.kind == "i":
        if samples.dtype != np.int16:
            raise TypeError(f"samples must be floats or int16, not {samples.dtype}")
        samples = samples / np.float32(32768)
    table = samples[:, None] if samples.ndim == 1 else samples
    if table.ndim != 2 or not 1 <= table.shape[1] <= 8 or not len(table):
        raise ValueError(f"samples must be (n,) or (n, channels), not {samples.shape}")
    if not np.isfinite(table).all():
        raise ValueError("samples must be finite")
    return ArraySound(np.ascontiguousarray(table, np.float32), int(rate))
