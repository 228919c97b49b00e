"""TGA headers (Truevision TGA file format specification 2.0)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEADER: Final = struct.Struct("<BBBHHBHHHHBB")
_FOOTER: Final = b"TRUEVISION-XFILE."
MAPPED, TRUE_COLOR, GRAY = 1, 2, 3
_DEPTHS: Final = {MAPPED: {8, 15, 16}, TRUE_COLOR: {15, 16, 24, 32}, GRAY: {8, 16}}
_MAP_DEPTHS: Final = frozenset({15, 16, 24, 32})
_ATTRIBUTE_ALPHA: Final = 3
# By the corner where the first pixel is: bit 4 right, bit 5 top.
_ORIENTATIONS: Final = {0b00: 4, 0b01: 3, 0b10: 1, 0b11: 2}


@dataclass(slots=True)
class Layout:
    """What a TGA header says of its pixels.

    Attributes:
        kind: 1 for indices, 2 for colour, 3 for gray.
        is_packed: Whether runs are packed.
        depth: Bits per pixel.
        first: Index of the first colour of the map.
        colors: Number of colours of the map.
        map_depth: Bits per colour of the map.
        map_start: Where the map begins.
        premultiplied: Whether colours are multiplied by alpha.
    """

    kind: int
    is_packed: bool
    depth: int
    first: int
    colors: int
    map_depth: int
    map_start: int
    premultiplied: bool = False


def matches(head: bytes, data: Sliceable) -> bool:
    """Return whether these look like a TGA: no magic number says so, but the header must fit."""
    if len(head) < _HEADER.size:
        return False
    _, mapped, kind, _, colors, map_depth, _, _, width, height, depth, bits = _HEADER.unpack(
        head[:18]
    )
    base = kind & 7
    fits = (
        kind in {1, 2, 3, 9, 10, 11}
        and mapped <= 1
        and depth in _DEPTHS[base]
        and width > 0
        and height > 0
        and bits & 0xC0 == 0
        and bits & 0x0F <= 8
        and (map_depth in _MAP_DEPTHS and colors > 0 if mapped else base != MAPPED)
    )
    return fits or (kind in {1, 2, 3, 9, 10, 11} and _has_footer(data))


def read_header(data: Sliceable) -> Header:
    """Read the header of a TGA."""
    skip, mapped, kind, first, colors, map_depth, _, _, width, height, depth, bits = _HEADER.unpack(
        data[0:18]
    )
    base = kind & 7
    if base not in _DEPTHS or depth not in _DEPTHS[base]:
        raise DecodeError(f"the tga has {depth} bits of kind {kind}")
    layout = Layout(base, kind > 8, depth, first, colors, map_depth, 18 + skip)
    has_alpha, layout.premultiplied = _alpha(data, layout, bits)
    color: Color = "palette" if base == MAPPED else "gray" if base == GRAY else "rgb"
    body = layout.map_start + (colors * ((map_depth + 7) // 8) if mapped else 0)
    info = ImageInfo(
        "tga",
        width,
        height,
        color=color,
        has_alpha=has_alpha,
        orientation=_ORIENTATIONS[bits >> 4 & 3],
    )
    short = not layout.is_packed and body + width * height * ((depth + 7) // 8) > len(data)
    return Header(
        info, defect="the pixels are cut off" if short else None, body=body, details=layout
    )


def _alpha(data: Sliceable, layout: Layout, bits: int) -> tuple[bool, bool]:
    """Return whether the attribute bits are alpha, and whether colours are multiplied by it."""
    depth = layout.map_depth if layout.kind == MAPPED else layout.depth
    if not bits & 0x0F or depth not in {16, 32}:
        return False, False
    if _has_footer(data):
        area = int.from_bytes(data[len(data) - 26 : len(data) - 22], "little")
        if area > 0 and area + 495 <= len(data):
            kind = data[area + 494 : area + 495][0]
            return kind >= _ATTRIBUTE_ALPHA, kind > _ATTRIBUTE_ALPHA
    return True, False


def _has_footer(data: Sliceable) -> bool:
    return len(data) >= 44 and data[len(data) - 18 : len(data) - 1] == _FOOTER
