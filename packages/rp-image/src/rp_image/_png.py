"""PNG headers (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._exif import orientation_of
from rp_image._header import Header
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_COLORS: Final[dict[int, Color]] = {0: "gray", 2: "rgb", 3: "palette", 4: "gray", 6: "rgb"}
_WITH_ALPHA: Final = frozenset({4, 6})
_KEPT: Final = frozenset({b"IHDR", b"tRNS", b"eXIf", b"iCCP", b"iTXt", b"acTL"})
_MOST_ICC: Final = 1 << 24
MOST_CHUNKS: Final = 1 << 20
_LONGEST_CHUNK: Final = (1 << 31) - 1


def read_header(data: Sliceable) -> Header:
    """Read the chunks of a PNG, without the pixels."""
    chunks, defect = _chunks(data)
    if b"IHDR" not in chunks:
        raise DecodeError("the png does not begin with an IHDR chunk")
    width, height, bits, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    if kind not in _COLORS:
        raise DecodeError(f"the png has the unknown colour type {kind}")
    keyed = b"tRNS" in chunks and kind not in _WITH_ALPHA
    exif = chunks.get(b"eXIf")
    info = ImageInfo(
        "png",
        width,
        height,
        frames=_count_frames(chunks.get(b"acTL")),
        color=_COLORS[kind],
        bits=8 if kind == 3 else bits,
        has_alpha=keyed or kind in _WITH_ALPHA,
        orientation=orientation_of(exif, [chunks.get(b"iTXt", b"")]),
        exif=exif,
        icc=_profile(chunks.get(b"iCCP")),
    )
    return Header(info, plain=not (keyed and kind != 3), defect=defect)


def _chunks(data: Sliceable) -> tuple[dict[bytes, bytes], str | None]:
    """Return the first chunk of each kind that matters, and what is wrong with the container."""
    found: dict[bytes, bytes] = {}
    position, end = 8, len(data)
    for _ in range(MOST_CHUNKS):
        if position + 12 > end:
            break
        head = data[position : position + 8]
        length, name = int.from_bytes(head[:4]), head[4:]
        if length > _LONGEST_CHUNK or position + 12 + length > end:
            return found, f"the chunk {name!r} is cut off"
        if name == b"IEND":
            return found, None
        if name in _KEPT and (
            name != b"iTXt" or data[position + 8 : position + 25] == b"XML:com.adobe.xmp"
        ):
            found.setdefault(name, data[position + 8 : position + 8 + length])
        position += 12 + length
    return found, "the IEND chunk is missing"


def find_wrong_sum(data: bytes) -> str | None:
    """Name the first chunk that is needed for the pixels and whose checksum is wrong."""
    position = 8
    while position + 12 <= len(data):
        length, name = (
            int.from_bytes(data[position : position + 4]),
            data[position + 4 : position + 8],
        )
        end = position + 8 + length
        checksum = zlib.crc32(memoryview(data)[position + 4 : end])
        if name[:1].isupper() and checksum != int.from_bytes(data[end : end + 4]):
            return f"the checksum of the chunk {name!r} is wrong"
        position = end + 4
    return None


def _count_frames(animation: bytes | None) -> int:
    return max(1, int.from_bytes(animation[:4])) if animation else 1


def _profile(chunk: bytes | None) -> bytes | None:
    """Inflate a colour profile; one that is damaged or huge is none."""
    if chunk is None:
        return None
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(chunk.partition(b"\0")[2][1:], _MOST_ICC)
    except zlib.error:
        return None
    return profile if inflater.eof else None
