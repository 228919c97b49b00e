"""Decibels of amplitudes; full scale is 0 dB."""

from __future__ import annotations

import math
from numbers import Real


def gain_of(decibels: float) -> float:
    """Return the factor of an amplitude."""
    return math.pow(10, decibels / 20)


def check_decibels(name: str, value: object, most: float = math.inf) -> float:
    """Return a number of decibels, if it is one.

    Raises:
        TypeError: It is no number.
        ValueError: It is not finite, or above `most`.
    """
    return check_number(name, value, -math.inf, most)


def check_number(name: str, value: object, least: float, most: float) -> float:
    """Return a finite number between two bounds.

    Raises:
        TypeError: It is no number.
        ValueError: It is not finite, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, not {value}")
    if not least <= number <= most:
        raise ValueError(f"{name} must be {least:g} to {most:g}, not {value}")
    return number
