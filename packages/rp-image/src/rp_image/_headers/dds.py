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
_WITH_ALPHA: Final = frozenset({b"DXT2", b"DXT3", b"DXT4", b"DXT5"})
_PALETTE_BYTES: Final = 1024
_DX10_ALPHA: Final = frozenset({*range(73, 79), *range(97, 100), *range(27, 33), 87, 91})
_RGBA: Final = (0xFF, 0xFF00, 0xFF0000, 0xFF000000)
_BGRA: Final = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
_BGR: Final = (*_BGRA[:3], 0)
_DX10_MASKS: Final = {28: _RGBA, 29: _RGBA, 87: _BGRA, 91: _BGRA, 88: _BGR, 93: _BGR}
_DX10_BC1: Final = frozenset({70, 71, 72})
_DX10_FLOAT: Final = frozenset({94, 95, 96})


class Layout(NamedTuple):
    """Uncompressed pixels: bytes of each, and the bit fields of red, green, blue and alpha.

    Or indices, with `colors`: 256 times red, green, blue and alpha.
    """

    size: int
    masks: tuple[int, int, int, int]
    colors: bytes = b""


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
    if not flags & _FOUR_CC and flags & (_RGB | _LUMINANCE) and depth in {8, 16, 24, 32}:
        layout = Layout(depth // 8, _fields(masks, depth, gray=gray, has_alpha=has_alpha))
    if flags & _PALETTE:
        colors = data[128 : 128 + _PALETTE_BYTES]
        layout, body = Layout(1, (0, 0, 0, 0), colors), 128 + _PALETTE_BYTES
        has_alpha = bool(colors[3::4].strip(b"\xff"))
    if flags & _FOUR_CC:
        has_alpha = has_alpha or code in _WITH_ALPHA
        kind = 0
        if code == b"DX10":
            body = 148
            kind = int.from_bytes(data[128:132], "little")
            has_alpha, is_float = kind in _DX10_ALPHA, kind in _DX10_FLOAT
            layout = Layout(4, _DX10_MASKS[kind]) if kind in _DX10_MASKS else None
        if code == b"DXT1" or kind in _DX10_BC1:
            has_alpha = has_alpha or _has_clear_texels(data[body:], width, height)
    deep = layout is not None and any(mask.bit_count() > 8 for mask in layout.masks)
    info = ImageInfo(
        "dds",
        width,
        height,
        color="palette" if flags & _PALETTE else "gray" if gray else "rgb",
        bits=32 if is_float else 16 if deep else 8,
        sample="float" if is_float else "unsigned",
        has_alpha=has_alpha,
    )
    need = width * height * layout.size if layout else 0
    defect = "the pixels are cut off" if body + need > len(data) else None
    return Header(info, plain=not flags & _PALETTE, defect=defect, body=body, details=layout)


def _has_clear_texels(blocks: bytes, width: int, height: int) -> bool:
    """Return whether a block of BC1 uses its transparent code: the last, of three colours."""
    import numpy as np

    count = -(-width // 4) * -(-height // 4)
    stored = np.frombuffer(blocks[: len(blocks[: 8 * count]) // 8 * 8], "<u4").reshape(-1, 2)
    codes = stored[(stored[:, 0] & 0xFFFF) <= stored[:, 0] >> 16, 1]
    return bool((codes & codes >> 1 & 0x55555555).any())


def _fields(
    masks: list[int], depth: int, *, gray: bool, has_alpha: bool
) -> tuple[int, int, int, int]:
    red, green, blue, alpha = masks
    if gray:
        if red >> depth:  # Some programs write the masks of another depth.
            red = 0xFF
        if alpha >> depth:
            alpha = 0xFF << 8
        green = blue = red
    return red, green, blue, alpha if has_alpha else 0
