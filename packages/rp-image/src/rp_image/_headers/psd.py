"""PSD and PSB headers (Adobe Photoshop file formats specification)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_HEADER: Final = struct.Struct(">4sH6xHIIHH")
_COLORS: Final[dict[int, tuple[Color, int]]] = {
    0: ("gray", 1),
    1: ("gray", 1),
    2: ("palette", 1),
    3: ("rgb", 3),
    4: ("cmyk", 4),
    8: ("gray", 1),
    9: ("lab", 3),
}
_DEPTHS: Final = frozenset({1, 8, 16, 32})
_EXIF, _ICC, _XMP = 1058, 1039, 1060
_MOST_RESOURCES: Final = 1 << 12


class Layout(NamedTuple):
    """How the flattened picture is stored.

    Attributes:
        mode: Colour mode: 0 bitmap, 1 gray, 2 indexed, 3 RGB, 4 CMYK, 8 duotone, 9 Lab.
        planes: Number of planes that are stored.
        used: Number of planes that make the picture, alpha last.
        is_large: Whether it is a PSB, with wider lengths.
        palette: 768 bytes, of an indexed picture.
    """

    mode: int
    planes: int
    used: int
    is_large: bool
    palette: bytes


def read_header(data: Sliceable) -> Header:
    """Read the header of a PSD, up to its flattened picture."""
    _, version, planes, height, width, depth, mode = _HEADER.unpack(data[0:26])
    if mode not in _COLORS or depth not in _DEPTHS or not 1 <= planes <= 56:
        raise DecodeError(f"the psd has mode {mode}, {depth} bits and {planes} channels")
    color, base = _COLORS[mode]
    is_large = version == 2
    palette, position = _section(data, 26, 4)
    resources, position = _section(data, position, 4)
    layers, position = _section(data, position, 8 if is_large else 4, most=32)
    has_alpha = planes > base and _merged_alpha(layers, 8 if is_large else 4)
    found = _resources(resources)
    info = ImageInfo(
        "psd",
        width,
        height,
        color=color,
        bits=depth,
        sample="float" if depth == 32 else "unsigned",
        has_alpha=has_alpha,
        exif=found.get(_EXIF),
        icc=found.get(_ICC),
        xmp=found.get(_XMP),
    )
    if planes < base:
        raise DecodeError(f"the psd has {planes} channels, {base} are needed")
    layout = Layout(mode, planes, base + has_alpha, is_large, palette[:768])
    plain = depth == 8 and not is_large and color in {"rgb", "gray"} and planes == base
    defect = "the picture is missing" if position + 2 > len(data) else None
    return Header(info, plain=plain, defect=defect, body=position, details=layout)


def _section(data: Sliceable, position: int, size: int, most: int = 1 << 26) -> tuple[bytes, int]:
    """Return the body of a section, or its beginning, and where the next one begins."""
    head = data[position : position + size]
    if len(head) < size:
        raise EOFError
    start = position + size
    length = int.from_bytes(head)
    return data[start : start + min(length, most)], start + length


def _merged_alpha(layers: bytes, size: int) -> bool:
    """Return whether the number of layers is negative: then the first spare plane is alpha."""
    count = layers[size : size + 2]
    return len(count) == 2 and int.from_bytes(count, signed=True) < 0


def _resources(section: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    for _ in range(_MOST_RESOURCES):
        head = section[position : position + 7]
        if len(head) < 7 or head[:4] != b"8BIM":
            break
        number, name = int.from_bytes(head[4:6]), head[6]
        position += 6 + (name + 2) // 2 * 2
        length = int.from_bytes(section[position : position + 4])
        found.setdefault(number, section[position + 4 : position + 4 + length])
        position += 4 + length + (length & 1)
    return found
