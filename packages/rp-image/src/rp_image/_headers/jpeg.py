"""JPEG headers (ITU-T T.81, annex B; JFIF; Exif; Adobe APP14; ICC.1 annex B.4)."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from rp_core import LimitExceededError
from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.exif import orientation_of
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

SOS: Final = 0xDA
EOI: Final = 0xD9
MOST_SEGMENTS: Final = 1 << 16
_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ONE_PASS: Final = frozenset({0xC0, 0xC1})
_LOSSLESS: Final = 0xC3
_NO_PIXELS: Final = frozenset({*range(0xE1, 0xF0), 0xFE} - {0xEE})
_MOST_SCANNED: Final = 1 << 32
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
    scan = b""
    end = 0
    for marker, body, position in _segments(data):
        end = position
        if marker == SOS:
            scan = body
        elif marker in _FRAMES and frame is None:
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
        xmp=xmp[0].removeprefix(_XMP) if xmp else None,
    )
    many = frame[0] not in _ONE_PASS or scan[:1] != bytes([components])
    plain = _is_plain(*frame, components)
    lossless = frame[0] == _LOSSLESS
    return Header(info, plain=plain, body=end, many_scans=many, details=lossless)


def bare(data: bytes) -> bytes:
    """Return the JPEG with nothing but what its pixels need: no EXIF, profile, comment or garbage.

    Pillow warns of damage in those, and a warning may be an error.
    """
    parts = [data[:2]]
    end = 2
    for marker, body, position in _segments(data):
        end = position
        if marker not in _NO_PIXELS:
            parts.append(data[end - len(body) - 4 : end])
    return b"".join([*parts, data[end:]])


def find_defect(data: bytes, body: int) -> str | None:
    """Say what is missing at the end: the scans end with an EOI marker."""
    return None if data.rfind(b"\xff\xd9", body) >= 0 else "the end marker is missing"


def check_scans(data: bytes, header: Header) -> None:
    """Refuse a small file that makes a decoder pass over a large image thousands of times.

    Raises:
        LimitExceededError: It has so many scans that decoding takes more than seconds.
    """
    scans = data.count(b"\xff\xda", header.body) + 1
    if scans * header.info.width * header.info.height > _MOST_SCANNED:
        raise LimitExceededError(f"{scans} scans of so large an image are too many")


def _segments(data: Sliceable) -> Iterator[tuple[int, bytes, int]]:
    """Yield marker, body and end of each segment up to the first scan, garbage passed over."""
    position = 2
    for _ in range(MOST_SEGMENTS):
        position = _find_marker(data, position)
        mark = data[position : position + 4]
        if mark[1] in _ALONE:
            position += 2
            continue
        if mark[1] == EOI:
            return
        if len(mark) < 4:
            raise EOFError
        end = position + 2 + int.from_bytes(mark[2:])
        yield mark[1], data[position + 4 : end], end
        if mark[1] == SOS:
            return
        position = end
    raise DecodeError("the jpeg has too many segments before its first scan")


def _find_marker(data: Sliceable, position: int) -> int:
    while block := data[position : position + 4096]:
        if found := _MARKER.search(block):
            return position + found.start()
        position += max(1, len(block) - 1)
    raise EOFError


def _is_plain(marker: int, frame: bytes, components: int) -> bool:
    """Return whether every decoder agrees on it: Huffman coded, 8 bits, common subsampling."""
    sampling = frame[7 : 6 + 3 * components : 3]
    return (
        marker in _HUFFMAN_FRAMES
        and frame[0] == 8
        and (components == 1 or (sampling[0] in _PLAIN_SAMPLING and sampling[1:] == b"\x11\x11"))
    )
