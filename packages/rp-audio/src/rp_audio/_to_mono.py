"""Make one channel of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._given import audio_of
from rp_audio._types import Audio

if TYPE_CHECKING:
    from rp_audio._types import Samples, Sound


def to_mono(sound: Sound, /) -> Audio:
    """Make one channel of several: their mean, which does not clip.

    Args:
        sound: An `Audio`, or samples and their rate.

    Returns:
        Sound of shape (samples, 1), a copy.

    Raises:
        TypeError, ValueError: It is no sound.
    """
    samples, rate = audio_of(sound)
    return Audio(mono_of(samples), rate)


def mono_of(samples: Samples) -> Samples:
    """Return the mean of the channels, (n, 1)."""
    import numpy as np

    if samples.shape[1] == 1:
        return samples.copy()
    total = samples[:, :1] + samples[:, 1:2]
    for channel in range(2, samples.shape[1]):
        total += samples[:, channel : channel + 1]
    total *= np.float32(1 / samples.shape[1])
    return total
