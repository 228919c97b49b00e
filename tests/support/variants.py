"""Variants of each format that decoders disagree on, made byte by byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from support import files
from support import images as make
from support.case import ALL, BOTH, NUMPY, PALETTE, PILLOW, Case, of, rgb, rgba
from support.images import Array

TURNED = make.turned(make.ramp(3), 6)
_MASKS = {
    "555": (16, (0x7C00, 0x3E0, 0x1F, 0)),
    "565": (16, (0xF800, 0x7E0, 0x1F, 0)),
    "1555": (16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
    "4444": (16, (0xF00, 0xF0, 0xF, 0xF000)),
    "bgr": (32, (0xFF, 0xFF00, 0xFF0000, 0)),
    "101010": (32, (0x3FF00000, 0xFFC00, 0x3FF, 0)),
    "2101010": (32, (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000)),
    "no-green": (32, (0xFF0000, 0, 0xFF, 0)),
}


def cases() -> list[Case]:
    """Return all variants."""
    return [*_png(), *_apng(), *_jpeg(), *_webp(), *_gif(), *_bmp(), *_bmp_runs(), *_tiff()]


def _key(samples: Array, depth: int) -> tuple[tuple[bytes, bytes], Array]:
    """Return a tRNS chunk for one of the colours, and the alpha that it makes."""
    color = np.atleast_1d(samples[2, 3])
    seen = (samples.reshape(*samples.shape[:2], -1) != color).any(axis=2)
    most = 65535 if depth == 16 else 255
    chunk = b"".join(struct.pack(">H", int(sample)) for sample in color)
    return (b"tRNS", chunk), (seen * most).astype(np.uint16 if depth == 16 else np.uint8)


def _png() -> Iterator[Case]:
    for kind, channels, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16))):
        for depth in depths:
            samples = make.ramp(channels, np.uint16 if depth == 16 else np.uint8, depth)
            chunk, alpha = _key(samples, depth)
            full = samples if depth >= 8 else samples * (255 // ((1 << depth) - 1))
            pixels = rgba(rgb(full) if channels == 1 else full, alpha)
            able = of("opencv") if depth == 16 and channels == 3 else BOTH
            data = make.png(samples, kind, depth, chunk)
            yield Case(f"png-key{kind}-{depth}", data, pixels, able, 0, {"has_alpha": True})
    for size in ((1, 1), (1, 2), (2, 1), (3, 5), (9, 17)):
        for kind, channels, depth in ((0, 1, 1), (0, 1, 4), (2, 3, 8), (6, 4, 8)):
            samples = np.resize(make.ramp(channels, depth=depth), (*size, channels))
            samples = samples[:, :, 0] if channels == 1 else samples
            pixels = rgb(samples * (255 // ((1 << depth) - 1))) if channels == 1 else samples
            data = files.interlaced_png(samples, kind, depth)
            name = f"png-interlaced{kind}-{depth}-{size[0]}x{size[1]}"
            yield Case(name, data, pixels, BOTH)
    color, gray, block = make.ramp(3), make.ramp(1), make.exif(6)
    indices, chosen = gray % 16, PALETTE[gray % 16]
    palette, few = (b"PLTE", PALETTE.tobytes()), (b"PLTE", PALETTE[:9].tobytes())
    beyond = np.where((indices < 9)[:, :, None], chosen, 0).astype(np.uint8)
    short = rgba(chosen, np.where(indices == 0, 7, 255).astype(np.uint8))
    ancillary = [
        (b"gAMA", struct.pack(">I", 35000)),
        (b"cHRM", struct.pack(">8I", *range(10000, 90000, 10000))),
        (b"sBIT", bytes([3, 3, 3])),
        (b"bKGD", bytes(6)),
        (b"iCCP", b"x\0\0garbage"),
        (b"tEXt", b"k\0" + b"v" * 100_000),
        (b"zTXt", b"k\0\0" + zlib.compress(bytes(10_000_000))),
    ]
    wrong = bytearray(make.png(color, 2, 8, (b"eXIf", block), (b"tRNS", bytes(6))))
    for kind_of_chunk in (b"eXIf", b"tRNS"):
        wrong[wrong.index(kind_of_chunk) + 4] ^= 1
    whole = make.png(color, 2)
    yield Case("png-ancillary", make.png(color, 2, 8, *ancillary), color, BOTH)
    yield Case("png-many-pieces", files.split_png(whole), color, BOTH)
    yield Case("png-more-behind", whole + whole, color, BOTH)
    yield Case("png-wrong-ancillary-sums", bytes(wrong), color, BOTH, 0, {"orientation": 1})
    yield Case("png-few-colours", make.png(indices, 3, 8, few), beyond, BOTH)
    yield Case("png-few-alphas", make.png(indices, 3, 8, palette, (b"tRNS", b"\7")), short, BOTH)
    yield Case("png-early-alphas", make.png(indices, 3, 8, (b"tRNS", b"\7"), palette), chosen, BOTH)
    yield Case("png-short-key", make.png(gray, 0, 8, (b"tRNS", b"")), rgb(gray), BOTH)
    late = files.behind_pixels(make.png(TURNED, 2), (b"eXIf", b"Exif\0\0" + block))
    yield Case("png-late-exif", late, color, BOTH, 0, {"orientation": 6})
    late = files.behind_pixels(make.png(gray, 0), (b"tRNS", bytes(2)))
    yield Case("png-late-key", late, rgb(gray), BOTH, 0, {"has_alpha": False})


def _apng() -> Iterator[Case]:
    first, second = make.ramp(4), 255 - make.ramp(4)
    for name, count, frames, default in (
        ("default-is-first", 2, 2, True),
        ("default-apart", 2, 2, False),
        ("no-frames", 0, 1, True),
    ):
        data = files.apng(first, second, count, is_first=default)
        yield Case(f"png-animated-{name}", data, first, BOTH, 0, {"frames": frames})


def _jpeg() -> Iterator[Case]:
    photo = make.photo()
    data = make.jpeg(photo)
    table = data.index(b"\xff\xdb")
    end = len(data) - 2
    fill, garbage = data[:table] + b"\xff" * 9, data[:table] + b"garbage"
    yield Case("jpeg-fill", fill + data[table:], photo, ALL, 4)
    yield Case("jpeg-garbage-between", garbage + data[table:], photo, BOTH, 4)
    yield Case("jpeg-garbage-at-end", data[:end] + b"abc" + data[end:], photo, ALL, 4)
    yield Case("jpeg-more-behind", data + make.jpeg(255 - photo), photo, ALL, 4)
    comment = files.segment(0xFE, b"\xff\xd9\xff\xda\xff\xc0" * 50)
    yield Case("jpeg-markers-in-a-comment", data[:2] + comment + data[2:], photo, ALL, 4)
    parts = [bytes([number]) * 1000 for number in range(1, 5)]
    icc = [
        files.segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 4]) + part)
        for n, part in enumerate(parts, 1)
    ]
    mixed = b"".join([data[:2], icc[2], icc[0], icc[3], icc[1], data[2:]])
    yield Case("jpeg-mixed-profile", mixed, photo, ALL, 4, {"icc": b"".join(parts)})
    plain = files.without_segment(data, 0xE0)
    yield Case("jpeg-without-jfif", plain, photo, ALL, 4)
    adobe = files.segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")
    swapped = files.flat_jpeg([(b"R", 200), (b"G", 90), (b"B", 30)], b"")
    pixels = np.full((16, 16, 3), (200, 90, 30), np.uint8)
    yield Case("jpeg-ids-rgb", swapped, pixels, ALL, 1)
    coded = files.flat_jpeg([(b"\1", 200), (b"\2", 90), (b"\3", 30)], adobe)
    yield Case("jpeg-adobe-rgb", coded, pixels, ALL, 1)
    xmp = b"http://ns.adobe.com/xap/1.0/\0"
    for number, (body, orientation) in enumerate(
        [
            (b"Exif\0\0" + files.exif_of_kind(4), 6),
            (b"Exif\0\xff" + make.exif(6, ">"), 6),
            (b"Exif\0\0junk", 1),
            (b"Exif\0\0" + make.exif(9), 1),
            (b"Exif\0\0" + make.exif(6)[:15], 1),
            (xmp + b'<x tiff:Orientation="6"/>', 6),
            (xmp + b"<tiff:Orientation>6</tiff:Orientation>", 6),
        ]
    ):
        stored = make.jpeg(make.turned(photo, orientation))
        tagged = stored[:2] + files.segment(0xE1, body) + stored[2:]
        yield Case(f"jpeg-exif{number}", tagged, photo, ALL, 4, {"orientation": orientation})


def _webp() -> Iterator[Case]:
    color, full = make.ramp(3), make.ramp(4)
    data = make.webp(color)
    frames = files.webp_animation([make.webp(color), make.webp(255 - color)], (30, 20), (2, 4))
    canvas = np.zeros((20, 30, 4), np.uint8)
    canvas[4:10, 2:11] = rgba(color, np.full(color.shape[:2], 255, np.uint8))
    yield Case("webp-more-behind", data + b"x" * 100, color, BOTH)
    yield Case("webp-alpha-more-behind", make.webp(full) + b"x" * 100, full, BOTH)
    yield Case("webp-animation", frames, canvas, PILLOW, 0, {"frames": 2})


def _gif() -> Iterator[Case]:
    indices = make.ramp(1) % 16
    other, gray = PALETTE[::-1].copy(), rgb(np.arange(16, dtype=np.uint8)[:, None])[:, 0]
    pixels = PALETTE[indices]
    seen = np.where(indices == 5, 0, 255).astype(np.uint8)
    comment, control = b"!\xfe\2hi\0", b"!\xf9\4\1\0\0\5\0"
    frame = files.gif_frame(indices)
    canvas = np.zeros((10, 15, 4), np.uint8)
    canvas[3:9, 2:11] = rgba(pixels, np.full(indices.shape, 255, np.uint8))
    keyed = canvas.copy()
    keyed[3:9, 2:11, 3] = seen
    for name, blocks, palette, expected in (
        ("interlaced", [files.gif_frame(indices, interlaced=True)], PALETTE, pixels),
        ("local", [files.gif_frame(indices, palette=other)], PALETTE, other[indices]),
        ("only-local", [files.gif_frame(indices, palette=other)], None, other[indices]),
        ("gray-local", [files.gif_frame(indices, palette=gray)], PALETTE, gray[indices]),
        (
            "gray-local-key",
            [control, files.gif_frame(indices, palette=gray)],
            PALETTE,
            rgba(gray[indices], seen),
        ),
        ("comments", [comment, control, comment, frame, comment], PALETTE, rgba(pixels, seen)),
        ("stray-zero", [b"\0", frame], PALETTE, pixels),
        ("later-key", [frame, control, frame], PALETTE, pixels),
    ):
        yield Case(f"gif-{name}", files.gif(blocks, (9, 6), palette), expected, PILLOW)
    placed = files.gif_frame(indices, place=(2, 3))
    small = files.gif([placed], (15, 10), PALETTE, background=9)
    yield Case("gif-smaller-frame", small, canvas, PILLOW, 0, {"has_alpha": True})
    yield Case("gif-smaller-key", files.gif([control, placed], (15, 10), PALETTE), keyed, PILLOW)
    yield Case("gif-87", b"GIF87a" + files.gif([frame], (9, 6), PALETTE)[6:], pixels, PILLOW)
    yield Case("gif-no-trailer", files.gif([frame], (9, 6), PALETTE)[:-1], pixels, PILLOW)


def _bmp() -> Iterator[Case]:
    able = of("opencv", "pillow", "numpy")
    for depth in (1, 2, 4, 8):
        indices = make.ramp(1, depth=min(4, depth))
        for size in (12, 16, 40, 64, 108, 124):
            data = files.bmp(indices, depth, size=size, palette=PALETTE[: 1 << depth])
            facts = {"color": "palette"}
            yield Case(f"bmp-palette{depth}-{size}", data, PALETTE[indices], NUMPY, 0, facts)
    black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    bits = make.ramp(1, depth=1)
    for depth in (1, 4, 8):
        data = files.bmp(bits, depth, palette=black_white, colors=2)
        yield Case(f"bmp-black-white-in-{depth}", data, black_white[bits], NUMPY)
    few = np.where((make.ramp(1, depth=4) < 5)[:, :, None], PALETTE[make.ramp(1, depth=4)], 0)
    data = files.bmp(make.ramp(1, depth=4), 8, palette=PALETTE[:5], colors=5)
    yield Case("bmp-few-colours", data, few.astype(np.uint8), NUMPY)
    words = make.ramp(1, np.uint16, 16).astype(np.uint32) * 65521 + 77
    for name, (depth, masks) in _MASKS.items():
        stored = words % (1 << 16) if depth == 16 else words
        planes = [files.field(stored, mask) for mask in (masks if masks[3] else masks[:3])]
        for size in (56, 108, 124) if masks[3] else (40, 52, 124):
            data = files.bmp(stored, depth, size=size, compression=3, masks=masks)
            has_alpha = {"has_alpha": bool(masks[3])}
            yield Case(f"bmp-{name}-{size}", data, np.dstack(planes), NUMPY, 0, has_alpha)
    planes = [files.field(words % (1 << 16), mask) for mask in (0x7C00, 0x3E0, 0x1F)]
    data = files.bmp(words % (1 << 16), 16, top_down=True)
    yield Case("bmp-16-top-down", data, np.dstack(planes), NUMPY)
    color = make.ramp(3)
    data = b"BM" + b"\xff" * 4 + make.bmp(color)[6:]
    yield Case("bmp-wrong-file-size", data, color, able)
    yield Case("bmp-padding-cut", make.bmp(color)[:-1], color, of("pillow", "numpy"))


def _bmp_runs() -> Iterator[Case]:
    zero = np.zeros((6, 9), np.uint8)
    runs = {
        "empty": (8, b"\0\1", zero),
        "short-rows": (8, bytes([4, 5, 0, 0, 2, 6, 0, 0, 0, 1]), _with(zero, {5: "5555", 4: "66"})),
        "too-long-row": (8, bytes([50, 5, 0, 0, 2, 6, 0, 1]), _with(zero, {5: "5" * 9, 4: "66"})),
        "delta": (8, bytes([0, 2, 3, 2, 1, 7, 0, 1]), _with(zero, {3: "0007"})),
        "literal": (8, bytes([0, 3, 1, 2, 3, 0, 1, 4, 0, 1]), _with(zero, {5: "1234"})),
        "nibbles": (4, bytes([7, 0x12, 0, 1]), _with(zero, {5: "1212121"})),
        "literal-nibbles": (4, bytes([0, 3, 0x12, 0x30, 1, 0x40, 0, 1]), _with(zero, {5: "1234"})),
    }
    for name, (depth, body, indices) in runs.items():
        data = files.bmp(zero, depth, palette=PALETTE, compression=9 // depth, body=body, gap=1)
        yield Case(f"bmp-runs-{name}", data, PALETTE[indices], NUMPY)


def _with(indices: Array, rows: dict[int, str]) -> Array:
    changed = indices.copy()
    for row, digits in rows.items():
        changed[row, : len(digits)] = [int(digit) for digit in digits]
    return changed


def _tiff() -> Iterator[Case]:
    color, full, gray, both = make.ramp(3), make.ramp(4), make.ramp(1), make.ramp(2)
    cmyk = np.dstack([255 - color, np.zeros_like(gray)])
    kinds: dict[str, tuple[Array, int, Array, list[Any]]] = {
        "unsaid-fourth": (full, 2, full, []),
        "unspecified-fourth": (full, 2, full[:, :, :3], [(338, 3, (0,))]),
        "gray-alpha": (both, 1, rgba(rgb(both[:, :, 0]), both[:, :, 1]), [(338, 3, (2,))]),
        "cmyk": (cmyk, 5, color, []),
        "orientation-long": (TURNED, 2, color, [(274, 4, (6,))]),
        "profile": (color, 2, color, [(34675, 1, tuple(b"abc" * 5))]),
    }
    for name, (samples, photometric, pixels, tags) in kinds.items():
        for order in "<>":
            data = make.tiff(samples, photometric, *tags, order=order)
            yield Case(f"tiff-{name}{order}", data, pixels, PILLOW, 1 if name == "cmyk" else 0)
    from PIL import Image as Pillow

    image = Pillow.fromarray(color)
    for name in ("tiff_lzw", "packbits", "tiff_adobe_deflate"):
        yield Case(f"tiff-{name}", make.saved(image, "TIFF", compression=name), color, PILLOW)
    bits = (gray > 127) * np.uint8(255)
    for name in ("group3", "group4"):
        data = make.saved(Pillow.fromarray(bits > 0), "TIFF", compression=name)
        yield Case(f"tiff-{name}", data, rgb(bits), PILLOW, 0, {"color": "gray", "bits": 1})
    photo = make.photo()
    data = make.saved(Pillow.fromarray(photo), "TIFF", compression="jpeg", quality=97)
    yield Case("tiff-jpeg", data, photo, PILLOW, 12)
