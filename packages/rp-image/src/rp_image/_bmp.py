"""BMP headers (Windows GDI: BITMAPCOREHEADER to BITMAPV5HEADER)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_UNCOMPRESSED: Final = frozenset({0, 3, 6})
_BITFIELDS: Final = frozenset({3, 6})
_CORE: Final = 12
_INFO: Final = 40
_WITH_ALPHA_MASK: Final = 56


def read_header(data: Sliceable) -> Header:
    """Read the header of a BMP."""
    offset, size = struct.unpack("<II", data[10:18])
    if size == _CORE:
        width, height, _, depth = struct.unpack("<HHHH", data[18:26])
        compression = 0
    elif size >= 16:
        head = data[18:34].ljust(16, b"\0")
        width, height, _, depth, compression = struct.unpack("<iiHHI", head[:16])
    else:
        raise DecodeError(f"the bmp header has {size} bytes")
    if width < 0:
        raise DecodeError("the bmp has a negative width")
    height = abs(height)
    alpha_mask = data[66:70] if size >= _WITH_ALPHA_MASK or compression == 6 else b""
    has_alpha = compression in _BITFIELDS and any(alpha_mask)
    info = ImageInfo(
        "bmp", width, height, color="palette" if depth <= 8 else "rgb", has_alpha=has_alpha
    )
    row = (width * depth + 31) // 32 * 4
    short = compression in _UNCOMPRESSED and offset + row * height > len(data)
    plain = size == _INFO and compression == 0 and depth == 24
    return Header(info, plain=plain, defect="the pixels are cut off" if short else None)
