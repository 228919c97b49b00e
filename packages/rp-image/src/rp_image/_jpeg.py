"""JPEG headers (ITU-T T.81, annex B; JFIF; Exif; Adobe APP14; ICC.1 annex B.4)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._exif import orientation_of
from rp_image._header import Header
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

SOS: Final = 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_HUFFMAN_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_COLORS: Final[dict[int, Color]] = {1: "gray", 3: "rgb", 4: "cmyk"}
_PLAIN_SAMPLING: Final = frozenset({0x11, 0x21, 0x12, 0x22})
_EXIF: Final = b"Exif\0"
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_ICC: Final = b"ICC_PROFILE\0"


def read_header(data: Sliceable) -> Header:
    """Read a JPEG header, up to the first scan."""
    frame: tuple[int, bytes] | None = None
    exif: bytes | None = None
    xmp: list[bytes] = []
    icc: dict[int, bytes] = {}
    for marker, body in _segments(data):
        if marker in _FRAMES and frame is None:
            frame = marker, body
        elif marker == 0xE1 and body.startswith(_EXIF) and exif is None:
            exif = body[6:]
        elif marker == 0xE1 and body.startswith(_XMP):
            xmp.append(body)
        elif marker == 0xE2 and body.startswith(_ICC) and len(body) > 14:
            icc[body[12]] = body[14:]
    if frame is None:
        raise DecodeError("the jpeg has no frame header")
    bits, height, width, components = struct.unpack_from(">BHHB", frame[1])
    if components not in _COLORS:
        raise DecodeError(f"the jpeg has {components} components")
    info = ImageInfo(
        "jpeg",
        width,
        height,
        color=_COLORS[components],
        bits=bits,
        orientation=orientation_of(exif, xmp),
        exif=exif,
        icc=b"".join(icc[part] for part in sorted(icc)) or None,
    )
    return Header(info, plain=_is_plain(*frame, components))


def find_defect(data: bytes) -> str | None:
    """Say what is missing at the end: every image ends with an EOI marker."""
    return None if data.rfind(b"\xff\xd9") > 0 else "the end marker is missing"


def _segments(data: Sliceable) -> Iterator[tuple[int, bytes]]:
    """Yield marker and body of each segment before the first scan."""
    position = 2
    while True:
        mark = data[position : position + 4]
        if len(mark) < 4:
            raise EOFError
        if mark[0] != 0xFF or mark[1] in {0x00, 0xFF}:
            position += 1
        elif mark[1] in _ALONE:
            position += 2
        elif mark[1] in {SOS, 0xD9}:
            return
        else:
            end = position + 2 + int.from_bytes(mark[2:4])
            yield mark[1], data[position + 4 : end]
            position = end


def _is_plain(marker: int, frame: bytes, components: int) -> bool:
    """Return whether every decoder agrees on it: Huffman coded, 8 bits, common subsampling."""
    sampling = frame[7 : 6 + 3 * components : 3]
    return (
        marker in _HUFFMAN_FRAMES
        and frame[0] == 8
        and (components == 1 or (sampling[0] in _PLAIN_SAMPLING and sampling[1:] == b"\x11\x11"))
    )
