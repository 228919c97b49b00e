"""PFM headers (P. Debevec; Netpbm's pfm)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEADER: Final = re.compile(rb"P(f|F4?)\s+(\d{1,9})\s+(\d{1,9})\s+([-+.\deE]{1,40})[ \t\r]*\n")
_CHANNELS: Final = {b"f": 1, b"F": 3, b"F4": 4}


def read_header(data: Sliceable) -> Header:
    """Read the header of a PFM; `details` is (channels, byte order)."""
    found = _HEADER.match(data[0:256])
    if found is None:
        raise DecodeError("the pfm header is malformed")
    try:
        scale = float(found[4])
    except ValueError as error:
        raise DecodeError("the scale of the pfm is no number") from error
    channels, width, height = _CHANNELS[found[1]], int(found[2]), int(found[3])
    info = ImageInfo(
        "pfm",
        width,
        height,
        color="gray" if channels == 1 else "rgb",
        bits=32,
        sample="float",
        has_alpha=channels == 4,
    )
    short = found.end() + 4 * width * height * channels > len(data)
    details = channels, "<" if scale < 0 else ">"
    defect = "the pixels are cut off" if short else None
    return Header(info, defect=defect, body=found.end(), details=details)
