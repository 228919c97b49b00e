"""The orientation in EXIF and XMP blocks (EXIF 2.32, 4.6.4; XMP part 2, TIFF namespace)."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final, Literal

from rp_image._headers.ifd import MARKS, Tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rp_image._slices import Sliceable

ORIENTATION: Final = 0x0112
EXIF_POINTER: Final = 0x8769
_IN_XMP: Final = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')


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


def extract(data: Sliceable, offset: int) -> bytes | None:
    """Return an EXIF directory inside a TIFF as a block of its own; None if it is damaged."""
    try:
        tags = Tags(data, offset=offset)
    except (ValueError, EOFError):
        return None
    order = tags.order
    head = struct.pack(f"{order}2sHI", MARKS[order], 42, 8)
    return head + struct.pack(f"{order}HHHIII", 1, EXIF_POINTER, 4, 1, 26, 0) + tags.packed(26)


def directory_of(exif: bytes) -> Tags | None:
    """Return the EXIF directory of a block, if it has one."""
    try:
        place = Tags(exif).number(EXIF_POINTER, default=0)
        return Tags(exif, offset=place) if place else None
    except (ValueError, EOFError):
        return None


def with_orientation(exif: bytes, orientation: int) -> bytes:
    """Return the block with another orientation, which it keeps where it had one."""
    try:
        place = Tags(exif).place_of(ORIENTATION)
        order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    except (ValueError, EOFError):
        return exif
    if place is None:
        return exif
    return exif[:place] + orientation.to_bytes(2, order) + exif[place + 2 :]
