"""Take the silence off both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._decibels import check_decibels, check_number, gain_of
from rp_audio._given import audio_of
from rp_audio._types import Audio

if TYPE_CHECKING:
    from rp_audio._types import Sound


def trim_silence(sound: Sound, /, *, threshold: float = -50.0, keep: float = 0.0) -> Audio:
    """Take the silence off both ends.

    Args:
        sound: An `Audio`, or samples and their rate.
        threshold: What is no louder than this in any channel is silence, in dB of full scale.
        keep: Seconds of silence to leave at each end, where there are so many.

    Returns:
        The sound between, a copy; of silence, no samples.

    Raises:
        TypeError: It is no sound, or an option no number.
        ValueError: It is no sound, or an option makes no sense.
    """
    import numpy as np

    samples, rate = audio_of(sound)
    limit = np.float32(gain_of(check_decibels("threshold", threshold, most=0)))
    spare = round(check_number("keep", keep, 0, 3600) * rate)
    loud = np.zeros(len(samples), bool)
    for channel in range(samples.shape[1]):
        loud |= np.abs(samples[:, channel]) > limit
    if not loud.any():
        return Audio(samples[:0].copy(), rate)
    first, last = int(loud.argmax()), len(loud) - int(loud[::-1].argmax())
    return Audio(samples[max(0, first - spare) : last + spare].copy(), rate)
