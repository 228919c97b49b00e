"""Let sound come in and go out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from rp_audio._decibels import check_number
from rp_audio._given import audio_of
from rp_audio._types import Audio

if TYPE_CHECKING:
    from rp_audio._types import Sound

Shape: TypeAlias = Literal["linear", "sine"]


def fade(
    sound: Sound, /, *, fade_in: float = 0.0, fade_out: float = 0.0, shape: Shape = "linear"
) -> Audio:
    """Let sound come in from silence and go out into it.

    Args:
        sound: An `Audio`, or samples and their rate.
        fade_in: Seconds in which it comes in; at most all of it.
        fade_out: Seconds in which it goes out; at most all of it.
        shape: "linear" in amplitude, which suits one sound that fades into itself; or "sine", a
            quarter of a sine, of which two crossing ones keep the power.

    Returns:
        Sound of the same shape, a copy.

    Raises:
        TypeError: It is no sound, or an option no number.
        ValueError: It is no sound, or an option makes no sense.
    """
    if shape not in get_args(Shape):
        raise ValueError(f'shape must be "linear" or "sine", not {shape!r}')
    given = audio_of(sound)
    samples, rate = given.samples.copy(), given.rate
    rise = min(len(samples), round(check_number("fade_in", fade_in, 0, 86_400) * rate))
    fall = min(len(samples), round(check_number("fade_out", fade_out, 0, 86_400) * rate))
    if rise:
        samples[:rise] *= _ramp(rise, shape)
    if fall:
        samples[-fall:] *= _ramp(fall, shape)[::-1]
    return Audio(samples, rate)


def _ramp(count: int, shape: Shape) -> Any:
    import numpy as np

    steps = np.arange(count, dtype=np.float64) / count
    if shape == "sine":
        steps = np.sin(steps * (math.pi / 2))
    return steps.astype(np.float32)[:, None]
