"""The pixels of an uncompressed DDS: bit fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._headers.dds import Layout
    from rp_image._types import Image

_BAND: Final = 1 << 18


def decode(request: Encoded) -> Image:
    """Decode to (H, W, 3) or (H, W, 4); uint16 where a field has more than 8 bits.

    Raises:
        DecodeError: Pixels are missing.
    """
    layout: Layout = request.header.details
    info = request.info
    count = info.width * info.height
    stored = request.data[request.header.body :][: count * layout.size]
    if len(stored) < count * layout.size:
        raise DecodeError("pixels are missing")
    if layout.colors:
        colors = np.frombuffer(layout.colors.ljust(1024, b"\0"), np.uint8).reshape(256, 4)
        index = np.frombuffer(stored, np.uint8).reshape(info.height, info.width)
        return np.ascontiguousarray(colors[:, : 4 if info.has_alpha else 3])[index]
    cells = np.frombuffer(stored, np.uint8).reshape(count, layout.size)
    out = np.zeros((count, 4 if info.has_alpha else 3), info.dtype)
    for start in range(0, count, _BAND):
        _spread(cells[start : start + _BAND], layout, out[start : start + _BAND])
    return out.reshape(info.height, info.width, -1)


def _spread(cells: Image, layout: Layout, out: Image) -> None:
    """Take the channels out of the bit fields, each scaled to the whole range."""
    words = np.zeros(len(cells), np.uint32)
    for place in range(layout.size):
        words |= cells[:, place].astype(np.uint32) << (8 * place)
    full = np.iinfo(out.dtype).max
    for channel, mask in enumerate(layout.masks[: out.shape[1]]):
        shift = max(0, (mask & -mask).bit_length() - 1)
        if most := mask >> shift:
            values = (words & np.uint32(mask)) >> np.uint32(shift)
            out[:, channel] = np.rint(values * (full / most))
