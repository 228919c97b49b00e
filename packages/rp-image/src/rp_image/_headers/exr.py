"""OpenEXR headers (OpenEXR file layout)."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_DEEP, _MULTIPART = 0x800, 0x1000
_MOST_PARTS: Final = 1 << 10
_MOST_HEADER: Final = 1 << 22
_MOST_ATTRIBUTES: Final = 1 << 12
_HALF: Final = 1


def read_header(data: Sliceable) -> Header:
    """Read the attributes of an EXR, whose first part is the picture."""
    flags = int.from_bytes(data[4:8], "little")
    parts = _parts(data[8:_MOST_HEADER], several=bool(flags & _MULTIPART))
    attributes = parts[0]
    width, height = _size(attributes)
    channels = _channels(_required(attributes, b"channels"))
    if not channels:
        raise DecodeError("the exr has no channels")
    prefix = b"" if any(b"." not in name for name in channels) else _layer(channels)
    here = {name.removeprefix(prefix) for name in channels if name.startswith(prefix)}
    info = ImageInfo(
        "exr",
        width,
        height,
        color="rgb" if here & {b"R", b"G", b"B", b"RY", b"BY"} else "gray",
        bits=16 if set(channels.values()) <= {_HALF} else 32,
        sample="float",
        has_alpha=b"A" in here,
    )
    # The library decodes every channel of every part: four count as one pixel.
    largest = sum(math.prod(_size(part)) * -(-len(_channels_of(part)) // 4) for part in parts)
    tile = attributes.get(b"tiles", b"")
    sides = struct.unpack("<II", tile[:8]) if len(tile) >= 8 else (0, 0)
    return Header(info, plain=not flags & _DEEP, largest=max(largest, math.prod(sides)))


def _required(attributes: dict[bytes, bytes], name: bytes) -> bytes:
    if name not in attributes:
        raise DecodeError(f"the exr has no {name.decode()}")
    return attributes[name]


def _size(attributes: dict[bytes, bytes]) -> tuple[int, int]:
    left, top, right, bottom = struct.unpack("<4i", _required(attributes, b"dataWindow")[:16])
    if right < left or bottom < top:
        raise DecodeError("the exr has an empty data window")
    return right - left + 1, bottom - top + 1


def _channels_of(attributes: dict[bytes, bytes]) -> dict[bytes, int]:
    return _channels(attributes.get(b"channels", b""))


def _layer(channels: dict[bytes, int]) -> bytes:
    """Return the name of the first layer, with its point."""
    first = next(iter(channels))
    return first[: first.rindex(b".") + 1]


def _parts(head: bytes, *, several: bool) -> list[dict[bytes, bytes]]:
    """Return the attributes of each part; an empty header ends those of several."""
    found: list[dict[bytes, bytes]] = []
    position = 0
    while len(found) < _MOST_PARTS:
        attributes, position = _attributes(head, position)
        if attributes:
            found.append(attributes)
        if not (several and attributes):
            break
    if not found:
        raise DecodeError("the exr has no attributes")
    return found


def _attributes(head: bytes, position: int) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes from a place on, and where they end."""
    found: dict[bytes, bytes] = {}
    for _ in range(_MOST_ATTRIBUTES):
        end = head.find(b"\0", position)
        if end < 0:
            raise EOFError
        if end == position:
            return found, end + 1
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
