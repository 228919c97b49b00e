"""Times of frames, and those that are asked for."""

from __future__ import annotations

from fractions import Fraction


def tolerance(time_base: Fraction) -> Fraction:
    """Return by how many ticks a time that is asked for may miss the one of a frame.

    Files round their times: frame 1 of 30 a second is at 33 ms in a Matroska, and not at 1/30 s.
    """
    return min(Fraction(1, 2), Fraction(1, 2000) / time_base)
