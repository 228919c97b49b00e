"""TIFF of any samples and metadata, by deflate with a predictor (TIFF 6.0; technical note 3)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._headers import tiff as tags
from rp_image._headers.exif import directory_of
from rp_image._headers.ifd import MARKS

if TYPE_CHECKING:
    from rp_image._encoding import Encoding
    from rp_image._types import Image

_STRIP: Final = 1 << 18
_LEVEL: Final = 6
_CODES: Final = {1: "B", 3: "H", 4: "I", 7: "B"}


def encode(request: Encoding) -> bytes:
    """Encode strips of about 256 KB, each by itself, in the byte order of the EXIF block."""
    exif = directory_of(request.metadata.exif or b"")
    order = exif.order if exif else "<"
    image = request.image.reshape(*request.image.shape[:2], -1)
    height, width, samples = image.shape
    rows = max(1, min(height, _STRIP // max(1, image[:1].nbytes)))
    floats = image.dtype.kind == "f"
    strips = [
        zlib.compress(_differences(image[top : top + rows], order), _LEVEL)
        for top in range(0, height, rows)
    ]
    offsets = np.cumsum([8, *(len(strip) + (len(strip) & 1) for strip in strips)])
    bits = image.dtype.itemsize * 8
    entries: list[tuple[int, int, Any]] = [
        (tags.WIDTH, 4, [width]),
        (tags.LENGTH, 4, [height]),
        (tags.BITS, 3, [bits] * samples),
        (tags.COMPRESSION, 3, [tags.DEFLATE]),
        (tags.PHOTOMETRIC, 3, [tags.RGB if samples > 2 else tags.BLACK_IS_ZERO]),
        (273, 4, offsets[:-1].tolist()),
        (tags.SAMPLES, 3, [samples]),
        (tags.ROWS_PER_STRIP, 4, [rows]),
        (279, 4, [len(strip) for strip in strips]),
        (tags.PREDICTOR, 3, [3 if floats else 2]),
        (tags.SAMPLE_FORMAT, 3, [3 if floats else 1] * samples),
    ]
    if request.has_alpha:
        entries.append((tags.EXTRA_SAMPLES, 3, [2]))
    for tag, body in ((tags.XMP, request.metadata.xmp), (tags.ICC_PROFILE, request.metadata.icc)):
        if body:
            entries.append((tag, 7, list(body)))
    body = b"".join(strip + b"\0" * (len(strip) & 1) for strip in strips)
    if exif:
        entries.append((tags.EXIF, 4, [8 + len(body)]))
        body += exif.packed(8 + len(body))
        body += bytes(len(body) & 1)
    return _assembled(sorted(entries), body, order)


def _differences(part: Image, order: str) -> bytes:
    """Return the samples as differences to the pixel on the left."""
    if part.dtype.kind == "u":
        differences = np.diff(part, axis=1, prepend=np.zeros_like(part[:, :1]))
        return differences.astype(f"{order}u{part.dtype.itemsize}").tobytes()
    rows, _, samples = part.shape
    planes = part.astype(">f4").view(np.uint8).reshape(rows, -1, 4).transpose(0, 2, 1)
    flat = planes.reshape(rows, -1, samples)
    return np.diff(flat, axis=1, prepend=np.zeros_like(flat[:, :1])).tobytes()


def _assembled(entries: list[tuple[int, int, Any]], body: bytes, order: str) -> bytes:
    start = 8 + len(body)
    place = start + 2 + 12 * len(entries) + 4
    table, spill = b"", b""
    for tag, kind, values in entries:
        packed = struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values)
        inline = packed.ljust(4, b"\0")
        if len(packed) > 4:
            inline = struct.pack(f"{order}I", place + len(spill))
            spill += packed + b"\0" * (len(packed) & 1)
        table += struct.pack(f"{order}HHI", tag, kind, len(values)) + inline
    if place + len(spill) >= 1 << 32:
        raise ValueError("a tiff holds at most 4 GB")
    head = struct.pack(f"{order}2sHI", MARKS[order], 42, start)
    return b"".join([head, body, struct.pack(f"{order}H", len(entries)), table, bytes(4), spill])
