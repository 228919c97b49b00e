"""FITS headers (FITS standard 4.0)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_CARD: Final = 80
_MOST_CARDS: Final = 36 * 64
_NUMBER: Final = re.compile(rb"(BITPIX|NAXIS\d?) *= *(-?\d+)")


def read_header(data: Sliceable) -> Header:
    """Read the cards of the primary header."""
    cards: dict[bytes, int] = {}
    head = data[0 : _CARD * _MOST_CARDS]
    for at in range(0, len(head), _CARD):
        card = head[at : at + _CARD]
        if card[:8].rstrip() == b"END":
            break
        if found := _NUMBER.match(card):
            cards[found[1]] = int(found[2])
    else:
        raise EOFError
    axes = cards.get(b"NAXIS", 0)
    if axes < 2:
        raise DecodeError(f"the primary array of the fits has {axes} axes, not those of an image")
    bits = cards.get(b"BITPIX", 8)
    frames = 1
    for axis in range(3, axes + 1):
        frames *= cards.get(b"NAXIS%d" % axis, 1)
    info = ImageInfo(
        "fits",
        cards.get(b"NAXIS1", 0),
        cards.get(b"NAXIS2", 0),
        frames=max(1, frames),
        color="gray",
        bits=abs(bits),
        sample="float" if bits < 0 else "unsigned" if bits == 8 else "signed",
    )
    return Header(info)
