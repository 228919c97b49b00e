"""How the pixels of a film that is written anew are meant."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from rp_video._encoding import Look

if TYPE_CHECKING:
    from rp_video._types import Frame, VideoInfo

_BT2020: Final = 9
_NEAR: Final = Fraction(1, 50)  # a side is rounded to whole pixels, which makes none oblong


def look_of(info: VideoInfo, frame: Frame | None = None) -> Look:
    """Return how the pixels of a film are meant once they are RGB.

    Primaries and transfer of a wide gamut, or of HDR, stay: only the matrix is another one.

    Args:
        info: The film.
        frame: One of its frames, if they have been given another size.
    """
    aspect = info.pixel_aspect
    if frame is not None:
        rows, columns = frame.image.shape[:2]
        given = aspect * Fraction(info.width * rows, info.height * columns)
        if abs(given / aspect - 1) >= _NEAR:
            aspect = given.limit_denominator(255)
    if info.primaries == _BT2020 or info.is_hdr:
        return Look(aspect, info.primaries, info.transfer)
    return Look(aspect)
