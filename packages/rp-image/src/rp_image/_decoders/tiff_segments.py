"""Strips and tiles of a TIFF page, put together to its samples (TIFF 6.0, sections 3, 14, 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import unpack_bits
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._headers.tiff import Layout
    from rp_image._types import Image

    Stored: TypeAlias = bytes | memoryview
    Unpack: TypeAlias = Callable[[memoryview, Layout, int, int], Stored]

_FLOATS = {16: "f2", 32: "f4", 64: "f8"}
_WORDS = frozenset({8, 16, 32, 64})
_DIFFERENCES, _FLOAT_DIFFERENCES = 2, 3


def assemble(request: Encoded, unpack: Unpack) -> Image:
    """Return the samples of a page as they are stored: (H, W, S), in the byte order of here.

    Args:
        request: The page.
        unpack: Called with the bytes of a strip or tile, the layout, how many bytes are wanted,
            and its columns; may return fewer, or more.

    Raises:
        DecodeError: Strips are missing or cut off, and `strict` was asked for.
        UnsupportedError: The samples of a pixel differ in depth.
    """
    layout: Layout = request.header.details
    info = request.info
    bits = layout.bits[0]
    if len(set(layout.bits)) != 1 or not 1 <= bits <= 64 or (bits > 32 and bits != 64):
        raise UnsupportedError(f"samples of {layout.bits} bits are not read")
    if layout.subsampling != (1, 1) and not layout.planar:
        return _assemble_units(request, unpack, layout)
    per_pixel = 1 if layout.planar else layout.samples
    # Strict, every pixel is in a segment, or there is an error.
    new = np.empty if request.strict else np.zeros
    out = new((info.height, info.width, layout.samples), _dtype(layout, bits))
    for plane, top, left, stored in segments(request, layout):
        rows = min(layout.height, info.height - top)
        stride = (layout.width * per_pixel * bits + 7) // 8
        raw = unpack(stored, layout, rows * stride, layout.width * (1 if bits == 1 else per_pixel))
        if len(raw) < rows * stride:
            if request.strict:
                raise DecodeError("a strip ends before its rows do")
            raw = bytes(raw).ljust(rows * stride, b"\0")
        packed = np.frombuffer(raw, np.uint8, rows * stride).reshape(rows, stride)
        part = _samples(packed, layout, bits, per_pixel)
        place = out[top : top + rows, left : left + layout.width]
        where = slice(plane, plane + 1) if layout.planar else slice(None)
        place[:, :, where] = part[: place.shape[0], : place.shape[1]]
    return out


def _dtype(layout: Layout, bits: int) -> np.dtype[Any]:
    if layout.sample == "float":
        if bits not in _FLOATS:
            raise UnsupportedError(f"floats of {bits} bits are not read")
        return np.dtype(_FLOATS[bits])
    size = next(size for size in (8, 16, 32, 64) if bits <= size)
    return np.dtype(f"{'i' if layout.sample == 'signed' else 'u'}{size // 8}")


def segments(request: Encoded, layout: Layout) -> Iterator[tuple[int, int, int, memoryview]]:
    """Yield plane, top and left of each strip or tile, and its bytes."""
    info = request.info
    if not (layout.width and layout.height):
        raise DecodeError("the tiles have no size")
    whole = memoryview(request.data)
    across = -(-info.width // layout.width)
    down = -(-info.height // layout.height)
    wanted = across * down * (layout.samples if layout.planar else 1)
    if len(layout.segments) < wanted and request.strict:
        raise DecodeError(f"{len(layout.segments)} strips or tiles are there, {wanted} are needed")
    for number, (start, size) in enumerate(layout.segments[:wanted]):
        plane, index = divmod(number, across * down)
        row, column = divmod(index, across)
        stored = whole[start : start + size]
        yield plane, row * layout.height, column * layout.width, stored


def _samples(packed: NDArray[Any], layout: Layout, bits: int, per_pixel: int) -> NDArray[Any]:
    """Turn rows of bytes into (rows, columns, samples)."""
    rows, count = len(packed), layout.width * per_pixel
    if layout.predictor == _FLOAT_DIFFERENCES:
        return _undo_float_differences(packed, bits, per_pixel, layout)
    if bits not in _WORDS:
        values = unpack_bits(packed, bits, count)
        if layout.sample == "signed":
            values = _extended(values, bits)
    else:
        kind = _dtype(layout, bits)
        # Differences, also of floats, are those of whole numbers.
        number = np.dtype(f"u{bits // 8}") if layout.predictor == _DIFFERENCES else kind
        values = packed.view(f"{layout.order}{number.str[1:]}").astype(number, copy=False)
    values = values[:, :count].reshape(rows, layout.width, per_pixel)
    if layout.predictor == _DIFFERENCES:
        values = np.cumsum(values, axis=1, dtype=values.dtype)
        if bits in _WORDS:
            values = values.view(_dtype(layout, bits))
    return values


def _extended(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Give samples of an odd width their sign."""
    wide = values.astype(np.int64)
    return wide - ((wide >> (bits - 1)) << bits)


def _undo_float_differences(
    packed: NDArray[Any], bits: int, per_pixel: int, layout: Layout
) -> NDArray[Any]:
    """Undo predictor 3: differences of bytes, the most significant bytes of a row first."""
    rows, size = len(packed), bits // 8
    if layout.sample != "float":
        raise UnsupportedError("the predictor of floats is used on integers")
    summed = packed.reshape(rows, -1, per_pixel)
    summed = np.cumsum(summed, axis=1, dtype=np.uint8).reshape(rows, size, -1)
    values = np.ascontiguousarray(summed.transpose(0, 2, 1)).view(f">f{size}")
    return values.astype(_FLOATS[bits]).reshape(rows, layout.width, per_pixel)


def _assemble_units(request: Encoded, unpack: Unpack, layout: Layout) -> Image:
    """Put together YCbCr whose chroma is shared by blocks of luma (TIFF 6.0, section 21)."""
    info = request.info
    across, down = layout.subsampling
    if layout.bits != (8, 8, 8) or across not in {1, 2, 4} or down not in {1, 2, 4}:
        raise UnsupportedError("subsampled samples other than 8 bits of YCbCr are not read")
    out = np.zeros((info.height, info.width, 3), np.uint8)
    wide = -(-layout.width // across)
    for _, top, left, stored in segments(request, layout):
        rows = min(layout.height, info.height - top)
        high, unit = -(-rows // down), across * down + 2
        length = high * wide * unit
        raw = unpack(stored, layout, length, layout.width * 3)
        if len(raw) < length:
            raise DecodeError("a strip ends before its rows do")
        units = np.frombuffer(raw, np.uint8, length).reshape(high, wide, unit)
        luma = units[:, :, :-2].reshape(high, wide, down, across).swapaxes(1, 2)
        chroma = units[:, :, -2:].repeat(down, axis=0).repeat(across, axis=1)
        block = np.dstack([luma.reshape(high * down, wide * across), chroma])
        place = out[top : top + rows, left : left + layout.width]
        place[:] = block[: place.shape[0], : place.shape[1]]
    return out
