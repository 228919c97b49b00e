"""SPE headers (Princeton Instruments, WinView SPE 2.x)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._header import Header
from rp_image._headers.samples import Samples, check_index
from rp_image._types import ImageInfo, Sample

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEAD: Final = 4100
_KINDS: Final = {0: "<f4", 1: "<i4", 2: "<i2", 3: "<u2", 5: "<f8", 6: "u1", 8: "<u4"}
_SAMPLES: Final[dict[str, Sample]] = {"f": "float", "i": "signed", "u": "unsigned"}


def matches(data: Sliceable) -> bool:
    """Return whether the sizes in the header add up to that of the file."""
    if len(data) <= _HEAD:
        return False
    kind, width, height, frames = _fields(data)
    if kind not in _KINDS or not (width and height and frames > 0):
        return False
    return _HEAD + width * height * frames * int(_KINDS[kind][-1]) == len(data)


def read_page(data: Sliceable, index: int) -> Header:
    """Read the header of an SPE, for one of its pictures."""
    number, width, height, frames = _fields(data)
    check_index(index, frames)
    kind = _KINDS[number]
    bits, sample = int(kind[-1]) * 8, _SAMPLES[kind[-2]]
    info = ImageInfo("spe", width, height, frames, color="gray", bits=bits, sample=sample)
    return Header(info, index=index, details=Samples(_HEAD, kind))


def _fields(data: Sliceable) -> tuple[int, int, int, int]:
    """Return the type of the samples, width, height and number of frames."""
    (width,) = struct.unpack("<H", data[42:44])
    (kind,) = struct.unpack("<h", data[108:110])
    (height,) = struct.unpack("<H", data[656:658])
    (frames,) = struct.unpack("<i", data[1446:1450])
    return kind, width, height, frames
