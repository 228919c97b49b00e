"""Sound that a caller gives, checked and brought to the one form that all of it has."""

from __future__ import annotations

from typing import Any, Final

from rp_audio._types import Audio

MOST_CHANNELS: Final = 1024
MOST_RATE: Final = 1_536_000


def audio_of(sound: Any) -> Audio:
    """Return what was given as sound, float32 (samples, channels).

    Args:
        sound: An `Audio`, or samples and their rate: (array, 48000). Floats are full scale at -1
            and 1; int16 and int32 at their limits; uint8 is centred on 128, as WAV files have it.

    Raises:
        TypeError: It is no sound, or its samples are of another type.
        ValueError: Its samples have a wrong shape or are not finite, or the rate makes no sense.
    """
    if not isinstance(sound, tuple) or len(sound) != 2:
        raise TypeError(
            f"sound is an Audio, or samples and their rate, not {type(sound).__name__!r}"
        )
    samples, rate = sound
    return Audio(_table(samples), check_rate(rate))


def check_rate(rate: Any, name: str = "rate") -> int:
    """Return a rate in Hz, if it is one.

    Raises:
        TypeError: It is no int.
        ValueError: It is below 1, or above 1,536,000.
    """
    if isinstance(rate, bool) or not hasattr(rate, "__index__"):
        raise TypeError(f"{name} must be an int, in Hz, not {rate!r}")
    if not 1 <= rate <= MOST_RATE:
        raise ValueError(f"{name} must be 1 to {MOST_RATE} Hz, not {rate}")
    return int(rate)


def _table(samples: Any) -> Any:
    import numpy as np

    if not isinstance(samples, np.ndarray):
        raise TypeError(f"samples must be a numpy array, not {type(samples).__name__!r}")
    table = samples[:, None] if samples.ndim == 1 else samples
    if table.ndim != 2 or not 1 <= table.shape[1] <= MOST_CHANNELS:
        raise ValueError(f"samples must be (n,) or (n, channels), not {samples.shape}")
    scaled = np.ascontiguousarray(_as_float32(table))
    flat = scaled.reshape(-1)
    # The sum of squares is infinite or NaN where a sample is, and costs no array of its own.
    with np.errstate(all="ignore"):
        if not np.isfinite(np.dot(flat, flat)) and not np.isfinite(flat).all():
            raise ValueError("samples must be finite: there are NaN or infinity among them")
    return scaled


def _as_float32(table: Any) -> Any:
    import numpy as np

    kind = table.dtype
    if kind == np.uint8:
        return (table.astype(np.float32) - np.float32(128)) / np.float32(128)
    if kind == np.int16:
        return table / np.float32(1 << 15)
    if kind == np.int32:
        return (table / float(1 << 31)).astype(np.float32)
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return table.astype(np.float32, copy=False)
    raise TypeError(f"samples must be floats, int16, int32 or uint8, not {kind}")
