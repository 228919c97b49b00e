"""The frames of an APNG (W3C PNG, third edition, section 11.3.6)."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING, Final

from rp_image._animations.pieces import Disposal, Piece
from rp_image._chunks import png_chunk
from rp_image._errors import DecodeError
from rp_image._headers.png import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL: Final = struct.Struct(">IIIIIHHBB")
_DISPOSALS: Final[dict[int, Disposal]] = {1: "clear", 2: "restore"}
_NUMBERED: Final = frozenset({b"fcTL", b"fdAT"})
_SHARED: Final = frozenset({b"PLTE", b"tRNS"})


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield each frame as a PNG of its own; a picture that is no frame is left out.

    Raises:
        DecodeError: A frame lies outside the canvas.
        EOFError: A frame is missing or out of order.
    """
    announced, _ = _control(data)
    count = 0
    for count, piece in enumerate(_pieces(data), 1):
        yield piece
        if count == announced:
            return
    if count < announced:
        raise EOFError


def _pieces(data: bytes) -> Iterator[Piece]:
    view = memoryview(data)
    numbers = itertools.count()
    shared: list[bytes] = []
    control: tuple[int, ...] | None = None
    parts: list[bytes] = []
    for name, start, end in walk(data):
        body = view[start + 8 : end - 4]
        if name in _NUMBERED and int.from_bytes(body[:4]) != next(numbers):
            if control and parts:
                yield _piece(data, control, shared, parts)
            raise EOFError
        if name in _SHARED:
            shared.append(bytes(view[start:end]))
        elif name == b"fcTL" and len(body) == _CONTROL.size:
            if control and parts:
                yield _piece(data, control, shared, parts)
            control, parts = _CONTROL.unpack(body), []
        elif name == b"IDAT" and control:
            parts.append(bytes(body))
        elif name == b"fdAT":
            parts.append(bytes(body[4:]))
    if control and parts:
        yield _piece(data, control, shared, parts)


def loop_count(data: bytes) -> int:
    """Return how often it is shown; 0: for ever."""
    return _control(data)[1]


def _control(data: bytes) -> tuple[int, int]:
    """Return the number of frames, and how often they are shown."""
    for name, start, _ in walk(data):
        if name == b"acTL":
            frames, loops = struct.unpack(">II", data[start + 8 : start + 16])
            return frames, loops
    return 0, 0


def _piece(data: bytes, control: tuple[int, ...], shared: list[bytes], parts: list[bytes]) -> Piece:
    _, width, height, left, top, numerator, denominator, dispose, blend = control
    canvas_width, canvas_height = struct.unpack(">II", data[16:24])
    if left + width > canvas_width or top + height > canvas_height:
        raise DecodeError("a frame of the png lies outside its canvas")
    head = struct.pack(">II", width, height) + data[24:29]
    whole = [
        data[:8],
        png_chunk(b"IHDR", head),
        *shared,
        png_chunk(b"IDAT", b"".join(parts)),
        png_chunk(b"IEND", b""),
    ]
    duration = 1000 * numerator / (denominator or 100)
    disposal = _DISPOSALS.get(dispose, "keep")
    return Piece(b"".join(whole), left, top, duration, disposal, blend == 1)
