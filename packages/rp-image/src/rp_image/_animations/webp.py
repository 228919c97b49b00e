"""The frames of an animated WebP (RFC 9649, section 2.7)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._animations.pieces import Disposal, Piece
from rp_image._chunks import riff_chunk
from rp_image._errors import DecodeError
from rp_image._headers.webp import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICTURE: Final = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
_ALPHA: Final = 0x10
_CLEAR, _REPLACE = 1, 2


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield each frame as a WebP of its own.

    Raises:
        DecodeError: A frame is cut off, or holds no picture.
    """
    for name, start, end in walk(data, 12, len(data)):
        if name != b"ANMF":
            continue
        head = data[start : start + 16]
        if len(head) < 16:
            raise DecodeError("a frame of the webp is cut off")
        left, top, _width, _height, duration = (
            int.from_bytes(head[at : at + 3], "little") for at in range(0, 15, 3)
        )
        inner = [(n, s, e) for n, s, e in walk(data, start + 16, end) if n in _PICTURE]
        if not inner:
            raise DecodeError("a frame of the webp holds no picture")
        body = b"".join(riff_chunk(n, data[s:e]) for n, s, e in inner)
        if inner[0][0] == b"ALPH":
            flags = struct.pack("<I", _ALPHA)
            body = riff_chunk(b"VP8X", flags + head[6:12]) + body
        whole = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
        disposal: Disposal = "clear" if head[15] & _CLEAR else "keep"
        blend = not head[15] & _REPLACE
        yield Piece(whole, left * 2, top * 2, float(duration), disposal, blend)


def loop_count(data: bytes) -> int:
    """Return how often it is shown; 0: for ever."""
    for name, start, _ in walk(data, 12, len(data)):
        if name == b"ANIM":
            return int.from_bytes(data[start + 4 : start + 6], "little")
    return 0
