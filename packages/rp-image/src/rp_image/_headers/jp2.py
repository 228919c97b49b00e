"""JPEG 2000 headers (ISO/IEC 15444-1, annexes A and I)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.isobmff import Box, boxes, find
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_CMYK, _SRGB, _GRAY, _SYCC = 12, 16, 17, 18
_COLORS: Final[dict[int, Color]] = {_CMYK: "cmyk", _SRGB: "rgb", _GRAY: "gray", _SYCC: "rgb"}
_PREMULTIPLIED: Final = 2
_OPACITY: Final = frozenset({1, _PREMULTIPLIED})
_END: Final = b"\xff\xd9"


@dataclass(slots=True)
class Layout:
    """What a decoder has to do with the components.

    Attributes:
        channels: How many there are, palettes applied.
        is_ycc: Whether they are luma and chroma.
        subsampled: Whether some are stored at a lower resolution.
        signed: Whether some are signed.
        alpha: Which one is alpha, or None.
        premultiplied: Whether the others are multiplied by it.
        order: Which one is red, green, blue and alpha, where they are stored in another order.
        palette: Whether they index a palette.
    """

    channels: int
    is_ycc: bool = False
    subsampled: bool = False
    signed: bool = False
    alpha: int | None = None
    premultiplied: bool = False
    order: tuple[int, ...] = ()
    palette: bool = False


def read_header(data: Sliceable) -> Header:
    """Read the header of a codestream, bare or in a JP2 container."""
    if data[0:2] == b"\xff\x4f":
        return _read(data, Box(b"jp2c", 0, len(data)), None)
    code, head = None, None
    for box in boxes(data):
        if box.kind == b"jp2h":
            head = box
        elif box.kind == b"jp2c":
            code = box
            break
    if code is None:
        raise DecodeError("the jp2 has no codestream")
    return _read(data, code, head)


def _read(data: Sliceable, code: Box, head: Box | None) -> Header:
    right, bottom, left, top = _edges(data, code.start)
    count = int.from_bytes(data[code.start + 40 : code.start + 42])
    parts = data[code.start + 42 : code.start + 42 + 3 * count]
    if len(parts) < 3 * count or not count:
        raise EOFError
    depths = [(depth & 0x7F) + 1 for depth in parts[::3]]
    layout = Layout(
        count,
        subsampled=set(parts[1::3]) | set(parts[2::3]) != {1},
        signed=any(depth & 0x80 for depth in parts[::3]),
    )
    color: Color = "gray" if count < 3 else "rgb"
    icc = None
    if head:
        _check_size(data, head, right - left, bottom - top)
        color, icc = _read_boxes(data, head, layout, color)
    if layout.alpha is None and layout.channels == {"gray": 2, "rgb": 4}.get(color):
        layout.alpha = layout.channels - 1  # As decoders take it where no box says what it is.
    info = ImageInfo(
        "jp2",
        right - left,
        bottom - top,
        color=color,
        bits=8 if layout.palette else max(depths),
        sample="signed" if layout.signed else "unsigned",
        has_alpha=layout.alpha is not None,
        icc=icc,
    )
    plain = len(set(depths)) == 1 and not (layout.subsampled or layout.signed or layout.is_ycc)
    tail = data[max(code.start, min(code.end, len(data)) - 64) : min(code.end, len(data))]
    short = code.end > len(data) or _END not in tail
    return Header(info, plain=plain, defect="the end is cut off" if short else None, details=layout)


def _check_size(data: Sliceable, head: Box, width: int, height: int) -> None:
    """Refuse a container that contradicts its codestream: some decoders believe the one first."""
    box = find(data, "ihdr", head.start, head.end)
    if box and struct.unpack(">II", data[box.start : box.start + 8]) != (height, width):
        raise DecodeError("the jp2 has another size than its codestream")


def _edges(data: Sliceable, start: int) -> tuple[int, int, int, int]:
    """Return the right, bottom, left and top of the image, from the SIZ marker."""
    marker, right, bottom, left, top = struct.unpack(">2xH4xIIII", data[start : start + 24])
    if marker != 0xFF51:
        raise DecodeError("the codestream does not begin with its size")
    return right, bottom, left, top


def _read_boxes(
    data: Sliceable, head: Box, layout: Layout, color: Color
) -> tuple[Color, bytes | None]:
    """Take the colour space, the palette and the meaning of the channels from the boxes."""
    icc = None
    for box in boxes(data, head.start, head.end):
        if box.kind == b"colr":
            body = box.body(data)
            if body[0] == 1:
                space = int.from_bytes(body[3:7])
                color = _COLORS.get(space, color)
                layout.is_ycc = space == _SYCC
            elif body[0] in {2, 3} and icc is None:
                icc = body[3:]
    if palette := find(data, "pclr", head.start, head.end):
        layout.palette, layout.channels = True, palette.body(data)[2]
        color = "palette" if layout.channels > 2 else "gray"
    if meaning := find(data, "cdef", head.start, head.end):
        _read_meaning(meaning.body(data), layout)
    return color, icc


def _read_meaning(body: bytes, layout: Layout) -> None:
    """Take from the channel definitions which one is alpha, and in which order the others are."""
    colors: dict[int, int] = {}
    for channel, kind, place in struct.iter_unpack(">HHH", body[2 : 2 + len(body[2:]) // 6 * 6]):
        if kind in _OPACITY:
            layout.alpha, layout.premultiplied = channel, kind == _PREMULTIPLIED
        elif kind == 0:
            colors[place] = channel
    order = [colors[place] for place in sorted(colors)]
    order += [] if layout.alpha is None else [layout.alpha]
    if order != sorted(order) and sorted(order) == list(range(layout.channels)):
        layout.order = tuple(order)
