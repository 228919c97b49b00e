"""The pixels of Radiance HDR: shared exponents, packed by runs (Radiance file formats)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_SHORTEST, _LONGEST = 8, 0x7FFF
# CIE XYZ, equal energy white, to linear RGB of Radiance's primaries (color.c, cieprims).
_XYZ_TO_RGB: Final = np.array(
    [
        [2.5623, -1.1661, -0.3962],
        [-1.0215, 1.9778, 0.0437],
        [0.0752, -0.2562, 1.1810],
    ],
    np.float32,
)


def decode(request: Encoded) -> Image:
    """Decode to (H, W, 3) float32, in the order of the scanlines of the file.

    A sample is mantissa * 2 ** (exponent - 136).

    Raises:
        DecodeError: A scanline is damaged or cut off.
    """
    info, data = request.info, request.data
    position = request.header.body
    out = np.empty((info.height, info.width, 3), np.float32)
    for row in range(info.height):
        scanline, position = _scanline(data, position, info.width)
        scale = np.ldexp(np.float32(1), scanline[3].astype(np.int32) - 136)
        scale[scanline[3] == 0] = 0
        out[row] = scanline[:3].T * scale[:, None]
    if _is_xyz(request):
        out = out @ _XYZ_TO_RGB.T
    return out


def _is_xyz(request: Encoded) -> bool:
    from rp_image._headers.hdr import XYZ

    return XYZ in request.data[: request.header.body]


def _scanline(data: bytes, position: int, width: int) -> tuple[NDArray[Any], int]:
    """Return red, green, blue and exponent of a scanline, (4, W), and where the next begins."""
    head = data[position : position + 4]
    if len(head) < 4:
        raise DecodeError("a scanline is missing")
    packed = head[:2] == b"\2\2" and head[2] < 128 and _SHORTEST <= width <= _LONGEST
    if not packed:
        return _old_scanline(data, position, width)
    if head[2] << 8 | head[3] != width:
        raise DecodeError("a scanline has another width")
    position += 4
    planes = bytearray()
    while len(planes) < 4 * width:
        count = data[position]
        if count > 128:
            planes += data[position + 1 : position + 2] * (count - 128)
            position += 2
        else:
            planes += data[position + 1 : position + 1 + count]
            position += 1 + count
        if not count or position > len(data):
            raise DecodeError("a scanline is damaged or cut off")
    if len(planes) != 4 * width:
        raise DecodeError("a scanline is too long")
    return np.frombuffer(planes, np.uint8).reshape(4, width), position


def _old_scanline(data: bytes, position: int, width: int) -> tuple[NDArray[Any], int]:
    """Read pixels that stand whole; one of 1, 1, 1 repeats the one before it."""
    plain = np.frombuffer(data[position : position + 4 * width], np.uint8)
    if len(plain) == 4 * width and not (plain.reshape(-1, 4)[:, :3] == 1).all(axis=1).any():
        return plain.reshape(width, 4).T, position + 4 * width
    pixels = bytearray()
    shift = 0
    while len(pixels) < 4 * width:
        pixel = data[position : position + 4]
        if len(pixel) < 4:
            raise DecodeError("a scanline is cut off")
        position += 4
        if pixel[:3] == b"\1\1\1":
            count = min(pixel[3] << shift, width)
            pixels += pixels[-4:] * count
            shift = min(shift + 8, 24)
            if not pixels:
                raise DecodeError("a scanline begins with a repetition")
        else:
            pixels += pixel
            shift = 0
    return np.frombuffer(pixels[: 4 * width], np.uint8).reshape(width, 4).T, position
