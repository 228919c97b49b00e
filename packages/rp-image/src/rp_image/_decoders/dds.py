"""The pixels of an uncompressed DDS: bit fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._headers.dds import Layout
    from rp_image._types import Image


def decode(request: Encoded) -> Image:
    """Decode to (H, W, 3) or (H, W, 4) uint8.

    Raises:
        DecodeError: Pixels are missing.
    """
    layout: Layout = request.header.details
    info = request.info
    count = info.width * info.height
    stored = request.data[request.header.body :][: count * layout.size]
    if len(stored) < count * layout.size:
        raise DecodeError("pixels are missing")
    cells = np.frombuffer(stored, np.uint8).reshape(count, layout.size)
    words = np.zeros(count, np.uint32)
    for place in range(layout.size):
        words |= cells[:, place].astype(np.uint32) << (8 * place)
    out = np.zeros((count, 4 if info.has_alpha else 3), np.uint8)
    for channel, mask in enumerate(layout.masks[: out.shape[1]]):
        shift = max(0, (mask & -mask).bit_length() - 1)
        if most := mask >> shift:
            values = (words & np.uint32(mask)) >> np.uint32(shift)
            out[:, channel] = np.rint(values * (255 / most))
    return out.reshape(info.height, info.width, -1)
