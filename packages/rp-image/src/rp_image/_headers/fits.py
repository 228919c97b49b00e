"""FITS headers (FITS standard 4.0)."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.samples import Samples, check_index
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_CARD: Final = 80
_BLOCK: Final = 2880
_MOST_AXES: Final = 999
_MOST_CARDS: Final = 36 * 64
_NUMBER: Final = re.compile(rb"(BITPIX|NAXIS\d*|BZERO|BSCALE) *= *([-+.0-9EeDd]+)")
_KINDS: Final = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_BOTTOM_UP: Final = 4
_UNSIGNED: Final = (1.0, 32768.0)


def read_page(data: Sliceable, index: int) -> Header:
    """Read the cards of the primary header; its third axis, and those above, number pictures."""
    cards, end = _cards(data)
    axes, bits = int(cards.get(b"NAXIS", 0)), int(cards.get(b"BITPIX", 0))
    if not 2 <= axes <= _MOST_AXES:
        raise DecodeError(f"the primary array of the fits has {axes} axes, not those of an image")
    if bits not in _KINDS:
        raise DecodeError(f"the fits has {bits} bits a sample")
    width, height, *others = (int(cards.get(b"NAXIS%d" % axis, 1)) for axis in range(1, axes + 1))
    if min(width, height, *others) < 1:
        raise DecodeError("an axis of the fits has no length")
    frames = prod(others)
    check_index(index, frames)
    meaning = cards.get(b"BSCALE", 1.0), cards.get(b"BZERO", 0.0)
    plain = bits == 8 and meaning == (1.0, 0.0)
    unsigned = plain or (bits == 16 and meaning == _UNSIGNED)
    info = ImageInfo(
        "fits",
        width,
        height,
        frames=frames,
        color="gray",
        bits=abs(bits) if unsigned or bits < 0 else max(32, bits),
        sample="unsigned" if unsigned else "float",
        orientation=_BOTTOM_UP,
    )
    start = -(-end // _BLOCK) * _BLOCK
    short = start + width * height * frames * abs(bits) // 8 > len(data)
    stored = Samples(start, _KINDS[bits], scale=meaning[0], zero=meaning[1])
    defect = "the samples are cut off" if short else None
    return Header(info, defect=defect, index=index, details=stored)


def _cards(data: Sliceable) -> tuple[dict[bytes, float], int]:
    """Return the numbers of the header, and where it ends."""
    cards: dict[bytes, float] = {}
    head = data[0 : _CARD * _MOST_CARDS]
    for at in range(0, len(head), _CARD):
        card = head[at : at + _CARD]
        if card[:8].rstrip() == b"END":
            return cards, at + _CARD
        if found := _NUMBER.match(card):
            cards.setdefault(found[1], float(found[2].upper().replace(b"D", b"E")))
    raise EOFError
