"""Image files made byte by byte, so that the pixels that they hold are known without a decoder."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

Array = NDArray[Any]
HEIGHT, WIDTH = 6, 9


def ramp(channels: int, dtype: type[np.unsignedinteger[Any]] = np.uint8, depth: int = 8) -> Array:
    """Return samples that differ in every row, column and channel: (H, W) or (H, W, C)."""
    row, column, channel = np.indices((HEIGHT, WIDTH, channels))
    values = (row * 37 + column * 11 + channel * 71 + row * column * 5) % (1 << depth)
    samples = values.astype(dtype) if depth <= 8 else (values * 6151 % (1 << depth)).astype(dtype)
    image: Array = samples[:, :, 0] if channels == 1 else samples
    return image


def photo(height: int = 48, width: int = 64) -> Array:
    """Return a smooth RGB picture, which JPEG keeps within a few levels."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [
        128 + 90 * np.sin(x / width * 3 + 0.3) * np.cos(y / height * 2),
        40 + 170 * x / width,
        210 - 150 * y / height,
    ]
    image: Array = np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8)
    return image


def exif(orientation: int, order: str = "<") -> bytes:
    """Return an EXIF block with an orientation and nothing else."""
    mark = b"II" if order == "<" else b"MM"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HIH", 42, 8, 1) + entry + struct.pack(order + "I", 0)


def exif_of_camera(orientation: int) -> bytes:
    """Return an EXIF block with an orientation, and a directory that says when it was taken."""
    head = struct.pack("<2sHIH", b"II", 42, 8, 2)
    first = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    first += struct.pack("<HHII", 0x8769, 4, 1, 38) + struct.pack("<I", 0)
    second = struct.pack("<HHHII", 1, 0x9003, 2, 20, 56) + struct.pack("<I", 0)
    return head + first + second + b"2026:11:24 10:20:30\0"


def turned(pixels: Array, orientation: int) -> Array:
    """Return upright pixels as a file with that orientation stores them (EXIF 2.32, 4.6.4)."""
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: np.rot90(a, 2),
        4: lambda a: a[::-1],
        5: lambda a: np.rot90(a[::-1], -1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a[::-1], 1),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(undo[orientation](pixels))


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(samples: Array, color_type: int, depth: int = 8, *extra: tuple[bytes, bytes]) -> bytes:
    """Write a PNG; `extra` chunks come before the pixels."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    rows = samples.reshape(height, -1)
    if depth == 16:
        lines = [row.astype(">u2").tobytes() for row in rows]
    elif depth == 8:
        lines = [row.astype(np.uint8).tobytes() for row in rows]
    else:
        lines = [packed(row, depth) for row in rows]
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines))
    body = [chunk(b"IHDR", header), *(chunk(*entry) for entry in extra)]
    return b"".join([b"\x89PNG\r\n\x1a\n", *body, chunk(b"IDAT", pixels), chunk(b"IEND", b"")])


def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """Return a small PNG of very many black pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    )


def bmp(rgb: Array, *, depth: int = 24, top_down: bool = False, v4: bool = False) -> bytes:
    """Write an uncompressed BMP: 24 bits, 32 bits unused, or (v4) 32 bits with an alpha mask."""
    height, width = rgb.shape[:2]
    samples = rgb[:, :, [2, 1, 0, 3]] if rgb.shape[2] == 4 else rgb[:, :, ::-1]
    if depth == 32 and rgb.shape[2] == 3:
        samples = np.dstack([samples, np.zeros((height, width, 1), np.uint8)])
    rows = samples if top_down else samples[::-1]
    stride = (width * depth // 8 + 3) // 4 * 4
    body = b"".join(row.tobytes().ljust(stride, b"\0") for row in rows)
    size = 108 if v4 else 40
    signed = -height if top_down else height
    info = struct.pack(
        "<IiiHHIIiiII", size, width, signed, 1, depth, 3 if v4 else 0, len(body), 2835, 2835, 0, 0
    )
    if v4:
        info += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(48)
    offset = 14 + size
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + body


def bmp_palette(indices: Array, palette: Array) -> bytes:
    """Write an 8-bit BMP with a palette of (N, 3) RGB."""
    height, width = indices.shape
    colors = b"".join(bytes([b, g, r, 0]) for r, g, b in palette.tolist())
    stride = (width + 3) // 4 * 4
    body = b"".join(row.astype(np.uint8).tobytes().ljust(stride, b"\0") for row in indices[::-1])
    offset = 54 + len(colors)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, len(body), 0, 0, len(palette), 0)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + colors + body


def tiff(
    samples: Array, photometric: int, *tags: tuple[int, int, tuple[int, ...]], order: str = "<"
) -> bytes:
    """Write an uncompressed TIFF of one strip, chunky; tags are (tag, type, values)."""
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bits = samples.dtype.itemsize * 8
    body = samples.astype(f"{order}{samples.dtype.str[1:]}").tobytes()
    entries = [
        (256, 4, (width,)),
        (257, 4, (height,)),
        (258, 3, (bits,) * channels),
        (259, 3, (1,)),
        (262, 3, (photometric,)),
        (273, 4, (8,)),
        (277, 3, (channels,)),
        (278, 4, (height,)),
        (279, 4, (len(body),)),
        *tags,
    ]
    body += bytes(len(body) & 1)
    return _tiff_of(sorted(entries), body, order)


def gif(indices: Array, palette: Array, transparent: int | None = None) -> bytes:
    """Write a GIF of one frame."""
    height, width = indices.shape
    image = Pillow.frombytes("P", (width, height), indices.astype(np.uint8).tobytes())
    image.putpalette(palette.astype(np.uint8).tobytes())
    return saved(image, "GIF", **({} if transparent is None else {"transparency": transparent}))


def jpeg(pixels: Array, mode: str | None = None, **options: Any) -> bytes:
    """Write a JPEG of high quality, without chroma subsampling unless asked for."""
    image = Pillow.fromarray(pixels)
    return saved(
        image.convert(mode) if mode else image,
        "JPEG",
        **{"quality": 98, "subsampling": 0, **options},
    )


def webp(pixels: Array, **options: Any) -> bytes:
    """Write a lossless WebP."""
    return saved(Pillow.fromarray(pixels), "WEBP", **{"lossless": True, "exact": True, **options})


def saved(image: Pillow.Image, name: str, **options: Any) -> bytes:
    """Let Pillow encode an image."""
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def packed(row: Array, depth: int) -> bytes:
    """Pack samples of 1 to 8 bits from the high bit on, or write words of 16 or 32 bits."""
    if depth >= 8:
        return row.astype(f"<u{depth // 8}").tobytes()
    bits = np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, -depth:]
    return np.packbits(bits.reshape(-1)).tobytes()


def _tiff_of(entries: list[tuple[int, int, tuple[int, ...]]], body: bytes, order: str) -> bytes:
    codes = {1: "B", 3: "H", 4: "I"}
    start = 8 + len(body)
    spill = start + 2 + 12 * len(entries) + 4
    table, extra = b"", b""
    for tag, kind, values in entries:
        packed = struct.pack(f"{order}{len(values)}{codes[kind]}", *values)
        if len(packed) > 4:
            place = struct.pack(order + "I", spill + len(extra))
            extra += packed + bytes(len(packed) & 1)
        else:
            place = packed.ljust(4, b"\0")
        table += struct.pack(order + "HHI", tag, kind, len(values)) + place
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + "HI", 42, start)
    return head + body + struct.pack(order + "H", len(entries)) + table + bytes(4) + extra
