"""Small pictures that show what is in a film."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, sqrt
from typing import TYPE_CHECKING

from rp_video._frames_at import frames_at
from rp_video._probe import probe
from rp_video._sizes import check_size

if TYPE_CHECKING:
    import os

    from rp_video._types import Frame, Image, Size


def thumbnails(
    path: str | os.PathLike[str], count: int, *, size: Size = (320, None), cache: bool = False
) -> list[Frame]:
    """Take frames that are spread evenly over a film: the middle one of each part of it.

    Args:
        path: The film.
        count: How many; of a film that has fewer, some are given more than once.
        size: Size of each, as in `stream`.
        cache: As in `frames_at`.

    Returns:
        A `Frame` for each of the `count` parts, in order.

    Raises:
        DecodeError, OSError: As `frames_at`.
        TypeError, ValueError: An argument makes no sense.
    """
    _check_count("count", count)
    check_size(size)
    info = probe(path)
    length = Fraction(info.duration or 0)
    start = Fraction(info.start)
    times = [float(start + length * (2 * part + 1) / (2 * count)) for part in range(count)]
    return frames_at(path, times=times, size=size, cache=cache)


def thumbnail_strip(
    path: str | os.PathLike[str],
    count: int,
    *,
    columns: int | None = None,
    size: Size = (320, None),
    gap: int = 4,
    cache: bool = False,
) -> Image:
    """Put thumbnails of a film side by side into one picture.

    Args:
        path: The film.
        count: How many, as in `thumbnails`.
        columns: How many in a row. None: as many as there are rows, or one more.
        size: Size of each, as in `stream`.
        gap: Pixels of black between them.
        cache: As in `frames_at`.

    Returns:
        uint8 array (H, W, 3) RGB.

    Raises:
        DecodeError, OSError: As `frames_at`.
        TypeError, ValueError: An argument makes no sense.
    """
    import numpy as np

    _check_count("count", count)
    if columns is not None:
        _check_count("columns", columns)
    if isinstance(gap, bool) or not isinstance(gap, int):
        raise TypeError(f"gap must be an int, not {gap!r}")
    if not 0 <= gap <= 1000:
        raise ValueError(f"gap must be 0 to 1000, not {gap}")
    frames = thumbnails(path, count, size=size, cache=cache)
    wide = min(count, columns or ceil(sqrt(count)))
    high = ceil(count / wide)
    rows, columns_each, _ = frames[0].image.shape
    strip = np.zeros((high * (rows + gap) - gap, wide * (columns_each + gap) - gap, 3), np.uint8)
    for place, frame in enumerate(frames):
        top, left = place // wide * (rows + gap), place % wide * (columns_each + gap)
        strip[top : top + rows, left : left + columns_each] = frame.image
    return strip


def _check_count(name: str, count: object) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{name} must be an int, not {count!r}")
    if not 1 <= count <= 10_000:
        raise ValueError(f"{name} must be 1 to 10000, not {count}")
