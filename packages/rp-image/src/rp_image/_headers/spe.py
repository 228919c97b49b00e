"""SPE headers (Princeton Instruments, WinView SPE 2.x)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._header import Header
from rp_image._types import ImageInfo, Sample

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEAD: Final = 4100
_TYPES: Final[dict[int, tuple[int, Sample]]] = {
    0: (32, "float"),
    1: (32, "signed"),
    2: (16, "signed"),
    3: (16, "unsigned"),
    5: (64, "float"),
    6: (8, "unsigned"),
    8: (32, "unsigned"),
}


def matches(data: Sliceable) -> bool:
    """Return whether the sizes in the header add up to that of the file."""
    if len(data) <= _HEAD:
        return False
    kind, width, height, frames = _fields(data)
    if kind not in _TYPES or not (width and height and frames > 0):
        return False
    return _HEAD + width * height * frames * _TYPES[kind][0] // 8 == len(data)


def read_header(data: Sliceable) -> Header:
    """Read the header of an SPE."""
    kind, width, height, frames = _fields(data)
    bits, sample = _TYPES[kind]
    info = ImageInfo("spe", width, height, frames, color="gray", bits=bits, sample=sample)
    return Header(info)


def _fields(data: Sliceable) -> tuple[int, int, int, int]:
    """Return the type of the samples, width, height and number of frames."""
    (width,) = struct.unpack("<H", data[42:44])
    (kind,) = struct.unpack("<h", data[108:110])
    (height,) = struct.unpack("<H", data[656:658])
    (frames,) = struct.unpack("<i", data[1446:1450])
    return kind, width, height, frames
