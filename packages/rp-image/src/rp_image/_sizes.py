"""Sizes that callers ask for."""

from __future__ import annotations

from typing import Final

import numpy as np

_LONGEST: Final = 1 << 31


def target_size(shape: tuple[int, ...], size: float | tuple[int, int]) -> tuple[int, int]:
    """Return the (height, width) that a size or a factor means for an image of a shape."""
    if isinstance(size, (int, float, np.number)) and not isinstance(size, bool):
        if not 0 < size < _LONGEST:
            raise ValueError(f"the factor must be positive and finite, not {size}")
        height, width = (max(1, round(length * float(size))) for length in shape[:2])
    else:
        height, width = checked_pair(size)
    if not (1 <= height < _LONGEST and 1 <= width < _LONGEST):
        raise ValueError(f"the size must be at least 1 x 1, not {height} x {width}")
    return height, width


def checked_pair(size: object) -> tuple[int, int]:
    """Return (height, width), two ints, or raise TypeError."""
    if isinstance(size, (tuple, list)) and len(size) == 2:
        height, width = size
        if all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in size):
            return int(height), int(width)
    raise TypeError(f"size must be a number or a pair of ints (height, width), not {size!r}")
