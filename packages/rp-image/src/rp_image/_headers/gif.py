"""GIF headers (GIF89a specification)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

MOST_BLOCKS: Final = 1 << 21
EXTENSION: Final = b"\x21"
IMAGE: Final = b"\x2c"
CONTROL: Final = b"\xf9"
TRANSPARENT: Final = 0x01
_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})


def read_header(data: Sliceable) -> Header:
    """Read the header of a GIF, up to the end of its first frame."""
    width, height = struct.unpack("<HH", data[6:10])
    transparent = partial = False
    defect = "the first frame is missing"
    try:
        for kind, head, _, body in blocks(data):
            if kind == IMAGE:
                left, top, columns, rows = struct.unpack("<HHHH", head[:8])
                # A first frame that is larger than the screen enlarges it, as in browsers.
                width, height = max(width, left + columns), max(height, top + rows)
                partial = (columns, rows) != (width, height)
                after_sub_blocks(data, body)
                defect = ""
                break
            if head[:1] == CONTROL:
                transparent = bool(head[2] & TRANSPARENT)
    except EOFError:
        defect = "the first frame is cut off"
    info = ImageInfo("gif", width, height, color="palette", has_alpha=transparent or partial)
    return Header(info, defect=defect or None)


def count_frames(data: Sliceable) -> int:
    """Return the number of frames; those that are cut off do not count."""
    frames = 0
    try:
        for kind, *_ in walk(data):
            frames += kind == IMAGE
    except EOFError:
        pass
    return max(frames, 1)


def loop_count(data: Sliceable) -> int:
    """Return how often an animation is shown, 0 for ever: once, and again as often as it says."""
    try:
        for kind, head, start, _ in walk(data):
            if kind == EXTENSION and head[:2] == b"\xff\x0b":
                block = data[start + 3 : start + 18]
                if block[:11] in _LOOPS and block[11:13] == b"\x03\x01":
                    again = int.from_bytes(block[13:15], "little")
                    return again + 1 if again else 0
    except EOFError:
        pass
    return 1


def walk(data: Sliceable) -> Iterator[tuple[bytes, bytes, int, int]]:
    """Yield kind, head, begin and end of each extension and image that is whole.

    Raises:
        EOFError: The file ends before its trailer.
    """
    for kind, head, start, body in blocks(data):
        yield kind, head, start, after_sub_blocks(data, body)


def blocks(data: Sliceable) -> Iterator[tuple[bytes, bytes, int, int]]:
    """Yield kind, head, begin and place of the sub-blocks of each extension and image.

    Raises:
        EOFError: The file ends before its trailer.
    """
    position = 13 + table_size(data[10:11])
    for _ in range(MOST_BLOCKS):
        kind = data[position : position + 1]
        if kind == b"\0":  # One terminator too many, as some programs write it.
            position += 1
            continue
        if kind not in {EXTENSION, IMAGE}:
            break
        start, head = position, data[position + 1 : position + 10]
        if kind == IMAGE:
            position += 11 + table_size(head[8:])
        else:
            position += 2
        if len(head) < 9 and kind == IMAGE:
            raise EOFError
        yield kind, head, start, position
        position = after_sub_blocks(data, position)
    if not kind:
        raise EOFError


def table_size(flags: bytes) -> int:
    """Return the bytes of the colour table that a flag byte announces."""
    if not flags:
        raise EOFError
    return 3 << (flags[0] & 7) + 1 if flags[0] & 0x80 else 0


def after_sub_blocks(data: Sliceable, position: int) -> int:
    """Return where the sub-blocks end that begin at a place."""
    for _ in range(MOST_BLOCKS):
        length = data[position : position + 1]
        if not length:
            break
        position += 1 + length[0]
        if not length[0]:
            return position
    raise EOFError
