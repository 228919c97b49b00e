"""The orientation in EXIF and XMP blocks (EXIF 2.32, 4.6.4; XMP part 2, TIFF namespace)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_image._ifd import Tags

if TYPE_CHECKING:
    from collections.abc import Iterable

ORIENTATION: Final = 0x0112
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
