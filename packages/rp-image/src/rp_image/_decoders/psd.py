"""The flattened picture of a PSD or PSB (Adobe Photoshop file formats specification)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import unpack_bits
from rp_image._decoders.inks import cmyk_to_rgb, lab_to_rgb
from rp_image._decoders.packbits import unpack
from rp_image._errors import DecodeError
from rp_image._headers.psd import Layout
from rp_image._parts import in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_BITMAP, _INDEXED, _CMYK, _LAB = 0, 2, 4, 9
_FLOATS: Final = frozenset({1, 3})
_RAW, _PACKED = 0, 1
_BAND: Final = 1 << 18
_KINDS: Final = {1: "u1", 8: "u1", 16: ">u2", 32: ">f4"}


def decode(request: Encoded) -> Image:
    """Decode the planes that make the picture to (H, W) or (H, W, C).

    Raises:
        DecodeError: Rows are missing.
        UnsupportedError: They are compressed by zip, or have 32 bits in a mode other than RGB or
            gray.
    """
    layout: Layout = request.header.details
    info = request.info
    if info.bits == 32 and layout.mode not in _FLOATS:
        raise UnsupportedError(f"32 bits in the mode {layout.mode} are not read")
    shape = info.height, info.width, layout.used
    pixels = np.empty(shape, np.float32 if info.bits == 32 else f"u{(info.bits + 7) // 8}")
    for index, plane in enumerate(_planes(request, layout, (info.width * info.bits + 7) // 8)):
        bits = unpack_bits(plane, 1, info.width) if info.bits == 1 else plane
        pixels[:, :, index] = bits.view(_KINDS[info.bits])
    if layout.mode == _BITMAP:
        return (1 - pixels[:, :, 0]) * np.uint8(255)
    if layout.mode == _CMYK and request.inks:
        pixels[:, :, :4] = np.iinfo(pixels.dtype).max - pixels[:, :, :4]
    color_of = _conversion(layout, inks=request.inks)
    if color_of is None:
        return pixels[:, :, 0] if layout.used == 1 else pixels
    base = {_INDEXED: 1, _LAB: 3}.get(layout.mode, 4)
    out = np.empty((info.height, info.width, 3 + layout.used - base), pixels.dtype)
    band = max(1, _BAND // info.width)

    def work(first: int, end: int) -> None:
        for top in range(first, end, band):
            here = slice(top, min(end, top + band))
            out[here, :, :3] = color_of(pixels[here, :, :base])
            out[here, :, 3:] = pixels[here, :, base:]

    in_parts(work, info.height, info.width)
    return out


def _conversion(layout: Layout, *, inks: bool) -> Callable[[Image], Image] | None:
    """Return what makes RGB of the planes of the colour, if that is needed."""
    if layout.mode == _INDEXED:
        palette = np.frombuffer(layout.palette.ljust(768, b"\0"), np.uint8).reshape(3, 256).T
        return lambda part: palette[part[:, :, 0]]
    if layout.mode == _CMYK and not inks:  # Stored as light, not as ink.
        return lambda part: cmyk_to_rgb(np.iinfo(part.dtype).max - part)
    return lab_to_rgb if layout.mode == _LAB else None


def _planes(request: Encoded, layout: Layout, stride: int) -> Iterator[NDArray[Any]]:
    """Yield the bytes of each plane that is used, (H, stride)."""
    data, start, height = request.data, request.header.body + 2, request.info.height
    scheme = int.from_bytes(data[start - 2 : start])
    if scheme not in {_RAW, _PACKED}:
        raise UnsupportedError("a flattened picture that is zipped is not read")
    stored: bytes | bytearray
    size = 4 if layout.is_large else 2
    counts = np.zeros(0, int)
    if scheme == _PACKED:
        table = data[start : start + size * height * layout.planes]
        if len(table) < size * height * layout.planes:
            raise DecodeError("the table of the rows is cut off")
        counts = np.frombuffer(table, f">u{size}").astype(np.int64)
        start += len(table)
    for plane in range(layout.used):
        if scheme == _PACKED:
            ends = start + np.cumsum(counts[plane * height : (plane + 1) * height])
            starts = [start, *ends.tolist()]
            start, stored = starts[-1], bytearray()
            for a, b in itertools.pairwise(starts):
                stored += unpack(data[a:b], stride)
        else:
            stored = data[start : start + stride * height]
            start += stride * height
        if len(stored) < stride * height:
            raise DecodeError("rows are missing")
        yield np.frombuffer(stored, np.uint8).reshape(height, stride)
