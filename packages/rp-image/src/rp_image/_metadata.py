"""EXIF, colour profiles and XMP, put into files that a backend has encoded."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._chunks import png_chunk, riff_chunk
from rp_image._headers.exif import with_orientation, xmp_upright
from rp_image._headers.isobmff import boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._types import Format

HOLDING: Final[frozenset[Format]] = frozenset(
    {"avif", "heif", "jpeg", "jxl", "png", "tiff", "webp"}
)
PROFILED: Final = HOLDING - {"jxl"}
# What is written in these goes through the directories of the block.
EXIF_READERS: Final[frozenset[Format]] = frozenset({"avif", "tiff"})
_LARGEST_SEGMENT: Final = 65533
_XMP_JPEG: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_PNG: Final = b"XML:com.adobe.xmp\0\0\0\0\0"
_FLAGS: Final = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}
_ALPHA, _ANIMATED = 0x10, 0x02
_JXL_HEAD: Final = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "


@dataclass(frozen=True, slots=True)
class Metadata:
    """What goes with the pixels.

    Attributes:
        exif: EXIF block, from its TIFF header on.
        icc: Colour profile.
        xmp: XMP packet.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what is no bytes."""
        for name in ("exif", "icc", "xmp"):
            body = getattr(self, name)
            if body is not None and not isinstance(body, bytes):
                raise TypeError(f"{name} must be bytes, not {type(body).__name__!r}")

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return any((self.exif, self.icc, self.xmp))

    def upright(self) -> Metadata:
        """Return it for a picture whose pixels are upright, as all here are."""
        exif = self.exif and with_orientation(self.exif.removeprefix(b"Exif\0\0"), 1)
        return Metadata(exif, self.icc, self.xmp and xmp_upright(self.xmp))


def insert(data: bytes, name: Format, metadata: Metadata) -> bytes:
    """Return a JPEG, JPEG XL, PNG or WebP with its metadata.

    Raises:
        ValueError: The format cannot hold so much.
    """
    insert_into = {"jpeg": _into_jpeg, "jxl": _into_jxl, "png": _into_png, "webp": _into_webp}
    return insert_into[name](data, metadata)


def _into_jxl(data: bytes, metadata: Metadata) -> bytes:
    """Put the codestream into a container, or behind the boxes in one (ISO/IEC 18181-2)."""
    made = b""
    if metadata.exif:
        made += _box(b"Exif", bytes(4) + metadata.exif)
    if metadata.xmp:
        made += _box(b"xml ", metadata.xmp)
    if data[:2] == b"\xff\x0a":
        return _JXL_HEAD + made + _box(b"jxlc", data)
    kinds = {box.kind: box for box in boxes(data)}
    place = kinds.get(b"jxll", kinds[b"ftyp"]).end
    return data[:place] + made + data[place:]


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _into_jpeg(data: bytes, metadata: Metadata) -> bytes:
    """Insert segments behind the JFIF header (Exif 2.32; ICC.1 annex B.4; XMP part 3)."""
    place = 2
    if data[2:4] == b"\xff\xe0":
        place += 2 + int.from_bytes(data[4:6])
    bodies = [
        (0xE1, body)
        for body in (
            metadata.exif and b"Exif\0\0" + metadata.exif,
            metadata.xmp and _XMP_JPEG + metadata.xmp,
        )
        if body
    ]
    step = _LARGEST_SEGMENT - 14
    icc = metadata.icc or b""
    parts = [icc[at : at + step] for at in range(0, len(icc), step)]
    if len(parts) > 255:
        raise ValueError("the colour profile is too long for a jpeg")
    bodies += [
        (0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, 1)
    ]
    if any(len(body) > _LARGEST_SEGMENT for _, body in bodies):
        raise ValueError("EXIF or XMP is too long for a jpeg: at most 64 KB")
    segments = [struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body for mark, body in bodies]
    return b"".join([data[:place], *segments, data[place:]])


def _into_png(data: bytes, metadata: Metadata) -> bytes:
    """Insert chunks behind the header."""
    chunks = []
    if metadata.icc:
        chunks.append((b"iCCP", b"icc\0\0" + zlib.compress(metadata.icc)))
    if metadata.exif:
        chunks.append((b"eXIf", metadata.exif))
    if metadata.xmp:
        chunks.append((b"iTXt", _XMP_PNG + metadata.xmp))
    made = [png_chunk(name, body) for name, body in chunks]
    return b"".join([data[:33], *made, data[33:]])


def _into_webp(data: bytes, metadata: Metadata) -> bytes:
    """Make an extended WebP (RFC 9649, section 2.7): header, profile, picture, EXIF, XMP."""
    from rp_image._headers.webp import read_header

    header = read_header(data)
    info = header.info
    named = ((b"ICCP", metadata.icc), (b"EXIF", metadata.exif), (b"XMP ", metadata.xmp))
    added = {name: body for name, body in named if body}
    flags = sum(_FLAGS[name] for name in added) | (_ALPHA if info.has_alpha else 0)
    flags |= _ANIMATED if header.animated else 0
    size = struct.pack("<I", info.width - 1)[:3] + struct.pack("<I", info.height - 1)[:3]
    picture = [chunk for chunk in _webp_chunks(data) if chunk[:4] not in {b"VP8X", *_FLAGS}]
    parts = [riff_chunk(b"VP8X", struct.pack("<I", flags) + size)]
    if b"ICCP" in added:
        parts.append(riff_chunk(b"ICCP", added.pop(b"ICCP")))
    parts += picture
    parts += [riff_chunk(name, body) for name, body in added.items()]
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    from rp_image._headers.webp import walk

    for _, start, end in walk(data, 12, len(data)):
        yield data[start - 8 : end + (end & 1)]
