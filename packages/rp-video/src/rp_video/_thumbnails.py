"""Small pictures that show what is in a film."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

from rp_core import check_int
from rp_video._frames_at import frames_at
from rp_video._probe import probe
from rp_video._sizes import check_size

if TYPE_CHECKING:
    import os

    from rp_video._types import Frame, Image, Size

_MOST: Final = 10_000


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
    check_int("count", count, 1, _MOST)
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

    check_int("count", count, 1, _MOST)
    if columns is not None:
        check_int("columns", columns, 1, _MOST)
    check_int("gap", gap, 0, 1000)
    frames = thumbnails(path, count, size=size, cache=cache)
    wide = min(count, columns or ceil(sqrt(count)))
    high = ceil(count / wide)
    rows, columns_each, _ = frames[0].image.shape
    strip = np.zeros((high * (rows + gap) - gap, wide * (columns_each + gap) - gap, 3), np.uint8)
    for place, frame in enumerate(frames):
        top, left = place // wide * (rows + gap), place % wide * (columns_each + gap)
        strip[top : top + rows, left : left + columns_each] = frame.image
    return strip
