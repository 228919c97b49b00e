"""The pixels of TGA: indices, colours of 15 to 32 bits, gray; packed runs (TGA 2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rp_image._errors import DecodeError
from rp_image._headers.tga import GRAY, MAPPED, Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode(request: Encoded) -> Image:
    """Decode to (H, W), (H, W, 3) or (H, W, 4) uint8, in the order of the rows of the file.

    Raises:
        DecodeError: Pixels are missing, and `strict` was asked for.
    """
    header, info = request.header, request.info
    layout: Layout = header.details
    size = (layout.depth + 7) // 8
    count = info.width * info.height
    body = request.data[header.body :]
    stored = _unpack(body, size, count) if layout.is_packed else body[: size * count]
    if len(stored) < size * count:
        if request.strict:
            raise DecodeError("pixels are missing")
        stored = stored.ljust(size * count, b"\0")
    cells = np.frombuffer(stored, np.uint8).reshape(info.height, info.width, size)
    if layout.kind == MAPPED:
        return _map(cells, request, layout)
    if layout.kind == GRAY:
        if size == 1:
            return cells[:, :, 0]
        return np.ascontiguousarray(cells) if info.has_alpha else cells[:, :, 0]
    return _colors(cells, layout.depth, has_alpha=info.has_alpha)


def _map(cells: NDArray[Any], request: Encoded, layout: Layout) -> Image:
    """Look the colours up; an index outside the map is black."""
    size = (layout.map_depth + 7) // 8
    start = layout.map_start
    stored = request.data[start : start + layout.colors * size]
    entries = np.frombuffer(stored[: len(stored) // size * size], np.uint8).reshape(1, -1, size)
    colors = _colors(entries, layout.map_depth, has_alpha=request.info.has_alpha)[0]
    indices = cells[:, :, 0].astype(np.int64)
    if cells.shape[2] == 2:
        indices |= cells[:, :, 1].astype(np.int64) << 8
    table = np.zeros((1 << 16, colors.shape[1]), np.uint8)
    end = min(len(table), layout.first + len(colors))
    table[layout.first : end] = colors[: end - layout.first]
    return table[indices]


def _colors(cells: NDArray[Any], depth: int, *, has_alpha: bool) -> Image:
    """Take red, green, blue and alpha out of pixels that are stored blue first."""
    if depth >= 24:
        order = [2, 1, 0, 3] if has_alpha and depth == 32 else [2, 1, 0]
        return cells[:, :, order]
    words = cells[:, :, 0].astype(np.uint16) | cells[:, :, 1].astype(np.uint16) << 8
    fields = np.stack([words >> shift & 31 for shift in (10, 5, 0)], axis=2)
    colors = ((fields * 255 + 15) // 31).astype(np.uint8)
    if not has_alpha:
        return colors
    return np.dstack([colors, (words >> 15).astype(np.uint8) * np.uint8(255)])


def _unpack(body: bytes, size: int, count: int) -> bytes:
    """Unpack runs: a byte with the high bit set repeats a pixel, others count literal ones."""
    parts: list[bytes] = []
    missing, position, end = count, 0, len(body)
    while missing > 0 and position < end:
        head = body[position]
        length = (head & 127) + 1
        if head & 128:
            part = body[position + 1 : position + 1 + size] * length
            position += 1 + size
        else:
            part = body[position + 1 : position + 1 + size * length]
            position += 1 + size * length
        parts.append(part)
        missing -= length
    return b"".join(parts)[: size * count]
