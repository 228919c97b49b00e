"""Radiance HDR headers (G. Ward, Real Pixels; the Radiance file formats)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_MOST_HEADER: Final = 1 << 16
_RESOLUTION: Final = re.compile(rb"([-+])([XY])[ \t]+(\d+)[ \t]+([-+])([XY])[ \t]+(\d+)[ \t]*\r?\n")
# The axis of the scanlines, and which way each axis runs, to what EXIF calls that.
_ORIENTATIONS: Final = {
    b"-Y+X": 1,
    b"-Y-X": 2,
    b"+Y-X": 3,
    b"+Y+X": 4,
    b"+X-Y": 5,
    b"-X-Y": 6,
    b"-X+Y": 7,
    b"+X+Y": 8,
}
XYZ: Final = b"FORMAT=32-bit_rle_xyze"


def read_header(data: Sliceable) -> Header:
    """Read the lines of the header, and the resolution."""
    head = data[0:_MOST_HEADER]
    blank = re.search(rb"\n\r?\n", head)
    if blank is None:
        raise EOFError
    found = _RESOLUTION.match(head, blank.end())
    if found is None:
        raise DecodeError("the hdr does not say its size")
    orientation = _ORIENTATIONS.get(found[1] + found[2] + found[4] + found[5])
    if orientation is None:
        raise DecodeError("the hdr names an axis twice")
    height, width = int(found[3]), int(found[6])
    info = ImageInfo("hdr", width, height, bits=32, sample="float", orientation=orientation)
    lines = head[: blank.start()].split(b"\n")
    is_xyz = any(line.strip() == XYZ for line in lines)
    return Header(info, plain=not is_xyz and orientation == 1, body=found.end())
