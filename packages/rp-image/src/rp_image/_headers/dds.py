"""DDS headers (Microsoft, Programming Guide for DDS)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEADER: Final = struct.Struct("<4xIIII60xI4sIIIII")
_ALPHA_PIXELS, _FOUR_CC, _PALETTE, _RGB, _LUMINANCE = 0x1, 0x4, 0x20, 0x40, 0x20000
_BLOCK_BYTES: Final = {b"DXT1": 8, b"BC4U": 8, b"ATI1": 8, b"BC4S": 8}
_WITH_ALPHA: Final = frozenset({b"DXT2", b"DXT3", b"DXT4", b"DXT5"})
_DX10_ALPHA: Final = frozenset({*range(73, 79), *range(97, 100), *range(27, 33), 87, 91})
_DX10_FLOAT: Final = frozenset({94, 95, 96})


class Layout(NamedTuple):
    """Uncompressed pixels: bytes of each, and the bit fields of red, green, blue and alpha."""

    size: int
    masks: tuple[int, int, int, int]


def read_header(data: Sliceable) -> Header:
    """Read the header of a DDS: of its first surface, at full size."""
    size, _, height, width, flags, code, depth, *masks = _HEADER.unpack(data[0:108])
    if size != 124:
        raise DecodeError(f"the dds header has {size} bytes")
    body = 128
    has_alpha = bool(flags & _ALPHA_PIXELS)
    gray = bool(flags & _LUMINANCE)
    layout = None
    is_float = False
    if flags & _FOUR_CC:
        has_alpha = has_alpha or code in _WITH_ALPHA
        if code == b"DX10":
            body = 148
            kind = int.from_bytes(data[128:132], "little")
            has_alpha, is_float = kind in _DX10_ALPHA, kind in _DX10_FLOAT
    elif flags & (_RGB | _LUMINANCE) and depth in {8, 16, 24, 32}:
        layout = Layout(depth // 8, _fields(masks, gray=gray, has_alpha=has_alpha))
    info = ImageInfo(
        "dds",
        width,
        height,
        color="gray" if gray else "rgb",
        bits=32 if is_float else 8,
        sample="float" if is_float else "unsigned",
        has_alpha=has_alpha,
    )
    need = width * height * layout.size if layout else 0
    defect = "the pixels are cut off" if body + need > len(data) else None
    return Header(info, plain=not flags & _PALETTE, defect=defect, body=body, details=layout)


def _fields(masks: list[int], *, gray: bool, has_alpha: bool) -> tuple[int, int, int, int]:
    red, green, blue, alpha = masks
    if gray:
        green = blue = red
    return red, green, blue, alpha if has_alpha else 0
