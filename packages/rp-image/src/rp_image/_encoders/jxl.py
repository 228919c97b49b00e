"""The curve of JPEG XL of more than 8 bits, which imagecodecs takes for linear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._errors import EncodeError
from rp_image._headers.isobmff import find
from rp_image._headers.jxl import read_header
from rp_image._pixels import opaque

if TYPE_CHECKING:
    from rp_image._types import Image

# The values of the enumeration, as they are written: two bits that say "2 and", and four more.
_CURVE_BITS: Final = 6
_LINEAR, _SRGB = 2 | (8 - 2) << 2, 2 | (13 - 2) << 2
_BAND: Final = 1 << 18


def named_srgb(data: bytes) -> bytes:
    """Return a JPEG XL file that is said to be linear with sRGB named as its curve.

    Raises:
        EncodeError: It is not said to be linear.
    """
    box = find(data, "jxlc")
    start = box.start if box else 0
    colors = read_header(data).details
    if colors.is_srgb:
        return data
    first, shift = divmod(colors.curve or 0, 8)
    place = start + first
    number = int.from_bytes(data[place : place + 2], "little")
    mask = (1 << _CURVE_BITS) - 1
    if colors.curve is None or number >> shift & mask != _LINEAR:
        raise EncodeError("imagecodecs wrote a jxl of another curve than it is known to")
    number ^= (_LINEAR ^ _SRGB) << shift
    return data[:place] + number.to_bytes(2, "little") + data[place + 2 :]


def linear(image: Image) -> Image:
    """Return an image without the curve of sRGB (IEC 61966-2-1); alpha stays."""
    out = np.empty(image.shape, image.dtype)
    planes, done = (array.reshape(*image.shape[:2], -1) for array in (image, out))
    colors = planes.shape[2] - (planes.shape[2] in {2, 4})
    most = np.float32(opaque(image.dtype))
    band = max(1, _BAND // max(1, image.shape[1]))
    for top in range(0, len(image), band):
        here = slice(top, top + band)
        part = planes[here, :, :colors] / most
        size = np.abs(part)
        curve = np.where(
            size <= np.float32(0.04045),
            size / np.float32(12.92),
            ((size + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4),
        )
        level = np.copysign(curve, part) * most
        done[here, :, :colors] = np.rint(level) if image.dtype.kind == "u" else level
    done[..., colors:] = planes[..., colors:]
    return out
