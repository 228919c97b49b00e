"""The pixels of an icon: a PNG, or a bitmap with a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._decoders.bmp import decode_bitmap
from rp_image._decoders.common import unpack_bits
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._headers.bmp import Layout
    from rp_image._types import Image


def decode(request: Encoded) -> Image:
    """Decode to (H, W, 4) uint8; without a palette or alpha of its own, the mask says what shows.

    Raises:
        DecodeError: The picture is damaged.
    """
    layout, end = request.header.details
    part = request.data[request.header.body : end]
    if layout is None:
        return _decode_png(part, request)
    return _decode_bitmap(part, layout, request)


def _decode_png(part: bytes, request: Encoded) -> Image:
    from rp_image._decode import Encoded, decode
    from rp_image._header import read_header
    from rp_image._pixels import to_mode

    header = read_header(part)
    if (header.info.width, header.info.height) != (request.info.width, request.info.height):
        raise DecodeError("the png has another size")
    pixels = decode(Encoded(part, header, strict=request.strict)).pixels
    if pixels.dtype == np.uint16:
        pixels = ((pixels.astype(np.uint32) * 2 + 257) // 514).astype(np.uint8)
    return to_mode(pixels, header.info, "rgba")


def _decode_bitmap(part: bytes, layout: Layout, request: Encoded) -> Image:
    """Decode a bitmap, above which the rows of its mask are counted, too."""
    width, height = request.info.width, request.info.height
    layout.height = height
    if layout.depth == 32 and not any(layout.masks):
        layout.masks = 0xFF0000, 0xFF00, 0xFF, 0xFF000000
    colors = (layout.colors or 1 << layout.depth) if layout.depth <= 8 else 0
    entry = 3 if layout.size == 12 else 4
    body = layout.size + colors * entry + (12 if layout.compression == 3 else 0)
    layout.offset = 14 + body
    pixels = decode_bitmap(bytes(14) + part, layout, strict=request.strict)
    if pixels.shape[2] == 4 and pixels[:, :, 3].any():
        return pixels
    hidden = _mask(part[body + layout.stride * height :], height, width)
    alpha = np.where(hidden, np.uint8(0), np.uint8(255))
    return np.dstack([pixels[:, :, :3], alpha])


def _mask(stored: bytes, height: int, width: int) -> Image:
    """Return where the mask hides the picture; rows that are missing hide nothing."""
    stride = (width + 31) // 32 * 4
    stored = stored[: stride * height].ljust(stride * height, b"\0")
    rows = np.frombuffer(stored, np.uint8).reshape(height, stride)
    return unpack_bits(rows[::-1], 1, width) > 0
