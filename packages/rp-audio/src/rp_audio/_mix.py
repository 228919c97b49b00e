"""Play sounds over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._decibels import check_number
from rp_audio._together import alike
from rp_audio._types import Audio

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rp_audio._types import Sound


def mix(
    sounds: Iterable[Sound],
    /,
    *,
    volumes: Sequence[float] | None = None,
    starts: Sequence[float] | None = None,
    rate: int | None = None,
) -> Audio:
    """Add sounds up, as if they were played over each other.

    Args:
        sounds: At least one `Audio`, or samples and their rate. Mono is heard in all channels of
            the others, which have the same number.
        volumes: A factor for each, 0 to 1000. None: 1.
        starts: Seconds at which each begins. None: 0.
        rate: The rate to bring them to, in Hz. None: they all have one.

    Returns:
        Their sum, as long as the last that ends; it may be beyond full scale (see `normalize`).

    Raises:
        TypeError: One is no sound, or an option of the wrong type.
        ValueError: There is none, they do not fit together, or an option makes no sense.
    """
    import numpy as np

    parts, wanted, channels = alike(sounds, rate)
    factors = _each("volumes", volumes, len(parts), 1.0, 1000)
    times = _each("starts", starts, len(parts), 0.0, 86_400)
    places = [round(time * wanted) for time in times]
    length = max(place + len(part) for place, part in zip(places, parts, strict=True))
    total = np.zeros((length, channels), np.float32)
    for part, place, factor in zip(parts, places, factors, strict=True):
        total[place : place + len(part)] += part if factor == 1 else part * np.float32(factor)
    return Audio(total, wanted)


def _each(
    name: str, values: Sequence[float] | None, count: int, default: float, most: float
) -> list[float]:
    if values is None:
        return [default] * count
    numbers = [check_number(name, value, 0, most) for value in values]
    if len(numbers) != count:
        raise ValueError(f"{name} must be one for each of {count} sounds, not {len(numbers)}")
    return numbers
