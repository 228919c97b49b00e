"""WebP headers (RFC 9649)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.exif import orientation_of
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

MOST_CHUNKS: Final = 1 << 20
_ANIMATED: Final = 0x02
_ALPHA: Final = 0x10
_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"EXIF", b"XMP ", b"ICCP"})


def read_header(data: Sliceable) -> Header:
    """Read the chunks of a WebP, without the pixels."""
    chunks, frames, defect = _chunks(data)
    width, height, alpha, animated = _canvas(chunks)
    exif = chunks.get(b"EXIF", b"").removeprefix(b"Exif\0\0") or None
    info = ImageInfo(
        "webp",
        width,
        height,
        frames=frames if animated and frames else 1,
        has_alpha=alpha,
        orientation=orientation_of(exif, [chunks.get(b"XMP ", b"")]),
        exif=exif,
        icc=chunks.get(b"ICCP"),
        xmp=chunks.get(b"XMP "),
    )
    return Header(info, plain=not animated, defect=defect, animated=animated)


def _canvas(chunks: dict[bytes, bytes]) -> tuple[int, int, bool, bool]:
    """Return width, height, whether there is alpha, and whether it is an animation."""
    if body := chunks.get(b"VP8X"):
        flags = body[0]
        width, height = int.from_bytes(body[4:7], "little"), int.from_bytes(body[7:10], "little")
        return width + 1, height + 1, bool(flags & _ALPHA), bool(flags & _ANIMATED)
    if body := chunks.get(b"VP8L"):
        packed = int.from_bytes(body[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1, bool(packed >> 28 & 1), False
    if body := chunks.get(b"VP8 "):
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF, False, False
    raise DecodeError("the webp has no image chunk")


def _chunks(data: Sliceable) -> tuple[dict[bytes, bytes], int, str | None]:
    """Return the head of each chunk that matters, the number of frames, and what is wrong."""
    found: dict[bytes, bytes] = {}
    frames = 0
    position = 12
    end = 8 + int.from_bytes(data[4:8], "little")
    for _ in range(MOST_CHUNKS):
        if position + 8 > min(end, len(data)):
            break
        head = data[position : position + 8]
        name, length = head[:4], int.from_bytes(head[4:], "little")
        frames += name == b"ANMF"
        if name in _KEPT:
            kept = 16 if name in {b"VP8 ", b"VP8L"} else length
            found.setdefault(name, data[position + 8 : position + 8 + kept])
        position += 8 + length + (length & 1)
    return found, frames, "the last chunk is cut off" if min(position, end) > len(data) else None


def walk(data: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and end of the body of each chunk between two places, if it is whole."""
    for _ in range(MOST_CHUNKS):
        head = data[position : position + 8]
        start = position + 8
        position = start + int.from_bytes(head[4:], "little")
        if len(head) < 8 or position > end:
            return
        yield head[:4], start, position
        position += position & 1
