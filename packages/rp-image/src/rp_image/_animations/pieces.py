"""Frames as files store them, each put onto the canvas that the ones before it left."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from rp_image._decode import Encoded, check_size, decode
from rp_image._errors import DecodeError
from rp_image._header import read_header
from rp_image._pixels import to_mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rp_image._header import Header
    from rp_image._types import Image

Disposal: TypeAlias = Literal["keep", "clear", "restore"]
_BAND: Final = 1 << 18
COMPOSED: Final = frozenset({"gif", "png", "webp"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One frame as it is stored.

    Attributes:
        data: The frame as a file of its own.
        left: Column of the canvas where it begins.
        top: Row of the canvas where it begins.
        duration: How long it is shown, in milliseconds.
        disposal: What becomes of its place before the next frame: it stays, becomes transparent,
            or is put back as it was.
        blend: Whether it is laid over what is there, or takes its place.
    """

    data: bytes
    left: int
    top: int
    duration: float
    disposal: Disposal
    blend: bool


def pieces(data: bytes, header: Header, *, strict: bool = False) -> Iterator[Piece]:
    """Yield the frames of a GIF, APNG or animated WebP, up to where it is cut off.

    Raises:
        DecodeError: It is cut off, and `strict` was asked for.
    """
    module = import_module(f"rp_image._animations.{header.info.format}")
    try:
        yield from module.pieces(data)
    except (EOFError, struct.error, IndexError) as error:
        if strict:
            problem = "is missing, cut off or out of order"
            raise DecodeError(f"a frame of the {header.info.format} {problem}") from error


def loop_count(data: bytes, header: Header) -> int:
    """Return how often an animation is shown; 0: for ever."""
    module = import_module(f"rp_image._animations.{header.info.format}")
    return int(module.loop_count(data))


def has_transparency(data: bytes, header: Header) -> bool:
    """Return whether a picture of an animation may have transparent pixels.

    It may where a frame that is smaller or transparent comes upon a canvas that is still free, or
    was cleared, or where one replaces what is below it by its own transparency.
    """
    width, height = header.info.width, header.info.height
    is_opaque, is_empty = False, True
    for piece in pieces(data, header):
        is_empty = False
        inner = read_header(piece.data).info
        covers = not (piece.left or piece.top) and inner.width >= width and inner.height >= height
        hides = covers and not inner.has_alpha
        if not hides and (not is_opaque or (inner.has_alpha and not piece.blend)):
            return True
        if piece.disposal != "restore":
            is_opaque = piece.disposal == "keep"
    return is_empty


def compose(
    data: bytes,
    header: Header,
    *,
    strict: bool,
    max_pixels: int | None,
    backend: str | Sequence[str] | None = None,
) -> Iterator[tuple[Image, float]]:
    """Yield each picture (H, W, 4) of an animation, valid until the next, and its duration."""
    info = header.info
    asked = decode.using(backend)
    canvas = np.zeros((info.height, info.width, 4), info.dtype)
    for index, piece in enumerate(pieces(data, header, strict=strict)):
        inner = read_header(piece.data)
        check_size(inner, max_pixels)
        decoded = asked(Encoded(piece.data, inner, strict=strict))
        drawn = to_mode(decoded.pixels, inner.info, "rgba")
        place = canvas[
            piece.top : piece.top + drawn.shape[0], piece.left : piece.left + drawn.shape[1]
        ]
        before = place.copy() if piece.disposal == "restore" else None
        drawn = drawn[: place.shape[0], : place.shape[1]]
        if index > 0 and piece.blend and inner.info.has_alpha:
            _lay_over(drawn, place)
        else:
            place[:] = drawn
        del drawn, decoded
        yield canvas, piece.duration
        if piece.disposal == "clear":
            place[:] = 0
        elif before is not None:
            place[:] = before


def _lay_over(drawn: Image, place: Image) -> None:
    """Lay a frame over its place, a band at a time."""
    band = max(1, _BAND // max(1, place.shape[1]))
    for top in range(0, len(place), band):
        part = place[top : top + band]
        part[:] = _over(drawn[top : top + band], part)


def _over(drawn: Image, below: Image) -> Image:
    """Lay straight RGBA over straight RGBA; where one of them is all or nothing, exactly."""
    most = int(np.iinfo(drawn.dtype).max)
    alpha = drawn[:, :, 3:]
    out: Image = np.where(alpha == 0, below, drawn)
    mixed = ((alpha > 0) & (alpha < most) & (below[:, :, 3:] > 0))[:, :, 0]
    if mixed.any():
        upper, lower = drawn[mixed].astype(np.float64), below[mixed].astype(np.float64)
        weight, rest = upper[:, 3:], lower[:, 3:] * (1 - upper[:, 3:] / most)
        total = weight + rest
        color = (upper[:, :3] * weight + lower[:, :3] * rest) / total
        out[mixed] = np.rint(np.concatenate([color, total], axis=1)).clip(0, most)
    return out
