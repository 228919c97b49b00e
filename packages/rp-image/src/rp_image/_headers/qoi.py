"""QOI headers (The Quite OK Image format 1.0)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEADER: Final = struct.Struct(">4xIIBB")
_MOST_EACH: Final = 62
_END: Final = bytes(7) + b"\1"


def read_header(data: Sliceable) -> Header:
    """Read the header of a QOI."""
    width, height, channels, _ = _HEADER.unpack(data[0:14])
    if channels not in {3, 4}:
        raise DecodeError(f"the qoi has {channels} channels")
    length = len(data)
    if width * height > _MOST_EACH * length:
        raise DecodeError("the qoi is too short for its pixels")
    defect = None if data[max(14, length - 8) : length] == _END else "the end marker is missing"
    return Header(ImageInfo("qoi", width, height, has_alpha=channels == 4), defect=defect, body=14)
