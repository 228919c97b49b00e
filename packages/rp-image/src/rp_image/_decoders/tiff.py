"""The pixels of a TIFF page, from its strips or tiles (TIFF 6.0)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.packbits import unpack as unpack_runs
from rp_image._decoders.tiff_meaning import interpret
from rp_image._decoders.tiff_segments import assemble, segments
from rp_image._errors import DecodeError
from rp_image._headers import tiff as tags

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._decoders.tiff_segments import Stored
    from rp_image._headers.tiff import Layout
    from rp_image._types import Image

_DEFLATE: Final = frozenset({tags.DEFLATE, tags.OLD_DEFLATE})
_LZMA, _ZSTD = 34925, 50000
# What unpacks to no more than it is asked for.
_PLAIN: Final = frozenset(
    {tags.NONE, *tags.CCITT, tags.LZW, *_DEFLATE, tags.PACKBITS, _LZMA, _ZSTD}
)
_JPEG2000: Final = frozenset({33003, 33004, 33005, 34712})
_WEBP, _PNG, _LERC = 50001, 34933, 34887
_JPEG_XL: Final = frozenset({50002, 52546})
# What is a picture of its own.
_PICTURES: Final = frozenset({tags.JPEG, *_JPEG2000, *_JPEG_XL, _WEBP, _PNG, _LERC})
_CHECKED_LERC: Final = 3
_MOST_PADDING: Final = 64
_UNTOUCHED: Final = 0xA5
_TAIL: Final = 8
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def decode(request: Encoded) -> Image:
    """Decode a page that is not compressed, or by deflate or PackBits.

    Raises:
        DecodeError: Strips are damaged or cut off.
        UnsupportedError: It is compressed in another way, or its samples are odd.
    """
    layout: Layout = request.header.details
    if layout.compression not in {tags.NONE, tags.PACKBITS, *_DEFLATE}:
        raise UnsupportedError(f"compression {layout.compression} is for the next backend")
    if layout.compression in _DEFLATE and request.header.plain and request.info.bits == 8:
        raise UnsupportedError("libtiff, which Pillow has, inflates faster")
    return interpret(assemble(request, _unpack), request)


def _unpack(stored: memoryview, layout: Layout, length: int, _: int) -> Stored:
    if layout.low_first:
        stored = memoryview(bytes(stored).translate(_REVERSED))
    if layout.compression == tags.PACKBITS:
        return unpack_runs(bytes(stored), length)
    if layout.compression in _DEFLATE:
        try:
            return zlib.decompressobj().decompress(stored, length)
        except zlib.error as error:
            raise DecodeError(f"a strip is damaged: {error}") from error
    return stored[:length]


def decode_libtiff(request: Encoded) -> Image:
    """Decode a page of any depth in the compressions of libtiff, which Pillow brings."""
    layout: Layout = request.header.details
    if layout.compression not in tags.BY_LIBTIFF:
        raise UnsupportedError(
            f"Pillow's libtiff is not asked for compression {layout.compression}"
        )
    return interpret(assemble(request, _unpack_by_libtiff), request)


def decode_codecs(request: Encoded) -> Image:
    """Decode a page of common samples by the libtiff of imagecodecs, which gives them as stored.

    Raises:
        UnsupportedError: The page is not compressed, or its samples are not common.
    """
    import imagecodecs

    layout: Layout = request.header.details
    common = len(set(layout.bits)) == 1 and layout.bits[0] in {8, 16, 32}
    odd = layout.planar or layout.low_first or layout.photometric == tags.YCBCR or layout.is_tiled
    if not common or odd:
        raise UnsupportedError(f"compression {layout.compression} is for the next backend")
    kind = {"unsigned": "u", "signed": "i", "float": "f"}[layout.sample]
    shape = request.info.height, request.info.width, layout.samples
    samples = np.empty(shape, f"{kind}{layout.bits[0] // 8}")
    samples.view(np.uint8)[:] = _UNTOUCHED
    out = samples[:, :, 0] if layout.samples == 1 else samples
    imagecodecs.tiff_decode(request.data, index=request.header.index, out=out)
    _check_touched(samples, layout.height)
    return interpret(samples, request)


def _check_touched(samples: Image, rows: int) -> None:
    """Refuse strips whose end is untouched: imagecodecs says nothing where libtiff fails.

    Raises:
        DecodeError: One seems to be; where it only looks so, the next backend will show.
    """
    ends = [*range(rows, len(samples), rows), len(samples)]
    tails = samples.view(np.uint8).reshape(len(samples), -1)[np.array(ends) - 1, -_TAIL:]
    if (tails == _UNTOUCHED).all(axis=1).any():
        raise DecodeError("a strip is damaged")


def _unpack_by_libtiff(stored: memoryview, layout: Layout, length: int, columns: int) -> Stored:
    """Have libtiff unpack a strip, as one of gray bytes, whatever its samples are."""
    from rp_image._decoders.pillow import open_image

    bits = 1 if layout.compression in tags.CCITT else 8
    width = columns if bits == 1 else length
    rows = length // ((columns + 7) // 8) if bits == 1 else 1
    entries = [
        (tags.WIDTH, width),
        (tags.LENGTH, rows),
        (tags.BITS, bits),
        (tags.COMPRESSION, layout.compression),
        (tags.PHOTOMETRIC, tags.BLACK_IS_ZERO),
        (tags.FILL_ORDER, 2 if layout.low_first else 1),
        (273, 8),
        (tags.SAMPLES, 1),
        (tags.ROWS_PER_STRIP, rows),
        (279, len(stored)),
    ]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    body = bytes(stored) + bytes(len(stored) & 1)
    head = struct.pack("<2sHI", b"II", 42, 8 + len(body))
    whole = head + body + struct.pack("<H", len(entries)) + table + bytes(4)
    with open_image(whole, "tiff") as image:
        image.load()
        return image.tobytes()


def _check_pictures(request: Encoded, layout: Layout) -> None:
    """Refuse strips and tiles that are pictures of another size than they should be.

    A larger one was not checked against `max_pixels`; of a smaller one, tifffile leaves the rest
    undefined.

    Raises:
        DecodeError: One has another size, or is cut off.
        UnsupportedError: The scheme does not say the size in a way that is known here.
    """
    if layout.compression in _PLAIN:
        return
    if layout.compression not in _PICTURES:
        raise UnsupportedError(f"compression {layout.compression} is not read")
    from rp_image._headers.jpeg import find_defect

    for _, top, _, stored in segments(request, layout):
        data = bytes(stored)
        rows = layout.height if layout.is_tiled else min(layout.height, request.info.height - top)
        height, width, body = _size_of(data)
        if height < rows or width < layout.width or width > layout.width + _MOST_PADDING:
            raise DecodeError("a strip or tile has another size than it should")
        if height > layout.height + _MOST_PADDING:
            raise DecodeError("a strip or tile is larger than it should be")
        if layout.compression == tags.JPEG and find_defect(data, body):
            raise DecodeError("a strip or tile is cut off")


def _size_of(data: bytes) -> tuple[int, int, int]:
    """Return height, width, and where the pixels begin, of a picture of any of these formats."""
    from rp_image._header import read_header

    if data.startswith(b"Lerc2 "):
        start = 14 if int.from_bytes(data[6:10], "little") >= _CHECKED_LERC else 10
        height, width = struct.unpack_from("<II", data, start)
        return height, width, start
    header = read_header(data)
    if header.info.format not in {"jpeg", "jp2", "jxl", "png", "webp"}:
        raise DecodeError(f"a strip or tile is a {header.info.format}")
    return header.info.height, header.info.width, header.body


def decode_tifffile(request: Encoded) -> Image:
    """Decode a page with tifffile and imagecodecs, then give the samples their meaning."""
    from io import BytesIO

    from tifffile import TiffFile, TiffFileError

    layout: Layout = request.header.details
    if layout.compression == tags.JPEG and layout.photometric in {tags.CIELAB, tags.ICC_LAB}:
        raise UnsupportedError("imagecodecs takes Lab in a JPEG for YCbCr")
    _check_pictures(request, layout)
    try:
        with TiffFile(BytesIO(request.data)) as file:
            page: Any = file.pages[request.header.index]
            if len(page.dataoffsets) != len(layout.segments):
                raise UnsupportedError("tifffile finds other strips or tiles")
            samples = page.asarray(out=np.zeros(page.shape, page.dtype))
    except (TiffFileError, ValueError, KeyError, RuntimeError, OSError) as error:
        raise DecodeError(f"tifffile cannot decode it: {error}") from error
    if layout.planar and samples.ndim == 3:
        samples = np.moveaxis(samples, 0, 2)
    if samples.dtype == bool:
        samples = samples.astype(np.uint8)
    shape = request.info.height, request.info.width, layout.samples
    if samples.ndim not in {2, 3} or samples.size != np.prod(shape):
        raise UnsupportedError(f"tifffile gives the shape {samples.shape}")
    is_rgb = layout.compression in {tags.JPEG, tags.OLD_JPEG}
    return interpret(samples.reshape(shape), request, is_rgb=is_rgb)
