"""Sizes of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rp_video._types import Size

_MOST: Final = 16384


def check_size(size: object) -> None:
    """Refuse what is no size.

    Raises:
        TypeError: It is no pair of ints, of which one may be None.
        ValueError: A side is below 1 or above 16384, or both are None.
    """
    if size is None:
        return
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise TypeError(f"size must be (width, height), not {size!r}")
    for side in size:
        if side is not None and (isinstance(side, bool) or not isinstance(side, int)):
            raise TypeError(f"size must be two ints, or an int and None, not {size!r}")
        if side is not None and not 1 <= side <= _MOST:
            raise ValueError(f"a side must be 1 to {_MOST} pixels, not {side}")
    if size[0] is None and size[1] is None:
        raise ValueError("size must give the width or the height")


def full_size(asked: Size | None, width: int, height: int) -> tuple[int, int]:
    """Return width and height in which a picture is given; a side left open keeps the aspect."""
    if asked is None:
        return width, height
    wide, high = asked
    if wide is None:
        return max(1, round(width * (high or 1) / height)), high or 1
    return wide, max(1, round(height * wide / width)) if high is None else high


def interpolation(new: tuple[int, int], old: tuple[int, int]) -> str:
    """Return the filter of FFmpeg's scaler: the area mean where the picture shrinks."""
    return "area" if new[0] <= old[0] and new[1] <= old[1] else "bicubic"
