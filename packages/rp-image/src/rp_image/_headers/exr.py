"""OpenEXR headers (OpenEXR file layout)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_DEEP: Final = 0x800
_MOST_HEADER: Final = 1 << 22
_MOST_ATTRIBUTES: Final = 1 << 12
_HALF: Final = 1


def read_header(data: Sliceable) -> Header:
    """Read the attributes of the first part of an EXR."""
    flags = int.from_bytes(data[4:8], "little")
    attributes = _attributes(data[8:_MOST_HEADER])
    try:
        left, top, right, bottom = struct.unpack("<4i", attributes[b"dataWindow"][:16])
        channels = _channels(attributes[b"channels"])
    except KeyError as error:
        raise DecodeError(f"the exr has no {error.args[0].decode()}") from error
    if right < left or bottom < top:
        raise DecodeError("the exr has an empty data window")
    names = frozenset(name.rpartition(b".")[2] for name in channels)
    info = ImageInfo(
        "exr",
        right - left + 1,
        bottom - top + 1,
        color="rgb" if names & {b"R", b"G", b"B", b"RY", b"BY"} else "gray",
        bits=16 if set(channels.values()) <= {_HALF} else 32,
        sample="float",
        has_alpha=b"A" in names,
    )
    tile = attributes.get(b"tiles", b"")
    largest = struct.unpack("<II", tile[:8]) if len(tile) >= 8 else (0, 0)
    return Header(info, plain=not flags & _DEEP, largest=largest[0] * largest[1])


def _attributes(head: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    position = 0
    for _ in range(_MOST_ATTRIBUTES):
        end = head.find(b"\0", position)
        if end < 0:
            raise EOFError
        if end == position:
            return found
        name = head[position:end]
        end = head.find(b"\0", end + 1)
        (size,) = struct.unpack_from("<i", head, end + 1)
        position = end + 5 + size
        if end < 0 or size < 0 or position > len(head):
            raise EOFError
        found.setdefault(name, head[end + 5 : position])
    raise DecodeError("the exr has too many attributes")


def _channels(body: bytes) -> dict[bytes, int]:
    """Return the name and the sample type of each channel: 0 integer, 1 half, 2 float."""
    found: dict[bytes, int] = {}
    position = 0
    while (end := body.find(b"\0", position)) > position:
        (found[body[position:end]],) = struct.unpack_from("<i", body, end + 1)
        position = end + 17
    return found
