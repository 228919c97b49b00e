"""BMP headers (Windows GDI: BITMAPCOREHEADER to BITMAPV5HEADER; OS/2 2.x)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

UNCOMPRESSED, BIT_FIELDS, ALPHA_BIT_FIELDS = 0, 3, 6
CORE: Final = 12
_INFO: Final = 40
_LARGEST: Final = 124
_WINDOWS: Final = frozenset({_INFO, 52, 56, 108, _LARGEST})
_MASKS_BEHIND: Final = {BIT_FIELDS: 12, ALPHA_BIT_FIELDS: 16}
_HEADER: Final = struct.Struct("<4xii2xHI12xI4x4I")


@dataclass(slots=True)
class Layout:
    """What a BMP header says of its pixels.

    Attributes:
        size: Bytes of the header, without the 14 of the file header before it.
        offset: Where the pixels begin.
        width: Pixels per row.
        height: Rows, negative where the first one is the top.
        depth: Bits per pixel.
        compression: 0 for none, 1 and 2 for run lengths, 3 and 6 for bit fields.
        colors: Entries of the palette, 0 for all that the depth allows.
        masks: Bit fields of red, green, blue and alpha; 0 where there are none.
    """

    size: int
    offset: int
    width: int
    height: int
    depth: int
    compression: int = UNCOMPRESSED
    colors: int = 0
    masks: tuple[int, ...] = (0, 0, 0, 0)

    @property
    def stride(self) -> int:
        """Bytes of an uncompressed row: whole 32-bit words."""
        return (self.width * self.depth + 31) // 32 * 4

    @property
    def is_uncompressed(self) -> bool:
        """Whether rows of pixels follow, bit fields or not; OS/2 has other compressions there."""
        fields = self.compression in _MASKS_BEHIND and self.size in _WINDOWS
        return self.compression == UNCOMPRESSED or fields


def read_header(data: Sliceable) -> Header:
    """Read the header of a BMP."""
    layout = read_layout(data)
    height = abs(layout.height)
    info = ImageInfo(
        "bmp",
        layout.width,
        height,
        color="palette" if layout.depth <= 8 else "rgb",
        has_alpha=layout.is_uncompressed and bool(layout.masks[3]),
    )
    end = layout.offset + layout.stride * (height - 1) + (layout.width * layout.depth + 7) // 8
    short = layout.is_uncompressed and end > len(data)
    plain = (layout.size, layout.compression, layout.depth) == (_INFO, UNCOMPRESSED, 24)
    return Header(info, plain=plain, defect="the pixels are cut off" if short else None)


def read_layout(data: Sliceable) -> Layout:
    """Read where a BMP file has what."""
    (offset,) = struct.unpack("<I", data[10:14])
    layout = read_dib(data[14 : 14 + _HEADER.size])
    layout.offset = offset
    if layout.depth <= 8 and offset == 14 + layout.size:
        # As if there were no palette, which some programs write where there is one.
        offset += (layout.colors or 1 << layout.depth) * (3 if layout.size == CORE else 4)
        layout.offset = offset
    if layout.size != CORE and offset < 14 + layout.size:
        raise DecodeError("the pixels of the bmp begin inside its header")
    return layout


def read_dib(head: bytes) -> Layout:
    """Read the header of a bitmap, in a file or in an icon; where its pixels begin is not in it."""
    (size,) = struct.unpack("<I", head[:4])
    if size == CORE:
        width, height, _, depth = struct.unpack("<HHHH", head[4:12])
        return Layout(size, 0, width, height, depth)
    if not 16 <= size <= _LARGEST:
        raise DecodeError(f"the bmp header has {size} bytes")
    compression = int.from_bytes(head[16:20], "little") if size >= 20 else UNCOMPRESSED
    known = size + (_MASKS_BEHIND.get(compression, 0) if size == _INFO else 0)
    head = head[: min(known, _HEADER.size)]
    if len(head) < min(known, _HEADER.size):
        raise EOFError
    width, height, depth, _, colors, *masks = _HEADER.unpack(head.ljust(_HEADER.size, b"\0"))
    if width < 0:
        raise DecodeError("the bmp has a negative width")
    if compression not in _MASKS_BEHIND or size not in _WINDOWS:
        masks = [0, 0, 0, 0]
    return Layout(size, 0, width, height, depth, compression, colors, tuple(masks))
