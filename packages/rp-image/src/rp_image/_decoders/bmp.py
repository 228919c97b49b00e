"""The pixels of a BMP of any kind: bit fields, palettes of any length, run lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._errors import DecodeError
from rp_image._headers.bmp import CORE, Layout, read_layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_RUN_LENGTHS: Final = {1: 8, 2: 4}
_DEPTHS: Final = frozenset({1, 2, 4, 8, 16, 24, 32})
_DEFAULT_MASKS: Final = {
    16: (0x7C00, 0x3E0, 0x1F, 0),
    24: (0xFF0000, 0xFF00, 0xFF, 0),
    32: (0xFF0000, 0xFF00, 0xFF, 0),
}
_BAND: Final = 1 << 20


def decode(request: Encoded) -> Image:
    """Decode a BMP file; what it leaves out is index 0 or black."""
    return decode_bitmap(request.data, read_layout(request.data), strict=request.strict)


def decode_bitmap(data: bytes, layout: Layout, *, strict: bool) -> Image:
    """Decode a bitmap to (H, W, 3) or (H, W, 4) uint8.

    Raises:
        DecodeError: The run lengths end before the picture does, and `strict` was asked for.
        UnsupportedError: It is compressed in a way that is for printers and OS/2.
    """
    if layout.is_uncompressed and layout.depth in _DEPTHS:
        pixels = _decode_rows(data, layout)
    elif _RUN_LENGTHS.get(layout.compression) == layout.depth:
        pixels = _palette(data, layout)[_decode_runs(data, layout, strict=strict)]
    else:
        raise UnsupportedError(
            f"no decoder for BMP of {layout.depth} bits and compression {layout.compression}"
        )
    return pixels if layout.height < 0 else pixels[::-1]


def _decode_rows(data: bytes, layout: Layout) -> Image:
    """Decode uncompressed rows, by bands so that what lies between stays small."""
    stride, height = layout.stride, abs(layout.height)
    present = min(height, (len(data) - layout.offset) // stride)
    body = memoryview(data)[layout.offset : layout.offset + stride * height]
    rows = np.frombuffer(body[: present * stride], np.uint8).reshape(present, stride)
    if present == height - 1:  # The padding of the last row may be missing.
        last = np.frombuffer(bytes(body[present * stride :]).ljust(stride, b"\0"), np.uint8)
        rows = np.concatenate([rows, last[None]])
    out = np.zeros((height, layout.width, 4 if layout.masks[3] else 3), np.uint8)
    band = max(1, _BAND // layout.width)
    colors = _palette(data, layout) if layout.depth <= 8 else None
    for top in range(0, len(rows), band):
        part = rows[top : top + band]
        if colors is not None:
            out[top : top + len(part)] = colors[_indices(part, layout)]
        else:
            words = _words(part, layout)
            for left in range(0, layout.width, _BAND):
                place = out[top : top + len(part), left : left + _BAND]
                _spread(words[:, left : left + _BAND], layout, place)
    return out


def _indices(rows: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Unpack palette indices of 1, 2, 4 or 8 bits."""
    depth = layout.depth
    shifts = np.arange(8 - depth, -1, -depth, dtype=np.uint8)
    unpacked = rows[:, :, None] >> shifts & ((1 << depth) - 1)
    return unpacked.reshape(len(rows), -1)[:, : layout.width]


def _words(rows: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Read each pixel as one little-endian number."""
    size = layout.depth // 8
    if size != 3:
        return np.ascontiguousarray(rows).view(f"<u{size}")[:, : layout.width]
    blue, green, red = np.moveaxis(
        rows[:, : layout.width * 3].reshape(len(rows), layout.width, 3).astype(np.uint32), 2, 0
    )
    return red << 16 | green << 8 | blue


def _spread(words: NDArray[Any], layout: Layout, out: Image) -> None:
    """Take the channels out of the bit fields, each scaled to 0..255."""
    masks = layout.masks if any(layout.masks[:3]) else _DEFAULT_MASKS[layout.depth]
    for channel in range(out.shape[2]):
        mask = masks[channel]
        shift = max(0, (mask & -mask).bit_length() - 1)
        most = mask >> shift
        if most:
            values = (words & words.dtype.type(mask & np.iinfo(words.dtype).max)) >> shift
            out[:, :, channel] = np.rint(values * (255 / most)) if most != 255 else values


def _palette(data: bytes, layout: Layout) -> NDArray[Any]:
    """Return 256 RGB colours; an index behind the end of the palette is black."""
    entry = 3 if layout.size == CORE else 4
    start = 14 + layout.size
    count = min(layout.colors or 256, 1 << layout.depth, max(0, layout.offset - start) // entry)
    stored = np.frombuffer(data[start : start + count * entry], np.uint8)
    stored = stored[: len(stored) // entry * entry].reshape(-1, entry)
    colors = np.zeros((256, 3), np.uint8)
    colors[: len(stored)] = stored[:, 2::-1]
    return colors


def _decode_runs(data: bytes, layout: Layout, *, strict: bool) -> NDArray[Any]:
    """Decode run lengths to indices, the bottom row first (MS-WMF 3.1.6)."""
    width, height = layout.width, abs(layout.height)
    out = bytearray(width * height)
    x = y = 0
    position = layout.offset
    while y < height:
        count, value = data[position : position + 2].ljust(2, b"\0")
        if position + 2 > len(data):
            if strict and (y < height - 1 or x < width):
                raise DecodeError("the run lengths are cut off")
            break
        position += 2
        if count:
            run = _run(count, value, layout.depth)
        elif value == 0:
            x, y = 0, y + 1
            continue
        elif value == 1:
            break
        elif value == 2:
            right, up = data[position : position + 2].ljust(2, b"\0")
            x, y, position = x + right, y + up, position + 2
            continue
        else:
            size = value if layout.depth == 8 else (value + 1) // 2
            run = _literal(data[position : position + size], value, layout.depth)
            position += size + (size & 1)
        fitting = run[: max(0, width - x)]
        out[y * width + x : y * width + x + len(fitting)] = fitting
        x += len(run)
    return np.frombuffer(out, np.uint8).reshape(height, width)


def _run(count: int, value: int, depth: int) -> bytes:
    if depth == 8:
        return bytes([value]) * count
    return (bytes([value >> 4, value & 15]) * ((count + 1) // 2))[:count]


def _literal(stored: bytes, count: int, depth: int) -> bytes:
    if depth == 8:
        return stored
    return bytes(nibble for byte in stored for nibble in (byte >> 4, byte & 15))[:count]
