"""The pixels of QOI (The Quite OK Image format 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image

_RGB, _RGBA = 0xFE, 0xFF
_INDEX, _DIFFERENCE, _LUMA = 0, 1, 2
_END = 8


def decode(request: Encoded) -> Image:
    """Decode to (H, W, 3) or (H, W, 4) uint8; the last pixel goes on to the end, as in qoi.h."""
    info = request.info
    count = info.width * info.height
    stored = _unpack(request.data[request.header.body : len(request.data) - _END], count)
    last = bytes(stored[-4:]) or b"\0\0\0\xff"
    stored += last * (count - len(stored) // 4)
    pixels = np.frombuffer(stored, np.uint8, 4 * count).reshape(info.height, info.width, 4)
    return pixels if info.has_alpha else pixels[:, :, :3]


def _unpack(data: bytes, count: int) -> bytearray:
    """Return the RGBA of so many pixels, or of fewer where the data ends before."""
    out = bytearray()
    seen = [(0, 0, 0, 0)] * 64
    red, green, blue, alpha = 0, 0, 0, 255
    position, end = 0, len(data)
    while len(out) < 4 * count and position < end:
        code = data[position]
        position += 1
        run = 1
        if code >= _RGB:
            size = code - _RGB + 3
            if position + size > end:
                break
            red, green, blue, alpha = (*data[position : position + size], alpha)[:4]
            position += size
        elif code >> 6 == _INDEX:
            red, green, blue, alpha = seen[code]
        elif code >> 6 == _DIFFERENCE:
            red = red + (code >> 4 & 3) - 2 & 255
            green = green + (code >> 2 & 3) - 2 & 255
            blue = blue + (code & 3) - 2 & 255
        elif code >> 6 == _LUMA:
            change, other = (code & 63) - 32, data[position : position + 1] or b"\x88"
            position += 1
            red = red + change + (other[0] >> 4) - 8 & 255
            green = green + change & 255
            blue = blue + change + (other[0] & 15) - 8 & 255
        else:
            run = (code & 63) + 1
        pixel = red, green, blue, alpha
        seen[(red * 3 + green * 5 + blue * 7 + alpha * 11) & 63] = pixel
        out += bytes(pixel) * run
    return out[: 4 * count]
