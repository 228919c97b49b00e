"""Containers of animations: frames that the backends encode, put together."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from rp_image._chunks import png_chunk, riff_chunk
from rp_image._encode import encode_request
from rp_image._encoding import Encoding
from rp_image._errors import EncodeError
from rp_image._headers import gif as gif_header
from rp_image._headers import png as png_header
from rp_image._headers.webp import walk as walk_webp

if TYPE_CHECKING:
    from rp_image._types import Format, Image

_PICTURE: Final = frozenset({b"ALPH", b"VP8 ", b"VP8L"})


class Muxer(Protocol):
    """Takes frames one by one, and gives the file."""

    def __init__(self, *, loop: int, quality: int | None, lossless: bool) -> None: ...

    def add(self, image: Image, before: Image | None, duration: float) -> None:
        """Add a frame; `before` is the one that it takes the place of."""
        ...

    def finish(self) -> bytes:
        """Return the file."""
        ...


class Clock:
    """Counts in whole ticks; what is rounded is carried on, so that the sum stays right."""

    def __init__(self, milliseconds: int) -> None:
        self._tick = milliseconds
        self._time = 0.0
        self._ticks = 0

    def ticks(self, duration: float) -> int:
        """Return the ticks of the next frame, shown for so many milliseconds."""
        self._time += duration / self._tick
        ticks = max(0, round(self._time) - self._ticks)
        self._ticks += ticks
        return ticks


def muxer_of(name: Format) -> type[Muxer]:
    """Return what writes the animations of a format."""
    kinds: dict[str, type[Muxer]] = {"gif": Gif, "png": Png, "webp": WebP}
    return kinds[name]


def changed(image: Image, before: Image | None) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what differs, at least one pixel."""
    height, width = image.shape[:2]
    if before is None:
        return 0, 0, width, height
    differs = (image != before).reshape(height, width, -1).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


class Png:
    """APNG (W3C PNG, third edition, 11.3.6); every frame takes the place of what is below."""

    def __init__(self, *, loop: int, quality: int | None, lossless: bool) -> None:
        if quality is not None or lossless:
            raise ValueError("png is lossless: it has no quality")
        self._loop = loop
        self._head = b""
        self._parts: list[bytes] = []
        self._number = 0
        self._frames = 0

    def add(self, image: Image, before: Image | None, duration: float) -> None:
        left, top, right, bottom = changed(image, before)
        data = encode_request(Encoding(image[top:bottom, left:right], "png"), None)
        if before is None:
            self._head = data[16:29]
        size = right - left, bottom - top, left, top
        self._add(b"fcTL", struct.pack(">4IHHBB", *size, *_seconds(duration), 0, 0))
        pixels = b"".join(
            data[start + 8 : end - 4] for n, start, end in png_header.walk(data) if n == b"IDAT"
        )
        if before is None:
            self._parts.append(png_chunk(b"IDAT", pixels))
        else:
            self._add(b"fdAT", pixels)
        if data[24:29] != self._head[8:13]:
            raise ValueError("the frames differ in type")
        self._frames += 1

    def _add(self, name: bytes, body: bytes) -> None:
        self._parts.append(png_chunk(name, struct.pack(">I", self._number) + body))
        self._number += 1

    def finish(self) -> bytes:
        control = png_chunk(b"acTL", struct.pack(">II", self._frames, self._loop))
        head = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", self._head)
        return b"".join([head, control, *self._parts, png_chunk(b"IEND", b"")])


def _seconds(milliseconds: float) -> tuple[int, int]:
    """Return the fraction of two 16-bit numbers that comes nearest: 1000 / 60 ms are 1 / 60 s."""
    seconds = Fraction(milliseconds) / 1000
    if seconds > 65535:
        raise ValueError("a frame of a png is shown for 65535 s at most")
    nearest = seconds.limit_denominator(int(65535 / max(1.0, float(seconds))))
    return nearest.numerator, nearest.denominator


