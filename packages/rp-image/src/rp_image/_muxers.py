"""Containers of animations: frames that the backends encode, put together."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from rp_image._encode import encode_request
from rp_image._encoders.common import in_color
from rp_image._encoding import Encoding
from rp_image._headers import gif as gif_header
from rp_image._headers import png as png_header
from rp_image._headers.webp import walk as walk_webp
from rp_image._metadata import riff_chunk

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
        milliseconds = round(duration)
        if milliseconds > 65535:
            raise ValueError("a frame of a png is shown for 65 s at most")
        self._add(b"fcTL", struct.pack(">4IHHBB", *size, milliseconds, 1000, 0, 0))
        pixels = b"".join(
            data[start + 8 : end - 4] for n, start, end in png_header.walk(data) if n == b"IDAT"
        )
        if before is None:
            self._parts.append(_png_chunk(b"IDAT", pixels))
        else:
            self._add(b"fdAT", pixels)
        if data[24:29] != self._head[8:13]:
            raise ValueError("the frames differ in type")
        self._frames += 1

    def _add(self, name: bytes, body: bytes) -> None:
        self._parts.append(_png_chunk(name, struct.pack(">I", self._number) + body))
        self._number += 1

    def finish(self) -> bytes:
        control = _png_chunk(b"acTL", struct.pack(">II", self._frames, self._loop))
        head = b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", self._head)
        return b"".join([head, control, *self._parts, _png_chunk(b"IEND", b"")])


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


class WebP:
    """Animated WebP (RFC 9649, section 2.7); every frame takes the place of what is below."""

    def __init__(self, *, loop: int, quality: int | None, lossless: bool) -> None:
        self._options: dict[str, Any] = {"quality": quality, "lossless": lossless}
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0, 0
        self._has_alpha = False

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
        numbers = left // 2, top // 2, right - left - 1, bottom - top - 1, round(duration)
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
        self._blocks: list[tuple[bytes, float, bool, bytes]] = []

    def add(self, image: Image, before: Image | None, duration: float) -> None:
        color = in_color(image)
        has_alpha = color.shape[2] == 4 and not (color[:, :, 3] == 255).all()
        if before is not None and before.ndim == 3 and before.shape[2] in {2, 4}:
            cleared = bool((before[:, :, -1] != 255).any())
        else:
            cleared = False
        whole = before is None or has_alpha or cleared
        left, top, right, bottom = changed(image, None if whole else before)
        data = encode_request(Encoding(image[top:bottom, left:right], "gif"), None)
        table = data[13 : 13 + gif_header.table_size(data[10:11])]
        control = bytes(4)
        for kind, head, start, end in gif_header.walk(data):
            if kind == gif_header.IMAGE:
                flags = 0x80 | (data[10] & 7) | head[8] & 0x40
                place = struct.pack("<HHHHB", left, top, right - left, bottom - top, flags)
                block = b"\x2c" + place + table + data[start + 10 : end]
                self._blocks.append((control, duration, has_alpha or cleared, block))
                break
            if head[:1] == gif_header.CONTROL:
                control = data[start + 3 : start + 7]
        if before is None:
            self._screen = struct.pack("<HHBBB", image.shape[1], image.shape[0], 0x70, 0, 0)

    def finish(self) -> bytes:
        parts = [b"GIF89a", self._screen]
        if self._loop != 1:
            count = struct.pack("<H", self._loop)
            parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + count + b"\0")
        shown, written = 0.0, 0
        clears = [clear for _, _, clear, _ in self._blocks[1:]] + [False]
        for (control, duration, _, block), clear in zip(self._blocks, clears, strict=True):
            shown += duration / 10
            delay = max(0, round(shown) - written)
            written += delay
            if delay > 65535:
                raise ValueError("a frame of a gif is shown for 655 s at most")
            flags = (2 if clear else 1) << 2 | control[0] & 1
            parts.append(b"\x21\xf9\x04" + struct.pack("<BHB", flags, delay, control[3]) + b"\0")
            parts.append(block)
        return b"".join([*parts, b"\x3b"])
