"""Writers of files that common encoders do not write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from support.images import Array, chunk, packed

_ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2))
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def interlaced_png(samples: Array, color_type: int, depth: int) -> bytes:
    """Write a PNG in the seven passes of Adam7."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 1)
    passes = [samples[top::down, left::across] for top, left, down, across in _ADAM7]
    rows = [row for part in (*passes, samples[1::2]) if part.size for row in part]
    lines = b"".join(b"\0" + packed(row.reshape(-1), depth) for row in rows)
    return _png(header, chunk(b"IDAT", zlib.compress(lines)))


def _png(header: bytes, *chunks: bytes) -> bytes:
    return b"".join([_SIGNATURE, chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")])


def split_png(data: bytes) -> bytes:
    """Return a PNG with its pixels in chunks of two bytes, and empty ones between."""
    start = data.index(b"IDAT") + 4
    pixels = data[start : start + int.from_bytes(data[start - 8 : start - 4])]
    parts = [b"", *(pixels[i : i + 2] for i in range(0, len(pixels), 2)), b""]
    pieces = [piece for part in parts for piece in (chunk(b"IDAT", part), chunk(b"IDAT", b""))]
    return data[: start - 8] + b"".join(pieces) + chunk(b"IEND", b"")


def behind_pixels(data: bytes, extra: tuple[bytes, bytes]) -> bytes:
    """Return a PNG with a chunk between its pixels and its end."""
    return data[:-12] + chunk(*extra) + data[-12:]


def apng(first: Array, second: Array, count: int, *, is_first: bool, depth: int = 8) -> bytes:
    """Write an RGBA APNG; `is_first`: its picture is a frame, and not shown before the others."""
    height, width = first.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, 6, 0, 0, 0)
    kind = f">u{depth // 8}"
    pixels = [
        zlib.compress(b"".join(b"\0" + row.astype(kind).tobytes() for row in image))
        for image in (first, second)
    ]

    def control(number: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">5I2H2B", number, width, height, 0, 0, 1, 10, 0, 0))

    start = [control(0)] if is_first else []
    number = len(start)
    later = [] if is_first else [(number, pixels[1])]
    later.append((number + 2 * len(later), pixels[1]))
    frames = [
        part
        for at, body in later
        for part in (control(at), chunk(b"fdAT", struct.pack(">I", at + 1) + body))
    ]
    animation = chunk(b"acTL", struct.pack(">II", count, 0))
    return _png(header, animation, *start, chunk(b"IDAT", pixels[0]), *frames)