class WebP:
    """Animated WebP (RFC 9649, section 2.7); every frame takes the place of what is below."""

    def __init__(self, *, loop: int, quality: int | None, lossless: bool) -> None:
        self._options: dict[str, Any] = {"quality": quality, "lossless": lossless}
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0, 0
        self._has_alpha = False
        self._clock = Clock(1)

    def add(self, image: Image, before: Image | None, duration: float) -> None:
        left, top, right, bottom = changed(image, before)
        left, top = left // 2 * 2, top // 2 * 2
        data = encode_request(
            Encoding(image[top:bottom, left:right], "webp", **self._options), None
        )
        picture = b"".join(
            data[start - 8 : end + (end & 1)]
            for name, start, end in walk_webp(data, 12, len(data))
            if name in _PICTURE
        )
        shown = self._clock.ticks(duration)
        if shown >= 1 << 24:
            raise ValueError("a frame of a webp is shown for 16777 s at most")
        numbers = left // 2, top // 2, right - left - 1, bottom - top - 1, shown
        head = b"".join(struct.pack("<I", number)[:3] for number in numbers) + b"\x02"
        self._parts.append(riff_chunk(b"ANMF", head + picture))
        self._size = image.shape[1], image.shape[0]
        self._has_alpha = image.ndim == 3 and image.shape[2] in {2, 4}

    def finish(self) -> bytes:
        flags = 0x02 | (0x10 if self._has_alpha else 0)
        size = b"".join(struct.pack("<I", side - 1)[:3] for side in self._size)
        head = riff_chunk(b"VP8X", struct.pack("<I", flags) + size)
        head += riff_chunk(b"ANIM", struct.pack("<IH", 0, self._loop))
        body = head + b"".join(self._parts)
        return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


class Gif:
    """GIF; where a frame has transparent pixels, the one before it is cleared away."""

    def __init__(self, *, loop: int, quality: int | None, lossless: bool) -> None:
        if quality is not None or lossless:
            raise ValueError("gif has no quality")
        self._loop = loop
        self._screen = b""
        self._blocks: list[_GifBlock] = []
        self._clock = Clock(10)

    def add(self, image: Image, before: Image | None, duration: float) -> None:
        if before is None:
            self._screen = struct.pack("<HHBBB", image.shape[1], image.shape[0], 0x70, 0, 0)
        cleared = before is not None and (_is_transparent(image) or _is_transparent(before))
        if before is not None and cleared and not self._blocks[-1].is_whole:
            # Clearing takes away no more than the frame itself covers.
            self._blocks[-1] = replace(_gif_block(before, None), delay=self._blocks[-1].delay)
        if cleared:
            self._blocks[-1].is_cleared = True
        delay = self._clock.ticks(duration)
        if delay > 65535:
            raise ValueError("a frame of a gif is shown for 655 s at most")
        self._blocks.append(replace(_gif_block(image, None if cleared else before), delay=delay))

    def finish(self) -> bytes:
        parts = [b"GIF89a", self._screen]
        if self._loop != 1:
            again = struct.pack("<H", max(0, self._loop - 1))
            parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + again + b"\0")
        for block in self._blocks:
            flags = (2 if block.is_cleared else 1) << 2 | (block.key is not None)
            control = struct.pack("<BHB", flags, block.delay, block.key or 0)
            parts += [b"\x21\xf9\x04", control, b"\0", block.picture]
        return b"".join([*parts, b"\x3b"])


@dataclass(slots=True)
class _GifBlock:
    """A frame: its image block, its transparent index, and whether it fills the screen."""

    picture: bytes
    key: int | None
    is_whole: bool
    is_cleared: bool = False
    delay: int = 0


def _gif_block(image: Image, before: Image | None) -> _GifBlock:
    """Encode the part of a frame that differs from the one before."""
    left, top, right, bottom = changed(image, before)
    data = encode_request(Encoding(image[top:bottom, left:right], "gif"), None)
    table = data[13 : 13 + gif_header.table_size(data[10:11])]
    key = None
    is_whole = (right - left, bottom - top) == (image.shape[1], image.shape[0])
    for kind, head, start, end in gif_header.walk(data):
        if kind == gif_header.IMAGE:
            flags = 0x80 | (data[10] & 7) | head[8] & 0x40
            place = struct.pack("<HHHHB", left, top, right - left, bottom - top, flags)
            return _GifBlock(b"\x2c" + place + table + data[start + 10 : end], key, is_whole)
        if head[:1] == gif_header.CONTROL and data[start + 3] & gif_header.TRANSPARENT:
            key = data[start + 6]
    raise EncodeError("the encoder gave a gif without a frame")


def _is_transparent(image: Image) -> bool:
    has_alpha = image.ndim == 3 and image.shape[2] in {2, 4}
    return has_alpha and bool((image[:, :, -1] == 0).any())
