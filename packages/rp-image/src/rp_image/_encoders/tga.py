"""TGA, uncompressed, the top row first (TGA 2.0)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from rp_image._encoders.common import in_color

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_FROM_TOP = 0x20
_GRAY, _COLOR = 3, 2


def encode(request: Encoding) -> bytes:
    """Encode 8-bit gray, RGB or RGBA."""
    image = request.image if request.channels == 1 else in_color(request.image)
    height, width = image.shape[:2]
    channels = 1 if image.ndim == 2 else image.shape[2]
    kind = _GRAY if channels == 1 else _COLOR
    bits = _FROM_TOP | (8 if channels == 4 else 0)
    head = struct.pack("<BBB5xHHHHBB", 0, 0, kind, 0, 0, width, height, channels * 8, bits)
    if channels == 1:
        return head + image.tobytes()
    order = [2, 1, 0, 3][:channels]
    return head + image[:, :, order].tobytes()
