"""The frames of a GIF (GIF89a specification)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._animations.pieces import Disposal, Piece
from rp_image._headers.gif import CONTROL, IMAGE, table_size, walk
from rp_image._headers.gif import loop_count as loop_count

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISPOSALS: Final[dict[int, Disposal]] = {2: "clear", 3: "restore"}
_INTERLACED: Final = 0x40


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield each frame as a GIF of one; a background is what was never drawn: transparent."""
    shared = data[13 : 13 + table_size(data[10:11])]
    control = bytes(4)
    for kind, head, start, end in walk(data):
        if kind != IMAGE:
            if head[:1] == CONTROL:
                control = data[start + 3 : start + 7]
            continue
        left, top, width, height, flags = struct.unpack("<HHHHB", head)
        size = table_size(head[8:9])
        table = data[start + 10 : start + 10 + size] or shared
        frame = struct.pack("<HHHHB", 0, 0, width, height, flags & _INTERLACED)
        flag = 0x80 | (len(table) // 3).bit_length() - 2 if table else 0
        parts = [
            b"GIF89a" + struct.pack("<HHBBB", width, height, flag, 0, 0) + table,
            b"\x21\xf9\x04" + bytes([control[0] & 1, 0, 0, control[3], 0]),
            b"\x2c" + frame + data[start + 10 + size : end] + b"\x3b",
        ]
        delay = int.from_bytes(control[1:3], "little")
        disposal = _DISPOSALS.get(control[0] >> 2 & 7, "keep")
        yield Piece(b"".join(parts), left, top, delay * 10.0, disposal, blend=True)
        control = bytes(4)
