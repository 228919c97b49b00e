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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_BITMAP, _INDEXED, _CMYK, _LAB = 0, 2, 4, 9
_RAW, _PACKED = 0, 1
_KINDS: Final = {1: "u1", 8: "u1", 16: ">u2", 32: ">f4"}


def decode(request: Encoded) -> Image:
    """Decode the planes that make the picture to (H, W) or (H, W, C).

    Raises:
        DecodeError: Rows are missing.
        UnsupportedError: They are compressed by zip, or have 32 bits in a mode other than RGB.
    """
    layout: Layout = request.header.details
    info = request.info
    planes = [
        _samples(plane, info.bits, info.width)
        for plane in _planes(request, layout, (info.width * info.bits + 7) // 8)
    ]
    if layout.mode == _BITMAP:
        return (1 - planes[0]) * np.uint8(255)
    if layout.mode == _INDEXED:
        palette = np.frombuffer(layout.palette.ljust(768, b"\0"), np.uint8).reshape(3, 256).T
        return _joined([*np.moveaxis(palette[planes[0]], 2, 0), *planes[1:]])
    pixels = _joined(planes)
    if layout.mode == _CMYK and not request.inks:  # Stored as light, not as ink.
        color = cmyk_to_rgb(np.iinfo(pixels.dtype).max - pixels[:, :, :4])
        return np.dstack([color, pixels[:, :, 4:]])
    if layout.mode == _LAB:
        return np.dstack([lab_to_rgb(pixels[:, :, :3]), pixels[:, :, 3:]])
    return pixels


def _joined(planes: list[NDArray[Any]]) -> Image:
    return planes[0] if len(planes) == 1 else np.stack(planes, axis=2)


def _samples(plane: NDArray[Any], bits: int, width: int) -> NDArray[Any]:
    if bits == 1:
        return unpack_bits(plane, 1, width)
    kind = np.dtype(_KINDS[bits])
    return plane.view(kind).astype(kind.newbyteorder("="))


def _planes(request: Encoded, layout: Layout, stride: int) -> Iterator[NDArray[Any]]:
    """Yield the bytes of each plane that is used, (H, stride)."""
    data, start, height = request.data, request.header.body + 2, request.info.height
    scheme = int.from_bytes(data[start - 2 : start])
    if scheme not in {_RAW, _PACKED}:
        raise UnsupportedError("a flattened picture that is zipped is not read")
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
            rows = [unpack(data[a:b], stride) for a, b in itertools.pairwise(starts)]
            start, stored = starts[-1], b"".join(rows)
        else:
            stored = data[start : start + stride * height]
            start += stride * height
        if len(stored) < stride * height:
            raise DecodeError("rows are missing")
        yield np.frombuffer(stored, np.uint8).reshape(height, stride)
