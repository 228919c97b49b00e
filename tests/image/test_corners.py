"""Corners of formats in which decoders differ, each against pixels that are known."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import rp_image.sync as rp
from rp_core import NoBackendError, UnsupportedError
from rp_image import DecodeError
from support import images as make
from support.images import Array

imagecodecs = pytest.importorskip("imagecodecs")


def sequence(name: str, channels: int = 3) -> bytes:
    first, *others = (Pillow.fromarray(np.roll(make.photo(), n, 0)) for n in range(3))
    if channels == 4:
        first, *others = (picture.convert("RGBA") for picture in (first, *others))
    buffer = BytesIO()
    first.save(buffer, name, save_all=True, append_images=others, quality=95)
    return buffer.getvalue()


@pytest.mark.parametrize("channels", [3, 4])
def test_a_sequence_of_avif_does_not_reach_what_crashes(channels: int) -> None:
    data = sequence("AVIF", channels)

    for _ in range(3):
        assert np.abs(rp.load(data)[:, :, :3].astype(int) - make.photo()).mean() < 4
    assert len(list(rp.frames(data))) == rp.probe(data).frames == 3
    with pytest.raises(NoBackendError):
        rp.load(data, backend="codecs")


def test_a_png_with_frames_is_stripped_for_opencv_whatever_their_checksum() -> None:
    data = bytearray(sequence("PNG"))
    place = data.index(b"acTL")
    data[place + 12] ^= 1

    np.testing.assert_array_equal(rp.load(bytes(data)), make.photo())
    assert rp.probe(bytes(data)).frames == 1
    assert len(list(rp.frames(bytes(data)))) == 1


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_jpeg_xl_is_full_scale(bits: int) -> None:
    most = (1 << bits) - 1
    samples: Array = np.array([[[0, most // 3, most]]] * 8, f"u{(bits + 7) // 8}")
    data = imagecodecs.jpegxl_encode(samples, lossless=True, bitspersample=bits)

    full = 255 if bits == 8 else 65535
    np.testing.assert_array_equal(rp.load(data), np.rint(samples * (full / most)))


def test_an_animated_jpeg_xl_shows_its_first_frame_only() -> None:
    frames = np.stack([np.full((16, 24, 3), value, np.uint8) for value in (10, 100, 200)])
    data = imagecodecs.jpegxl_encode(frames, lossless=True)

    np.testing.assert_array_equal(rp.load(data), frames[0])
    with pytest.raises(UnsupportedError, match="only the first frame"):
        list(rp.frames(data))


@pytest.mark.parametrize(("bits", "lossless"), [(12, False), (12, True), (16, True)])
@pytest.mark.parametrize("mode", ["gray", "rgb"])
def test_deep_and_lossless_jpeg(bits: int, lossless: bool, mode: rp.Mode) -> None:
    photo = make.photo().astype(np.uint16) << (bits - 8)
    samples = np.ascontiguousarray(photo[:, :, 0] if mode == "gray" else photo)
    data = imagecodecs.jpeg8_encode(samples, 98, bitspersample=bits, lossless=lossless)

    image = rp.load(data, mode=mode)

    assert image.dtype == np.uint16
    most = (1 << bits) - 1
    tolerance = 1 if lossless else most / 64
    assert np.abs(image / 65535 * most - samples).max() <= tolerance


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _jp2(pixels: Array, *meanings: tuple[int, int, int]) -> bytes:
    height, width, channels = pixels.shape
    code = imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k", mct=False)
    head = _box(b"ihdr", struct.pack(">IIHBBBB", height, width, channels, 7, 7, 0, 0))
    head += _box(b"colr", b"\1\0\0" + struct.pack(">I", 16))
    entries = b"".join(struct.pack(">HHH", *meaning) for meaning in meanings)
    head += _box(b"cdef", struct.pack(">H", len(meanings)) + entries)
    mark = b"\0\0\0\x0cjP  \r\n\x87\n" + _box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return mark + _box(b"jp2h", head) + _box(b"jp2c", code)


@pytest.mark.parametrize("backend", ["codecs", "opencv", "pillow"])
@pytest.mark.parametrize("order", ["RGBA", "ARGB", "BGRA"])
def test_channels_of_jpeg_2000_are_what_it_says(backend: str, order: str) -> None:
    stored = (np.random.default_rng(5).random((8, 16, 4)) * 255).astype(np.uint8)
    meanings = [
        (place, 1, 0) if name == "A" else (place, 0, "RGB".index(name) + 1)
        for place, name in enumerate(order)
    ]

    image = rp.load(_jp2(stored, *meanings), backend=backend)

    np.testing.assert_array_equal(image, stored[:, :, [order.index(name) for name in "RGBA"]])


@pytest.mark.parametrize("backend", ["codecs", "opencv", "pillow"])
def test_premultiplied_jpeg_2000_becomes_straight(backend: str) -> None:
    stored = np.full((8, 8, 4), 100, np.uint8)
    stored[:, :, 3] = 200

    image = rp.load(_jp2(stored, (0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 2, 0)), backend=backend)

    np.testing.assert_array_equal(image[0, 0], [128, 128, 128, 200])


def _with_properties(data: bytes, *added: bytes) -> bytes:
    """Give the only picture of a HEIC more properties, in this order."""
    from rp_image._headers.isobmff import boxes

    meta = next(box for box in boxes(data) if box.kind == b"meta")
    grown = b""
    for box in boxes(data, meta.start + 4, meta.end):
        part = data[box.start - 8 : box.end]
        if box.kind == b"iprp":
            ipco, ipma = boxes(data, box.start, box.end)
            count = len(list(boxes(data, ipco.start, ipco.end)))
            body = bytearray(data[ipma.start : ipma.end])
            body[10] += len(added)
            body += bytes(0x80 | (count + 1 + index) for index in range(len(added)))
            properties = data[ipco.start : ipco.end] + b"".join(added)
            part = _box(b"iprp", _box(b"ipco", properties) + _box(b"ipma", bytes(body)))
        grown += part
    whole = _box(b"meta", data[meta.start : meta.start + 4] + grown)
    longer = len(whole) - (meta.end - meta.start + 8)
    place = whole.index(b"iloc") + 4
    sizes = whole[place + 4] >> 4, whole[place + 4] & 15, whole[place + 5] >> 4
    assert sizes in {(4, 4, 0), (4, 4, 4)}
    return data[: meta.start - 8] + _moved(whole, place, longer) + data[meta.end :]


def _moved(whole: bytes, place: int, by: int) -> bytes:
    """Add to the places of items in the file (iloc, version 1 or 0)."""
    out = bytearray(whole)
    version = out[place]
    base = 4 if out[place + 5] >> 4 else 0
    (count,) = struct.unpack_from(">H", out, place + 6)
    at = place + 8
    for _ in range(count):
        method = struct.unpack_from(">H", out, at + 2)[0] & 15 if version else 0
        at += (4 if version else 2) + 2 + base
        (extents,) = struct.unpack_from(">H", out, at)
        at += 2
        for _ in range(extents):
            if method == 0:
                (offset,) = struct.unpack_from(">I", out, at)
                struct.pack_into(">I", out, at, offset + by)
            at += 8
    return bytes(out)


def _clap(width: tuple[int, int], height: tuple[int, int], x: int = 0, y: int = 0) -> bytes:
    return _box(b"clap", struct.pack(">IIIIiIiI", *width, *height, x, 1, y, 1))


def _irot(turns: int) -> bytes:
    return _box(b"irot", bytes([turns]))


def _imir(axis: int) -> bytes:
    return _box(b"imir", bytes([axis]))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ([_irot(1)], lambda a: np.rot90(a)),
        ([_irot(1), _imir(1)], lambda a: np.rot90(a)[:, ::-1]),
        ([_irot(1), _imir(0)], lambda a: np.rot90(a)[::-1]),
        ([_irot(3), _imir(1)], lambda a: np.rot90(a, 3)[:, ::-1]),
        ([_imir(1), _irot(1)], lambda a: np.rot90(a[:, ::-1])),
        ([_imir(0), _irot(3)], lambda a: np.rot90(a[::-1], 3)),
        ([_irot(1), _irot(1)], lambda a: np.rot90(a, 2)),
        ([_clap((20, 1), (10, 1), 4, 2), _irot(3)], lambda a: np.rot90(a[29:39, 26:46], 3)),
        ([_irot(1), _clap((10, 1), (20, 1))], lambda a: np.rot90(a)[22:42, 27:37]),
        ([_clap((41, 2), (10, 1))], lambda a: a[27:37, 21:42]),
    ],
)
def test_heic_is_transformed_in_the_order_of_its_properties(
    properties: list[bytes], expected: Any
) -> None:
    heif = pytest.importorskip("pillow_heif")
    y, x = np.mgrid[0:64, 0:64]
    pixels = np.dstack([x * 3, y * 4, x + y]).astype(np.uint8)
    buffer = BytesIO()
    heif.from_bytes("RGB", (64, 64), pixels.tobytes()).save(buffer, quality=-1, chroma=444)
    data = _with_properties(buffer.getvalue(), *properties)

    image = rp.load(data)

    want = expected(pixels)
    assert image.shape == want.shape == rp.probe(data).shape
    assert np.abs(image.astype(int) - want).max() <= 12
    info = rp.probe(data)
    stored = rp.load(data, orient=False)
    assert stored.shape[:2] == (info.height, info.width)
    np.testing.assert_array_equal(make.turned(image, info.orientation), stored)


def test_strips_in_which_libtiff_fails_are_not_memory_of_others() -> None:
    buffer = BytesIO()
    Pillow.fromarray(make.photo(200, 200)).save(buffer, "TIFF", compression="tiff_adobe_deflate")
    data = bytearray(buffer.getvalue())
    for place in range(100, len(data) - 200, 997):
        broken = bytearray(data)
        broken[place] ^= 0x55
        pictures = []
        for _ in range(2):
            try:
                pictures.append(rp.load(bytes(broken)).tobytes())
            except DecodeError:
                pictures.append(b"")
        assert pictures[0] == pictures[1]


@pytest.mark.parametrize("scheme", ["tiff_lzw", "tiff_adobe_deflate", "raw"])
def test_ycbcr_of_a_tiff_is_converted_once(scheme: str) -> None:
    photo = make.photo()
    buffer = BytesIO()
    Pillow.fromarray(photo).convert("YCbCr").save(buffer, "TIFF", compression=scheme)

    assert np.abs(rp.load(buffer.getvalue()).astype(int) - photo).max() <= 4


def test_a_jpeg_of_lost_pixels_is_no_memory_of_others() -> None:
    data = bytearray(make.jpeg(make.photo(200, 200)))
    data[len(data) // 3] = 255
    del data[len(data) // 2 :]
    found = set()
    for _ in range(4):
        try:
            found.add(rp.load(bytes(data), strict=False).tobytes())
        except DecodeError:
            found.add(b"")
    assert len(found) == 1


def test_a_palette_of_a_jpeg_2000() -> None:
    index = (np.arange(32 * 48, dtype=np.uint8).reshape(32, 48) // 48) % 16
    colors = np.random.default_rng(8).integers(0, 256, (16, 3), np.uint8)
    buffer = BytesIO()
    Pillow.fromarray(index).save(buffer, "JPEG2000", irreversible=False)
    data = buffer.getvalue()
    place = data.index(b"jp2h") - 4
    length = int.from_bytes(data[place : place + 4])
    inner = data[place + 8 : place + length].replace(
        _box(b"colr", b"\1\0\0" + struct.pack(">I", 17)),
        _box(b"colr", b"\1\0\0" + struct.pack(">I", 16)),
    )
    inner += _box(b"pclr", struct.pack(">HB3B", 16, 3, 7, 7, 7) + colors.tobytes())
    inner += _box(b"cmap", b"".join(struct.pack(">HBB", 0, 1, column) for column in range(3)))
    data = data[:place] + _box(b"jp2h", inner) + data[place + length :]

    assert rp.probe(data).color == "palette"
    np.testing.assert_array_equal(rp.load(data), colors[index])
