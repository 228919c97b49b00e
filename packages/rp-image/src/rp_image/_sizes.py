"""Sizes that callers ask for."""

from __future__ import annotations

from typing import Final

import numpy as np

REAL: Final = (int, float, np.integer, np.floating)
LONGEST: Final = 1 << 31


def target_size(shape: tuple[int, ...], size: float | tuple[int, int]) -> tuple[int, int]:
    """Return the (height, width) that a size or a factor means for an image of a shape."""
    if isinstance(size, REAL) and not isinstance(size, bool):
        if not 0 < size < LONGEST:
            raise ValueError(f"the factor must be positive and finite, not {size}")
        height, width = (max(1, round(length * float(size))) for length in shape[:2])
    else:
        height, width = checked_pair(size)
    if not (1 <= height < LONGEST and 1 <= width < LONGEST):
        raise ValueError(f"the size must be at least 1 x 1, not {height} x {width}")
    return height, width


def checked_number(name: str, value: object) -> float:
    """Return a number as a float, which may be infinite, or raise TypeError."""
    if not isinstance(value, REAL) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, not {value!r}")
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def checked_pair(
    pair: object,
    name: str = "size",
    parts: str = "(height, width)",
) -> tuple[int, int]:
    """Return two ints, or raise TypeError."""
    if isinstance(pair, (tuple, list)) and len(pair) == 2:
        first, second = pair
        if all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in pair):
            return int(first), int(second)
    raise TypeError(f"{name} must be a pair of ints {parts}, not {pair!r}")
