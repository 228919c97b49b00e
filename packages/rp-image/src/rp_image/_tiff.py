"""TIFF headers (TIFF 6.0; BigTIFF)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._exif import ORIENTATION, orientation_of
from rp_image._header import Header
from rp_image._ifd import Tags
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

WIDTH, LENGTH, BITS, PHOTOMETRIC, SAMPLES = 256, 257, 258, 262, 277
EXTRA_SAMPLES, SAMPLE_FORMAT, ICC_PROFILE, XMP = 338, 339, 34675, 700
COLOR_MAP, TILE_WIDTH, TILE_LENGTH = 320, 322, 323
_DATA: Final = ((273, 279), (324, 325))
_COLORS: Final[dict[int, Color]] = {0: "gray", 1: "gray", 3: "palette", 5: "cmyk"}
_ALPHA_KINDS: Final = frozenset({1, 2, 999})  # 999 is Corel Draw's.
_RGB, _PALETTE = 2, 3
_UNSIGNED: Final = 1


def read_header(data: Sliceable) -> Header:
    """Read the first directory of a TIFF."""
    try:
        tags = Tags(data)
    except ValueError as error:
        raise DecodeError(f"the tiff is damaged: {error}") from error
    info = ImageInfo(
        "tiff",
        tags.number(WIDTH, default=0),
        tags.number(LENGTH, default=0),
        color=_COLORS.get(tags.number(PHOTOMETRIC, default=1), "rgb"),
        bits=max(tags.values(BITS) or (1,)),
        has_alpha=_has_alpha(tags),
        orientation=_orientation(tags),
        icc=tags.bytes(ICC_PROFILE),
    )
    plain = info.bits <= 8 and set(tags.values(SAMPLE_FORMAT)) <= {_UNSIGNED}
    tile = tags.number(TILE_WIDTH, default=0) * tags.number(TILE_LENGTH, default=0)
    return Header(info, plain=plain, defect=_defect(tags, len(data)), largest=tile)


def count_frames(data: Sliceable) -> int:
    """Return the number of pages."""
    return Tags(data).count_pages()


def _orientation(tags: Tags) -> int:
    value = tags.number(ORIENTATION, default=0)
    return value if 1 <= value <= 8 else orientation_of(None, [tags.bytes(XMP) or b""])


def _has_alpha(tags: Tags) -> bool:
    """Return whether a sample is alpha; a fourth one beside RGB is, where nothing is said of it."""
    if EXTRA_SAMPLES in tags:
        return not _ALPHA_KINDS.isdisjoint(tags.values(EXTRA_SAMPLES))
    samples = tags.number(SAMPLES, default=1)
    return tags.number(PHOTOMETRIC, default=1) == _RGB and samples == 4


def _defect(tags: Tags, length: int) -> str | None:
    if PHOTOMETRIC not in tags:
        return "it does not say what its samples mean"
    if tags.number(PHOTOMETRIC, default=1) == _PALETTE:
        colors = 1 << min(16, tags.number(BITS, default=1))
        if len(tags.values(COLOR_MAP)) < 3 * colors:
            return "the colour map is too short"
    for offsets, counts in _DATA:
        ends = (a + b for a, b in zip(tags.values(offsets), tags.values(counts), strict=False))
        if any(end > length for end in ends):
            return "the pixels are cut off"
    return None
