"""TIFF of any samples and metadata, by deflate with a predictor (TIFF 6.0; technical note 3)."""

from __future__ import annotations

import struct
import zlib
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._headers import tiff as tags
from rp_image._headers.exif import DESCRIPTIVE
from rp_image._headers.ifd import MARKS, Tags, pack_directory

if TYPE_CHECKING:
    from rp_image._encoding import Encoding
    from rp_image._headers.ifd import Field
    from rp_image._types import Image

_STRIP: Final = 1 << 18
_LEVEL: Final = 6
_CODES: Final = {3: "H", 4: "I"}


def encode(request: Encoding) -> bytes:
    """Encode strips of about 256 KB, each by itself, in the byte order of the EXIF block."""
    exif = Tags(request.metadata.exif) if request.metadata.exif else None
    order = exif.order if exif else "<"
    image = request.image.reshape(*request.image.shape[:2], -1)
    rows = max(1, min(len(image), _STRIP // max(1, image[:1].nbytes)))
    strips = [
        zlib.compress(_differences(image[top : top + rows], order), _LEVEL)
        for top in range(0, len(image), rows)
    ]
    fields = _fields(image, rows, [len(strip) for strip in strips], order)
    if request.has_alpha:
        fields.append((tags.EXTRA_SAMPLES, 3, 1, struct.pack(f"{order}H", 2)))
    for tag, block in ((tags.XMP, request.metadata.xmp), (tags.ICC_PROFILE, request.metadata.icc)):
        if block:
            fields.append((tag, 7, len(block), block))
    if exif:
        fields += exif.fields(DESCRIPTIVE)
    body = b"".join(strip + b"\0" * (len(strip) & 1) for strip in strips)
    start = 8 + len(body)
    directory = pack_directory(sorted(fields, key=itemgetter(0)), start, order)
    if start + len(directory) >= 1 << 32:
        raise ValueError("a tiff holds at most 4 GB")
    return b"".join([struct.pack(f"{order}2sHI", MARKS[order], 42, start), body, directory])


def _fields(image: Image, rows: int, sizes: list[int], order: str) -> list[Field]:
    """Return what says how the samples of (H, W, C) are stored, in strips behind the head."""
    height, width, samples = image.shape
    floats = image.dtype.kind == "f"
    offsets = np.cumsum([8, *(size + (size & 1) for size in sizes)])
    numbers = (
        (tags.WIDTH, 4, [width]),
        (tags.LENGTH, 4, [height]),
        (tags.BITS, 3, [image.dtype.itemsize * 8] * samples),
        (tags.COMPRESSION, 3, [tags.DEFLATE]),
        (tags.PHOTOMETRIC, 3, [tags.RGB if samples > 2 else tags.BLACK_IS_ZERO]),
        (273, 4, offsets[:-1].tolist()),
        (tags.SAMPLES, 3, [samples]),
        (tags.ROWS_PER_STRIP, 4, [rows]),
        (279, 4, sizes),
        (tags.PREDICTOR, 3, [3 if floats else 2]),
        (tags.SAMPLE_FORMAT, 3, [3 if floats else 1] * samples),
    )
    return [
        (tag, kind, len(values), struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values))
        for tag, kind, values in numbers
    ]


def _differences(part: Image, order: str) -> bytes:
    """Return the samples as differences to the pixel on the left."""
    if part.dtype.kind == "u":
        differences = np.diff(part, axis=1, prepend=np.zeros_like(part[:, :1]))
        return differences.astype(f"{order}u{part.dtype.itemsize}").tobytes()
    rows, _, samples = part.shape
    planes = part.astype(">f4").view(np.uint8).reshape(rows, -1, 4).transpose(0, 2, 1)
    flat = planes.reshape(rows, -1, samples)
    return np.diff(flat, axis=1, prepend=np.zeros_like(flat[:, :1])).tobytes()