def segment(marker: int, body: bytes) -> bytes:
    """Return a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def without_segment(data: bytes, marker: int) -> bytes:
    """Return a JPEG without its first segment of a kind."""
    start = data.index(bytes([0xFF, marker]))
    return data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4]) :]


def exif_of_kind(kind: int) -> bytes:
    """Return an EXIF block whose orientation 6 is of an unusual TIFF type."""
    entry = struct.pack("<HHII", 0x0112, kind, 1, 6)
    return b"II" + struct.pack("<HIH", 42, 8, 1) + entry + bytes(4)


def flat_jpeg(components: Sequence[tuple[bytes, int]], extra: bytes) -> bytes:
    """Write a 16 x 16 JPEG of one colour, its components with these identifiers and values."""
    tables = segment(0xDB, b"\0" + bytes([8]) * 64)
    ids = [name[0] for name, _ in components]
    frame = struct.pack(">BHHB", 8, 16, 16, len(ids)) + b"".join(bytes([i, 0x11, 0]) for i in ids)
    # One code of 4 bits for each size of a DC difference 0 to 8, and one of 1 bit: end of block.
    dc = segment(0xC4, b"\0" + bytes([0, 0, 0, 9, *[0] * 12]) + bytes(range(9)))
    ac = segment(0xC4, b"\x10" + bytes([1, *[0] * 15]) + b"\0")
    scan = bytes([len(ids), *(byte for i in ids for byte in (i, 0)), 0, 63, 0])
    bits = ""
    for block in range(4):
        for _, value in components:
            step = value - 128 if block == 0 else 0
            size = abs(step).bit_length()
            low = step if step > 0 else step + (1 << size) - 1
            bits += f"{size:04b}" + (f"{low:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    body = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    parts = [extra, tables, segment(0xC0, frame), dc, ac, segment(0xDA, scan), body]
    return b"".join([b"\xff\xd8", *parts, b"\xff\xd9"])


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)


def _three(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(3, "little") for number in numbers)


def webp_animation(
    stills: list[bytes], size: tuple[int, int], place: tuple[int, int], flags: int = 0x12
) -> bytes:
    """Write an animated WebP of lossless stills, all at one place of a (width, height) canvas."""
    frames = b""
    for still in stills:
        packed_size = int.from_bytes(still[21:25], "little")
        corner = _three(
            place[0] // 2, place[1] // 2, packed_size & 0x3FFF, packed_size >> 14 & 0x3FFF
        )
        frames += _riff(b"ANMF", corner + _three(50) + b"\0" + still[12:])
    head = _riff(b"VP8X", bytes([flags, 0, 0, 0]) + _three(size[0] - 1, size[1] - 1))
    return _riff(b"RIFF", b"WEBP" + head + _riff(b"ANIM", bytes(6)) + frames)


def gif(
    blocks: list[bytes], size: tuple[int, int], palette: Array | None, background: int = 0
) -> bytes:
    """Write a GIF of a (width, height) screen; a palette has 16 colours."""
    flags, colors = (0x83, palette.tobytes()) if palette is not None else (0, b"")
    screen = struct.pack("<HHBBB", *size, flags, background, 0)
    return b"".join([b"GIF89a", screen, colors, *blocks, b";"])


def gif_frame(
    indices: Array,
    *,
    palette: Array | None = None,
    place: tuple[int, int] = (0, 0),
    interlaced: bool = False,
) -> bytes:
    """Return a GIF image of 4-bit indices, in codes of 5 bits that are never compressed."""
    height, width = indices.shape
    flags = (0x83 if palette is not None else 0) | 0x40 * interlaced
    if interlaced:
        passes = (range(0, height, 8), range(4, height, 8), range(2, height, 4))
        indices = indices[[*(row for part in passes for row in part), *range(1, height, 2)]]
    codes: list[int] = []
    for count, index in enumerate(indices.reshape(-1).tolist()):
        codes += [16, index] if count % 14 == 0 else [index]
    bits = "".join(f"{code:05b}" for code in reversed([*codes, 17]))
    body = int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")
    head = struct.pack("<HHHHB", *place, width, height, flags)
    colors = palette.tobytes() if palette is not None else b""
    return b"," + head + colors + bytes([4, len(body)]) + body + b"\0"


def field(words: Array, mask: int) -> Array:
    """Return a bit field, scaled to 0..255."""
    if not mask:
        return np.zeros(words.shape, np.uint8)
    lowest = mask & -mask
    return np.rint((words.astype(np.int64) & mask) // lowest * 255 / (mask // lowest)).astype(
        np.uint8
    )


def bmp(
    samples: Array,
    depth: int,
    *,
    size: int = 40,
    palette: Array | None = None,
    colors: int = 0,
    compression: int = 0,
    masks: Sequence[int] = (),
    top_down: bool = False,
    body: bytes | None = None,
    gap: int = 0,
) -> bytes:
    """Write a BMP of (H, W) indices or words, with a header of any size."""
    height, width = samples.shape
    if body is None:
        lines = [packed(row, depth) for row in (samples if top_down else samples[::-1])]
        body = b"".join(line + bytes(-len(line) % 4) for line in lines)
    if size == 12:
        info = struct.pack("<IHHHH", size, width, height, 1, depth)
    else:
        signed = -height if top_down else height
        info = struct.pack("<IiiHHII8xI4x", size, width, signed, 1, depth, compression, 0, colors)
        fields = struct.pack(f"<{len(masks)}I", *masks)
        behind = fields[:12] if size == 40 else b""
        info = (info + (b"" if size in {16, 40} else fields))[:size].ljust(size, b"\0") + behind
    table = b""
    if palette is not None:
        entries = palette[:, ::-1]
        table = (entries if size == 12 else np.pad(entries, ((0, 0), (0, 1)))).tobytes()
    offset = 14 + len(info) + len(table) + gap
    head = b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset)
    return head + info + table + bytes(gap) + body
