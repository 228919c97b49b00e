"""PNG headers (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.exif import orientation_of
from rp_image._types import Color, ImageInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

_COLORS: Final[dict[int, Color]] = {0: "gray", 2: "rgb", 3: "palette", 4: "gray", 6: "rgb"}
_PALETTE: Final = 3
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_IHDR: Final = struct.Struct(">IIBB3s")
_METHODS: Final = frozenset({b"\0\0\0", b"\0\0\1"})  # Deflate, filtered; with Adam7 or without.
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7: Final = (  # Left, top, and the steps across and down.
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_INFLATED_AT_ONCE: Final = 1 << 18
_KEY_SAMPLES: Final = {0: 1, 2: 3}
_WITH_ALPHA: Final = frozenset({4, 6})
_KEPT: Final = frozenset({b"PLTE", b"tRNS", b"eXIf", b"iCCP", b"iTXt", b"acTL"})
_BEFORE_PIXELS: Final = frozenset({b"PLTE", b"tRNS", b"acTL"})
_PIXELS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_FRAMES: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_FRAME_PIXELS: Final = frozenset({b"IDAT", b"fdAT"})
_XMP: Final = b"XML:com.adobe.xmp"
_MOST_ICC: Final = 1 << 24
MOST_CHUNKS: Final = 1 << 20
_LONGEST_CHUNK: Final = (1 << 31) - 1


def read_header(data: Sliceable) -> Header:
    """Read the chunks of a PNG, without the pixels."""
    if data[12:16] != b"IHDR":
        raise DecodeError("the png does not begin with an IHDR chunk")
    width, height, bits, kind, methods = _IHDR.unpack(data[16:29])
    if bits not in _DEPTHS.get(kind, ()) or methods not in _METHODS:
        raise DecodeError(f"the png has colour type {kind}, {bits} bits and methods {methods!r}")
    chunks, names, defect = _chunks(data)
    frames = min(_count_frames(names), int.from_bytes(chunks.get(b"acTL", b"")[:4]))
    if kind == _PALETTE and not _is_palette(chunks.get(b"PLTE", b"")):
        defect = defect or "there is no palette"
    key, keyed = _key(chunks, kind, bits)
    exif = chunks.get(b"eXIf", b"").removeprefix(b"Exif\0\0") or None
    info = ImageInfo(
        "png",
        width,
        height,
        frames=max(1, frames),
        color=_COLORS[kind],
        bits=8 if kind == _PALETTE else bits,
        has_alpha=keyed or kind in _WITH_ALPHA,
        orientation=orientation_of(exif, [chunks.get(b"iTXt", b"")]),
        exif=exif,
        icc=_profile(chunks.get(b"iCCP")),
        xmp=_packet(chunks.get(b"iTXt", b"")),
    )
    # OpenCV takes any of these for an animation, whatever their checksum.
    animated = not _FRAMES.isdisjoint(names)
    return Header(info, defect=defect, animated=animated, key=key, details=frames)


def walk(data: Sliceable) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and end (with checksum) of each chunk; the last end may lie beyond."""
    position, end = 8, len(data)
    for _ in range(MOST_CHUNKS):
        if position + 12 > end:
            return
        head = data[position : position + 8]
        start = position
        position += 12 + int.from_bytes(head[:4])
        yield head[4:], start, position


def _chunks(data: Sliceable) -> tuple[dict[bytes, bytes], list[bytes], str | None]:
    """Return the first chunk of each kind that matters, the names of all, and what is wrong.

    Like libpng, pass over what comes too late to be used, and what has a wrong checksum.
    """
    found: dict[bytes, bytes] = {}
    in_time = True
    names: list[bytes] = []
    for name, start, end in walk(data):
        if end - start > _LONGEST_CHUNK or end > len(data):
            return found, names, f"the chunk {name!r} is cut off"
        if name == b"IEND":
            return found, names, None
        names.append(name)
        if name == b"IDAT":
            in_time = False
        elif name in _KEPT and (in_time or name not in _BEFORE_PIXELS):
            if name == b"iTXt" and data[start + 8 : start + 25] != _XMP:
                continue
            chunk = data[start + 4 : end]
            if zlib.crc32(chunk[:-4]) == int.from_bytes(chunk[-4:]):
                found.setdefault(name, chunk[4:-4])
    return found, names, "the IEND chunk is missing"


