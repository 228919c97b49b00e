"""The pixels of TGA: indices, colours of 15 to 32 bits, gray; packed runs (TGA 2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._errors import DecodeError
from rp_image._headers.tga import GRAY, MAPPED, Layout
from rp_image._pixels import unpremultiply

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_BAND: Final = 1 << 18


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
    stored: bytes | bytearray = body[: size * count]
    if layout.is_packed:
        stored = _unpack(body, size, count)
    if len(stored) < size * count:
        if request.strict:
            raise DecodeError("pixels are missing")
        stored = stored.ljust(size * count, b"\0")
    cells = np.frombuffer(stored, np.uint8).reshape(info.height, info.width, size)
    if layout.kind == GRAY:
        return cells if info.has_alpha else cells[:, :, 0]
    table = _table(request, layout) if layout.kind == MAPPED else None
    out = np.empty((info.height, info.width, 4 if info.has_alpha else 3), np.uint8)
    band = max(1, _BAND // info.width)
    for top in range(0, len(cells), band):
        part, place = cells[top : top + band], out[top : top + band]
        if table is None:
            place[...] = _colors(part, layout.depth, has_alpha=info.has_alpha)
        else:
            place[...] = table[_words(part)]
    return unpremultiply(out) if layout.premultiplied else out


def _table(request: Encoded, layout: Layout) -> Image:
    """Return the colour of each index; one outside the map is black."""
    size = (layout.map_depth + 7) // 8
    start = layout.map_start
    stored = request.data[start : start + layout.colors * size]
    entries = np.frombuffer(stored[: len(stored) // size * size], np.uint8).reshape(1, -1, size)
    colors = _colors(entries, layout.map_depth, has_alpha=request.info.has_alpha)[0]
    table = np.zeros((1 << 16, colors.shape[1]), np.uint8)
    end = min(len(table), layout.first + len(colors))
    table[layout.first : end] = colors[: end - layout.first]
    return table


def _words(cells: NDArray[Any]) -> NDArray[Any]:
    if cells.shape[2] == 1:
        return cells[:, :, 0]
    return np.asarray(cells[:, :, 0] | cells[:, :, 1].astype(np.uint16) << 8)


def _colors(cells: NDArray[Any], depth: int, *, has_alpha: bool) -> Image:
    """Take red, green, blue and alpha out of pixels that are stored blue first."""
    if depth >= 24:
        order = [2, 1, 0, 3] if has_alpha and depth == 32 else [2, 1, 0]
        return cells[:, :, order]
    words = _words(cells)
    fields = np.stack([words >> shift & 31 for shift in (10, 5, 0)], axis=2)
    colors = ((fields * 255 + 15) // 31).astype(np.uint8)
    if not has_alpha:
        return colors
    return np.dstack([colors, (words >> 15).astype(np.uint8) * np.uint8(255)])


def _unpack(body: bytes, size: int, count: int) -> bytearray:
    """Unpack runs: a byte with the high bit set repeats a pixel, others count literal ones."""
    out = bytearray(size * count)
    filled, position, end = 0, 0, len(body)
    while filled < len(out) and position < end:
        head = body[position]
        length = ((head & 127) + 1) * size
        if head & 128:
            part = body[position + 1 : position + 1 + size] * ((head & 127) + 1)
            position += 1 + size
        else:
            part = body[position + 1 : position + 1 + length]
            position += 1 + length
        part = part[: len(out) - filled]
        out[filled : filled + len(part)] = part
        filled += len(part)
        if len(part) < length:
            break
    return out if filled == len(out) else out[:filled]
