"""Bring sound to a level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from rp_audio._decibels import check_decibels, gain_of
from rp_audio._given import audio_of
from rp_audio._loudness import loudness
from rp_audio._types import Audio

if TYPE_CHECKING:
    from rp_audio._types import Sound

Level: TypeAlias = Literal["peak", "loudness"]
_LEAST_PEAK: Final = 1e-30
_TARGETS: Final[dict[Level, float]] = {"peak": -1.0, "loudness": -23.0}


def normalize(sound: Sound, /, level: Level = "peak", *, target: float | None = None) -> Audio:
    """Bring sound to a level, by one gain for all of it.

    Args:
        sound: An `Audio`, or samples and their rate.
        level: "peak": its largest sample, in dB of full scale. "loudness": as `loudness` measures
            it, in LUFS; samples may then be beyond full scale.
        target: The level that it is brought to. None: -1 dB of peak, -23 LUFS (EBU R 128) of
            loudness.

    Returns:
        Sound of the same shape, a copy. Silence stays as it is.

    Raises:
        TypeError: It is no sound, or `target` no number.
        ValueError: It is no sound, `level` is unknown, `target` makes no sense, or it is too short
            for its loudness to be measured.
    """
    if level not in get_args(Level):
        raise ValueError(f'level must be "peak" or "loudness", not {level!r}')
    given = audio_of(sound)
    wanted = _TARGETS[level] if target is None else check_decibels("target", target, most=20)
    now = loudness(given) if level == "loudness" else peak_of(given)
    if now == -math.inf:
        return Audio(given.samples.copy(), given.rate)
    import numpy as np

    return Audio(given.samples * np.float32(gain_of(wanted - now)), given.rate)


def peak_of(audio: Audio) -> float:
    """Return the largest sample in dB; minus infinity for silence."""
    samples = audio.samples
    peak = max(float(samples.max()), -float(samples.min())) if samples.size else 0.0
    return 20 * math.log10(peak) if peak > _LEAST_PEAK else -math.inf
