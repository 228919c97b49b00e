"""HEIF headers: HEIC, and AVIF, which is the same container (ISO/IEC 23008-12; AVIF 1.1)."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from math import floor, prod
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.isobmff import boxes, find
from rp_image._headers.items import Items, read_items
from rp_image._types import Format, ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_ALPHA: Final = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
# By quarter turns to the left, and by no mirror, top and bottom swapped, left and right swapped.
_ORIENTATIONS: Final = ((1, 4, 2), (8, 5, 7), (3, 2, 4), (6, 7, 5))
# The orientation of a picture of each orientation turned to the left, and mirrored.
_TURNED: Final = {1: 8, 8: 3, 3: 6, 6: 1, 2: 5, 5: 4, 4: 7, 7: 2}
_MIRRORED: Final = (
    {1: 4, 4: 1, 2: 3, 3: 2, 5: 8, 8: 5, 6: 7, 7: 6},  # Top and bottom swapped.
    {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 8, 8: 7},  # Left and right swapped.
)
_PROFILES: Final = frozenset({b"prof", b"rICC"})
_XMP: Final = b"mimeapplication/rdf+xml"
_MOST_CELLS: Final = 1 << 16


def read_header(data: Sliceable) -> Header:
    """Read the boxes of a HEIC file."""
    return read_boxes(data, "heif")


def read_boxes(data: Sliceable, name: Format) -> Header:
    """Read the boxes of a HEIF file, whatever codec its pictures are in."""
    defect = next((f"{b.kind!r} is cut off" for b in boxes(data) if not b.is_whole(data)), None)
    header = _of_sequence(data, name) if find(data, "meta") is None else _of_picture(data, name)
    header.defect = defect
    header.animated = find(data, "moov") is not None
    return header


def _of_picture(data: Sliceable, name: Format) -> Header:
    items = read_items(data)
    primary = items.primary
    size = items.property_of(primary, b"ispe")
    if size is None:
        raise DecodeError(f"the {name} has no size")
    width, height = struct.unpack_from(">4xII", size)
    exif, xmp = _metadata(data, items)
    bits, color = _samples(items)
    if name == "heif":
        width, height, orientation = _transformed(items, width, height)
    else:
        orientation = _orientation(items)
    info = ImageInfo(
        name,
        width,
        height,
        frames=_count_frames(data) if name == "avif" else 1,
        color="gray" if color == 1 else "rgb",
        bits=bits,
        has_alpha=_has_alpha(items),
        orientation=orientation,
        exif=exif,
        icc=_profile(items),
        xmp=xmp,
    )
    clap = items.property_of(primary, b"clap") if name == "avif" else None
    crop = _clean_aperture(clap, width, height)
    if crop is None:
        return Header(info, largest=prod(struct.unpack_from(">4xII", size)))
    left, top, right, bottom = crop
    info = replace(info, width=right - left, height=bottom - top)
    return Header(info, largest=width * height, details=(height, width, crop))


def _of_sequence(data: Sliceable, name: Format) -> Header:
    track = find(data, "moov/trak/tkhd")
    if track is None:
        raise DecodeError(f"the {name} has no meta box and no track")
    body = track.body(data)
    width, height = (value >> 16 for value in struct.unpack(">II", body[-8:]))
    frames = _count_frames(data) if name == "avif" else 1
    return Header(ImageInfo(name, width, height, frames=frames))


def _samples(items: Items) -> tuple[int, int]:
    """Return bits and the number of colour channels; of a grid, those of its first cell."""
    sources = [items.primary]
    sources += [
        t
        for kind, s, ts in items.references
        if kind == b"dimg" and s == items.primary
        for t in ts[:1]
    ]
    bits, channels = 8, 3
    for item in sources:
        if (body := items.property_of(item, b"pixi")) and len(body) > 5:
            bits, channels = max(body[5:]), len(body) - 5
        if (body := items.property_of(item, b"av1C")) and len(body) > 2:
            bits = 8 if not body[2] & 0x40 else 12 if body[2] & 0x20 else 10
            channels = 1 if body[2] & 0x10 else 3
        if (body := items.property_of(item, b"hvcC")) and len(body) > 17:
            bits, channels = (body[17] & 7) + 8, 3 if body[16] & 3 else 1
    return bits, channels


def _has_alpha(items: Items) -> bool:
    kinds = [items.property_of(item, b"auxC") or b"" for item in items.described_by(b"auxl")]
    return any(kind[4:].startswith(_ALPHA) for kind in kinds)


def _orientation(items: Items) -> int:
    turns, mirror = 0, 0
    if body := items.property_of(items.primary, b"irot"):
        turns = body[0] & 3
    if body := items.property_of(items.primary, b"imir"):
        mirror = 2 if body[0] & 1 else 1
    return _ORIENTATIONS[turns][mirror]


def _transformed(items: Items, width: int, height: int) -> tuple[int, int, int]:
    """Apply crops, turns and mirrors in the order in which they are listed (ISO/IEC 23008-12).

    Returns:
        Width and height as they would be stored, and the orientation that makes the picture of it.
    """
    orientation = 1
    for kind, body in items.properties.get(items.primary, ()):
        if kind == b"irot" and body:
            for _ in range(body[0] & 3):
                orientation, width, height = _TURNED[orientation], height, width
        elif kind == b"imir" and body:
            orientation = _MIRRORED[body[0] & 1][orientation]
        elif kind == b"clap" and len(body) >= 32:
            width, height = _cropped(body, width, height)
    return (height, width, orientation) if orientation > 4 else (width, height, orientation)


def _cropped(body: bytes, width: int, height: int) -> tuple[int, int]:
    """Return the size that libheif crops to: to whole pixels, and inside the picture."""
    values = struct.unpack(">IIIIiIiI", body[:32])
    if not all(values[1::2]):
        return width, height
    wide, high, right, down = (Fraction(values[at], values[at + 1]) for at in (0, 2, 4, 6))
    sides = []
    for length, clean, shift in ((width, wide, right), (height, high, down)):
        begin = floor(shift + Fraction(length - 1, 2) - (clean - 1) / 2)
        end = floor(clean - 1 + begin + Fraction(1, 2))
        sides.append(min(length - 1, end) - max(0, begin) + 1)
    return (sides[0], sides[1]) if min(sides) > 0 else (width, height)


def _profile(items: Items) -> bytes | None:
    for kind, body in items.properties.get(items.primary, ()):
        if kind == b"colr" and body[:4] in _PROFILES:
            return body[4:]
    return None


def _metadata(data: Sliceable, items: Items) -> tuple[bytes | None, bytes | None]:
    """Return the EXIF block and the XMP packet of the picture, the first of each."""
    first: dict[bytes, int] = {}
    for item in items.described_by(b"cdsc"):
        first.setdefault(items.kinds.get(item, b""), item)
    exif = items.content(data, first[b"Exif"]) if b"Exif" in first else b""
    exif = exif[4 + int.from_bytes(exif[:4]) :].removeprefix(b"Exif\0\0")
    packet = first.get(_XMP)
    return exif or None, None if packet is None else items.content(data, packet) or None


def _clean_aperture(
    body: bytes | None, width: int, height: int
) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of a crop; one that is not of whole pixels is none."""
    if body is None or len(body) < 32:
        return None
    values = struct.unpack(">IIIIiIiI", body[:32])
    if not all(values[1::2]):
        return None
    wide, high, right, down = (values[at] / values[at + 1] for at in (0, 2, 4, 6))
    left, top = (width - wide) / 2 + right, (height - high) / 2 + down
    edges = left, top, left + wide, top + high
    if any(edge != int(edge) for edge in edges) or not (
        0 <= left < edges[2] <= width and 0 <= top < edges[3] <= height
    ):
        return None
    crop = int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])
    return None if crop == (0, 0, width, height) else crop


def _count_frames(data: Sliceable) -> int:
    sizes = find(data, "moov/trak/mdia/minf/stbl/stsz")
    if sizes is None:
        return 1
    return max(1, min(int.from_bytes(data[sizes.start + 8 : sizes.start + 12]), _MOST_CELLS))