def _count_frames(names: list[bytes]) -> int:
    """Count the controls of frames whose pixels follow."""
    frames, begun = 0, False
    for name in names:
        if begun and name in _FRAME_PIXELS:
            frames, begun = frames + 1, False
        begun = begun or name == b"fcTL"
    return frames


def bare(data: bytes, *, alpha: bool) -> bytes:
    """Return the PNG with nothing but its pixels, its palette and, if asked for, the alpha of that.

    No text, profile or gamma then slows a decoder or changes what it gives, and no animation
    takes the place of the picture.
    """
    kept = _PIXELS | {b"tRNS"} if alpha and data[25] == _PALETTE else _PIXELS
    view = memoryview(data)
    parts = [view[start:end] for name, start, end in walk(data) if name in kept]
    return b"".join([view[:8], *parts])


def find_damage(data: bytes) -> str | None:
    """Say what is wrong with the pixels that Pillow would not mind: a checksum, missing rows."""
    view = memoryview(data)
    for name, start, end in walk(data):
        checksum = int.from_bytes(view[end - 4 : end])
        if name[:1].isupper() and zlib.crc32(view[start + 4 : end - 4]) != checksum:
            return f"the checksum of the chunk {name!r} is wrong"
    missing = _bytes_of_pixels(*_IHDR.unpack(data[16:29]))
    inflater = zlib.decompressobj()
    for name, start, end in walk(data):
        part: bytes | memoryview = view[start + 8 : end - 4] if name == b"IDAT" else b""
        while part and missing > 0:
            missing -= len(inflater.decompress(part, _INFLATED_AT_ONCE))
            part = inflater.unconsumed_tail
    return "rows are missing" if missing > 0 else None


def _bytes_of_pixels(width: int, height: int, bits: int, kind: int, methods: bytes) -> int:
    """Return the bytes of all rows, each with its filter; of all seven passes, if interlaced."""
    pixel = bits * _SAMPLES[kind]
    passes = _ADAM7 if methods[2] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        total += max(0, rows) * (1 + (columns * pixel + 7) // 8) if columns > 0 else 0
    return total


def _is_palette(chunk: bytes) -> bool:
    return len(chunk) % 3 == 0 and 0 < len(chunk) <= 768


def _key(chunks: dict[bytes, bytes], kind: int, bits: int) -> tuple[tuple[int, ...] | None, bool]:
    """Return the transparent colour, scaled as samples are, and whether there is transparency."""
    chunk = chunks.get(b"tRNS", b"")
    if kind not in _KEY_SAMPLES:
        # Before its palette, where it is out of place, no decoder looks at it.
        order = [name for name in chunks if name in {b"PLTE", b"tRNS"}]
        fits = 0 < len(chunk) <= len(chunks.get(b"PLTE", b"")) // 3
        return None, kind == _PALETTE and fits and order[0] == b"PLTE"
    count = _KEY_SAMPLES[kind]
    if len(chunk) < 2 * count:
        return None, False
    most = (1 << bits) - 1
    scale = 1 if bits >= 8 else 255 // most
    samples = struct.unpack_from(f">{count}H", chunk)
    return tuple((sample & most) * scale for sample in samples), True


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


def _packet(chunk: bytes) -> bytes | None:
    """Return the XMP packet of a text chunk: behind language and translation, not compressed."""
    if chunk[len(_XMP) : len(_XMP) + 2] != b"\0\0":
        return None
    return chunk[len(_XMP) + 3 :].split(b"\0", 2)[-1] or None
