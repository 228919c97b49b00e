"""Put sounds one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._decibels import check_number
from rp_audio._together import alike
from rp_audio._types import Audio

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rp_audio._types import Sound


def concat(sounds: Iterable[Sound], /, *, gap: float = 0.0, rate: int | None = None) -> Audio:
    """Put sounds one after the other.

    Args:
        sounds: At least one `Audio`, or samples and their rate. Mono is heard in all channels of
            the others, which have the same number.
        gap: Seconds of silence between two.
        rate: The rate to bring them to, in Hz. None: they all have one.

    Returns:
        One sound.

    Raises:
        TypeError: One is no sound.
        ValueError: There is none, they do not fit together, or an option makes no sense.
    """
    import numpy as np

    parts, wanted, channels = alike(sounds, rate)
    silence = round(check_number("gap", gap, 0, 3600) * wanted)
    total = sum(map(len, parts)) + silence * (len(parts) - 1)
    samples = np.zeros((total, channels), np.float32)
    at = 0
    for part in parts:
        samples[at : at + len(part)] = part
        at += len(part) + silence
    return Audio(samples, wanted)
