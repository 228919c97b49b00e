"""The orientation in EXIF and XMP blocks (EXIF 2.32, 4.6.4; XMP part 2, TIFF namespace)."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final, Literal

from rp_image._headers.ifd import EXIF, GPS, MARKS, Tags, pack_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

ORIENTATION: Final = 0x0112
# What a directory says of the picture, and not of how its samples are stored.
DESCRIPTIVE: Final = frozenset(
    {
        *(269, 270, 271, 272, 282, 283, 296, 305, 306, 315, 316),
        *(18246, 18249, 33432),
        *range(40091, 40096),
        EXIF,
        GPS,
    }
)
_IN_XMP: Final = re.compile(rb"""tiff:Orientation\s*(?:=\s*["']|>\s*)([1-8])""")


def orientation_of(exif: bytes | None, xmp: Iterable[bytes] = ()) -> int:
    """Return the orientation, 1 to 8: of the EXIF block, else of the XMP packets, else 1."""
    if exif:
        try:
            value = Tags(exif).number(ORIENTATION, default=0)
        except (ValueError, EOFError):
            value = 0
        if 1 <= value <= 8:
            return value
    for packet in xmp:
        if found := _IN_XMP.search(packet):
            return int(found[1])
    return 1


def is_readable(exif: bytes) -> bool:
    """Return whether the first directory of an EXIF block can be read."""
    try:
        Tags(exif)
    except (ValueError, EOFError):
        return False
    return True


def extract(tags: Tags) -> bytes | None:
    """Return what a TIFF says of its picture as an EXIF block of its own; None if nothing."""
    described = tags.fields(DESCRIPTIVE)
    if not described:
        return None
    head = struct.pack(f"{tags.order}2sHI", MARKS[tags.order], 42, 8)
    return head + pack_directory(described, 8, tags.order)


def with_orientation(exif: bytes, orientation: int) -> bytes:
    """Return the block with another orientation, which it keeps where it had one."""
    try:
        place = Tags(exif).place_of(ORIENTATION)
        order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    except (ValueError, EOFError):
        return exif
    if place is None:
        return exif
    start, size = place
    return exif[:start] + orientation.to_bytes(size, order) + exif[start + size :]


def without_orientation(exif: bytes) -> bytes:
    """Return the block without the orientation; all that it points to stays where it is."""
    try:
        entry = Tags(exif).entry_of(ORIENTATION)
    except (ValueError, EOFError):
        return exif
    if entry is None:
        return exif
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    start, count, index = entry
    entries = exif[start + 2 : start + 2 + 12 * count]
    rest = entries[: 12 * index] + entries[12 * index + 12 :]
    after = start + 2 + 12 * count
    table = (count - 1).to_bytes(2, order) + rest + exif[after : after + 4]
    return exif[:start] + table.ljust(after + 4 - start, b"\0") + exif[after + 4 :]


def xmp_upright(xmp: bytes) -> bytes:
    """Return an XMP packet that says, where it speaks of it, that the picture is upright."""
    return _IN_XMP.sub(lambda found: found[0][:-1] + b"1", xmp)
