"""Image files of the less common formats, with the pixels that they must give."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image as Pillow

from support import images as make
from support.case import PALETTE, Case, of, rgb, rgba
from support.images import Array

NUMPY = of("numpy")


def cases() -> list[Case]:
    """Return a case of every kind."""
    groups = (_pnm(), _pfm(), _npy(), _tga(), _hdr(), _ico(), _psd(), _dds(), _qoi(), _tiff())
    return [case for group in groups for case in group]


def _pnm() -> Iterator[Case]:
    gray, color, deep = make.ramp(1), make.ramp(3), make.ramp(3, np.uint16, 16)
    bits = make.ramp(1, depth=1)
    shown = rgb((1 - bits) * np.uint8(255))
    text = b" ".join(b"%d" % sample for sample in color.reshape(-1))
    packed = np.packbits(bits, axis=1).tobytes()
    few = (gray % 6).astype(np.uint8)
    spread = np.rint(few * 51.0).astype(np.uint8)
    pam = b"P7\n# a\nWIDTH 9\nHEIGHT 6\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    plain = b"\n".join(b"".join(b"%d" % bit for bit in row) for row in bits)
    for name, data, pixels in (
        ("bitmap", b"P4\n# comment\n9 6\n" + packed, shown),
        ("bitmap-text", b"P1 9 6 #x\n" + plain, shown),
        ("gray", b"P5 9 6 255\n" + gray.tobytes(), rgb(gray)),
        ("gray-5", b"P5\n9\n6\n5\n" + few.tobytes(), rgb(spread)),
        ("color", b"P6 9 6 255\n" + color.tobytes(), color),
        ("color-text", b"P3\n9 6\n255\n" + text, color),
        ("deep", b"P6 9 6 65535\n" + deep.astype(">u2").tobytes(), deep),
        ("alpha", pam + make.ramp(4).tobytes(), make.ramp(4)),
    ):
        yield Case(f"pnm-{name}", data, pixels, NUMPY)


def _pfm() -> Iterator[Case]:
    color = make.ramp(3).astype(np.float32) / 7 - 3
    for name, order, scale in (("little", "<", b"-1.0"), ("big", ">", b"1")):
        body = color[::-1].astype(f"{order}f4").tobytes()
        yield Case(f"pfm-{name}", b"PF\n9 6\n" + scale + b"\n" + body, color, NUMPY)
    gray = color[:, :, 0]
    body = gray[::-1].astype("<f4").tobytes()
    yield Case("pfm-gray", b"Pf\n9 6\n-1.0\n" + body, rgb(gray), NUMPY, 0, {"color": "gray"})


def _npy() -> Iterator[Case]:
    color, deep = make.ramp(3), make.ramp(4, np.uint16, 16)
    for name, array, pixels in (
        ("bytes", color, color),
        ("fortran", np.asfortranarray(color), color),
        ("deep", deep.astype(">u2"), deep),
        ("double", color / 7.0, (color / 7.0).astype(np.float32)),
        ("bool", color[:, :, 0] > 99, rgb((color[:, :, 0] > 99) * np.uint8(255))),
    ):
        buffer = BytesIO()
        np.save(buffer, array)
        yield Case(f"npy-{name}", buffer.getvalue(), pixels, NUMPY)


def _tga_file(
    kind: int, depth: int, body: bytes, *, bits: int = 0, colors: bytes = b"", map_depth: int = 0
) -> bytes:
    count = len(colors) // max(1, (map_depth + 7) // 8)
    head = struct.pack(
        "<BBBHHBHHHHBB", 2, bool(colors), kind, 0, count, map_depth, 0, 0, 9, 6, depth, bits
    )
    return head + b"id" + colors + body


def _runs(cells: Array) -> bytes:
    """Pack each row of (H, W, size) by a run of its first pixel and literal others."""
    rows = [
        bytes([0x80]) + row[0].tobytes() + bytes([len(row) - 2]) + row[1:].tobytes()
        for row in cells.astype(np.uint8)
    ]
    return b"".join(rows)


def _tga() -> Iterator[Case]:
    gray, color, full = make.ramp(1), make.ramp(3), make.ramp(4)
    bgr, bgra = color[:, :, ::-1], full[:, :, [2, 1, 0, 3]]
    indices = gray % 16
    colors = PALETTE[:, ::-1].tobytes()
    top = 0x20
    words = (gray.astype(np.uint16) * 129 + 5) & 0x7FFF
    fields = np.stack([words >> shift & 31 for shift in (10, 5, 0)], axis=2)
    high = np.rint(fields * (255 / 31)).astype(np.uint8)
    for name, data, pixels in (
        ("rgb", _tga_file(2, 24, bgr.tobytes(), bits=top), color),
        ("rgb-bottom-up", _tga_file(2, 24, bgr[::-1].tobytes()), color),
        ("rgb-right-left", _tga_file(2, 24, bgr[:, ::-1].tobytes(), bits=0x30), color),
        ("rgba", _tga_file(2, 32, bgra.tobytes(), bits=top | 8), full),
        ("rgbx", _tga_file(2, 32, bgra.tobytes(), bits=top), full[:, :, :3]),
        ("runs", _tga_file(10, 24, _runs(bgr), bits=top), color),
        ("gray", _tga_file(3, 8, gray.tobytes(), bits=top), rgb(gray)),
        ("gray-runs", _tga_file(11, 8, _runs(gray[:, :, None]), bits=top), rgb(gray)),
        ("5-bits", _tga_file(2, 15, words.astype("<u2").tobytes(), bits=top), high),
        (
            "palette",
            _tga_file(1, 8, indices.tobytes(), bits=top, colors=colors, map_depth=24),
            PALETTE[indices],
        ),
    ):
        yield Case(f"tga-{name}", data, pixels, NUMPY)


def _hdr() -> Iterator[Case]:
    mantissas = make.ramp(4)
    mantissas[:, :, 3] = 120 + mantissas[:, :, 3] % 16
    mantissas[:, :, :3] |= 128
    scale = np.ldexp(1.0, mantissas[:, :, 3].astype(int) - 136)
    pixels = (mantissas[:, :, :3] * scale[:, :, None]).astype(np.float32)
    head = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"
    flat = head + b"-Y 6 +X 9\n" + mantissas.tobytes()
    packed = b"".join(
        b"\2\2\0\x09" + b"".join(b"\x09" + row[:, plane].tobytes() for plane in range(4))
        for row in mantissas
    )
    both = of("numpy", "opencv")
    yield Case("hdr-flat", flat, pixels, both)
    yield Case("hdr-runs", head + b"-Y 6 +X 9\n" + packed, pixels, both)
    turned = np.ascontiguousarray(mantissas.swapaxes(0, 1))
    data = head + b"+X 9 -Y 6\n" + turned.tobytes()
    yield Case("hdr-columns", data, pixels, NUMPY, 0, {"orientation": 5})


def _icon(*bodies: bytes, size: tuple[int, int] = (9, 6)) -> bytes:
    head = struct.pack("<HHH", 0, 1, len(bodies))
    offset = 6 + 16 * len(bodies)
    for body in bodies:
        head += struct.pack("<BBBBHHII", size[0], size[1], 0, 0, 1, 32, len(body), offset)
        offset += len(body)
    return head + b"".join(bodies)


def _ico() -> Iterator[Case]:
    full, indices = make.ramp(4), make.ramp(1) % 16
    rows = full[::-1, :, [2, 1, 0, 3]].tobytes()
    deep = struct.pack("<IiiHHIIiiII", 40, 9, 12, 1, 32, 0, len(rows), 0, 0, 0, 0) + rows
    mask = (indices == 5).astype(np.uint8)
    hidden = np.packbits(np.pad(mask, ((0, 0), (0, 23))), axis=1)[::-1].tobytes()
    colors = b"".join(bytes([b, g, r, 0]) for r, g, b in PALETTE.tolist())
    lines = b"".join(row.astype(np.uint8).tobytes().ljust(12, b"\0") for row in indices[::-1])
    few = struct.pack("<IiiHHIIiiII", 40, 9, 12, 1, 8, 0, 0, 0, 0, 16, 0) + colors + lines + hidden
    shown = rgba(PALETTE[indices], (1 - mask) * np.uint8(255))
    small = make.png(make.ramp(4)[:3, :4], 6)
    yield Case("ico-png", _icon(make.png(full, 6)), full, NUMPY)
    yield Case("ico-32", _icon(deep + bytes(24)), full, NUMPY)
    yield Case("ico-mask", _icon(few), shown, NUMPY)
    yield Case("ico-largest", _icon(small, make.png(full, 6)), full, NUMPY, 0, {"frames": 2})


def _psd_file(planes: Array, mode: int, *, layers: int = 0, runs: bool = False) -> bytes:
    count, height, width = planes.shape
    depth = planes.dtype.itemsize * 8
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, count, height, width, depth, mode)
    info = struct.pack(">Ih", 2, layers) if layers else b""
    head += struct.pack(">II", 0, 0) + struct.pack(">I", len(info)) + info
    rows = [
        row.astype(planes.dtype.newbyteorder(">")).tobytes() for plane in planes for row in plane
    ]
    if not runs:
        return head + b"\0\0" + b"".join(rows)
    packed = [bytes([len(row) - 1]) + row for row in rows]
    return (
        head + b"\0\1" + b"".join(struct.pack(">H", len(row)) for row in packed) + b"".join(packed)
    )


def _psd() -> Iterator[Case]:
    color, full, deep = make.ramp(3), make.ramp(4), make.ramp(3, np.uint16, 16)
    light = np.dstack([color, np.full(color.shape[:2], 255, np.uint8)])
    for name, data, pixels, backends in (
        ("rgb", _psd_file(np.moveaxis(color, 2, 0), 3), color, of("numpy", "pillow")),
        ("rgb-runs", _psd_file(np.moveaxis(color, 2, 0), 3, runs=True), color, NUMPY),
        ("rgb-deep", _psd_file(np.moveaxis(deep, 2, 0), 3), deep, NUMPY),
        ("rgba", _psd_file(np.moveaxis(full, 2, 0), 3, layers=-1), full, NUMPY),
        ("spare-plane", _psd_file(np.moveaxis(full, 2, 0), 3), full[:, :, :3], NUMPY),
        ("gray", _psd_file(make.ramp(1)[None], 1), rgb(make.ramp(1)), NUMPY),
        ("cmyk", _psd_file(np.moveaxis(light, 2, 0), 4), color, NUMPY),
    ):
        yield Case(f"psd-{name}", data, pixels, backends)


def _dds() -> Iterator[Case]:
    full = make.ramp(4)
    stored = full[:, :, [2, 1, 0, 3]].tobytes()
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    pixel_format = struct.pack("<II4sIIIII", 32, 0x41, bytes(4), 32, *masks)
    head = b"DDS " + struct.pack("<7I", 124, 0x100F, 6, 9, 36, 0, 0) + bytes(44) + pixel_format
    data = head.ljust(128, b"\0") + stored
    yield Case("dds-rgba", data, full, NUMPY)


def _qoi() -> Iterator[Case]:
    full = make.ramp(4)
    body = b"".join(b"\xff" + bytes(pixel) for pixel in full.reshape(-1, 4).tolist())
    data = b"qoif" + struct.pack(">IIBB", 9, 6, 4, 0) + body + bytes(7) + b"\1"
    yield Case("qoi-rgba", data, full, of("codecs", "numpy"))


def _tiff() -> Iterator[Case]:
    deep, full = make.ramp(3, np.uint16, 16), make.ramp(4, np.uint16, 16)
    floats = (deep.astype(np.float32) - 20000) / 100
    every = of("numpy", "tiff")
    for order in "<>":
        yield Case(f"tiff-deep{order}", make.tiff(deep, 2, order=order), deep, every)
        kinds = (339, 3, (3,) * 3)
        data = make.tiff(floats, 2, kinds, order=order)
        yield Case(f"tiff-float{order}", data, floats, every)
    yield Case("tiff-deep-alpha", make.tiff(full, 2, (338, 3, (2,))), full, every)
    signed = (make.ramp(1).astype(np.int16) - 100) * 77
    data = make.tiff(signed, 1, (339, 3, (2,)))
    yield Case("tiff-signed", data, rgb(signed.astype(np.float32)), every)
    for depth in (2, 4, 6, 10, 12, 14):
        samples = make.ramp(1, np.uint16, depth) if depth > 8 else make.ramp(1, depth=depth)
        yield _odd_depth(samples, depth)
    try:
        from tifffile import imwrite
    except ImportError:
        return
    for name, array, options in (
        ("lzw-deep", deep, {"compression": "lzw", "predictor": True}),
        ("deflate-deep", deep, {"compression": "zlib", "predictor": True}),
        ("deflate-float", floats, {"compression": "zlib", "predictor": True}),
        ("lzw-planar", np.moveaxis(deep, 2, 0), {"compression": "lzw", "planarconfig": "separate"}),
        ("planar", np.moveaxis(deep, 2, 0), {"planarconfig": "separate"}),
        ("tiles", deep, {"tile": (16, 16)}),
        ("tiles-lzw", make.ramp(3), {"tile": (16, 16), "compression": "lzw"}),
        ("zstd", deep, {"compression": "zstd"}),
        ("packbits", make.ramp(3), {"compression": "packbits"}),
        ("big", deep, {"bigtiff": True}),
        ("big-endian-big", deep, {"bigtiff": True, "byteorder": ">"}),
    ):
        buffer = BytesIO()
        imwrite(buffer, array, photometric="rgb", **options)
        pixels = np.moveaxis(array, 0, 2) if "planar" in name else array
        backends = {"zstd": of("tiff"), "lzw-deep": of("pillow", "tiff")}.get(name, of("tiff"))
        yield Case(f"tiff-{name}", buffer.getvalue(), np.ascontiguousarray(pixels), backends)


def _odd_depth(samples: Array, depth: int) -> Case:
    bits = (samples[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
    rows = np.packbits(bits.reshape(len(samples), -1).astype(np.uint8), axis=1)
    data = bytearray(make.tiff(rows, 1, (1000, 3, (1,))))
    for tag, value in ((256, samples.shape[1]), (258, depth)):
        place = data.index(struct.pack("<HH", tag, 4 if tag == 256 else 3), len(rows.tobytes()) + 8)
        data[place + 8 : place + 12] = struct.pack("<I", value)
    full = 65535 if depth > 8 else 255
    pixels = np.rint(samples * (full / ((1 << depth) - 1)))
    gray = pixels.astype(np.uint16 if depth > 8 else np.uint8)
    return Case(f"tiff-{depth}-bits", bytes(data), rgb(gray), NUMPY, 0, {"bits": depth})


def of_pillow(pixels: Array, name: str, **options: Any) -> bytes:
    """Let Pillow write a file."""
    return make.saved(Pillow.fromarray(pixels), name, **options)


def compressed(body: bytes) -> bytes:
    """Return the body deflated."""
    return zlib.compress(body)
