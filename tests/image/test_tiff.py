"""What the tags of a TIFF say counts, and goes along."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

import rp_image.sync as rp
from rp_core import NoBackendError
from rp_image import DecodeError
from rp_image._headers.exif import without_orientation
from rp_image._metadata import HOLDING
from support import images as make

EXTRAS = {"heif": "pillow_heif", "jxl": "pillow_jxl"}


def camera_block(orientation: int | None = 6) -> bytes:
    """Return an EXIF block with a maker, a time, a place and a directory of compatibility."""
    exif = Pillow.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.DateTime] = "2026:11:27 10:20:30"
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] = (1, 60)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R98"}
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (1.0, 2.0, 3.0)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def parsed(block: bytes | None) -> Pillow.Exif:
    exif = Pillow.Exif()
    exif.load(b"Exif\0\0" + (block or b""))
    return exif


def check_block(exif: Pillow.Exif) -> None:
    assert exif[ExifTags.Base.Make] == "Maker"
    assert exif[ExifTags.Base.DateTime] == "2026:11:27 10:20:30"
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] == (1, 60)
    assert exif.get_ifd(ExifTags.IFD.Interop)[1] == "R98"
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] == (1.0, 2.0, 3.0)
    assert exif.get(ExifTags.Base.Orientation, 1) == 1


@pytest.mark.parametrize("name", sorted(HOLDING))
def test_exif_goes_along_with_all_its_directories(name: Any) -> None:
    if name in EXTRAS:
        pytest.importorskip(EXTRAS[name])
    data = rp.encode(make.ramp(3), name, exif=camera_block())

    check_block(parsed(rp.probe(data).exif))
    assert rp.load(data).shape == (6, 9, 3)


def test_pillow_reads_the_exif_of_a_tiff() -> None:
    data = rp.encode(make.ramp(3), "tiff", exif=camera_block())

    with Pillow.open(BytesIO(data)) as image:
        check_block(image.getexif())


def test_a_tiff_refuses_damaged_exif() -> None:
    with pytest.raises(ValueError, match="damaged"):
        rp.encode(make.ramp(3), "tiff", exif=b"garbage")


def test_an_orientation_is_taken_out_of_exif_in_place() -> None:
    block = camera_block()

    upright = without_orientation(block)

    assert len(upright) == len(block)
    assert ExifTags.Base.Orientation not in parsed(upright)
    check_block(parsed(upright))
    assert without_orientation(camera_block(None)) == camera_block(None)


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_orientation_of_any_whole_type_is_reset(order: str) -> None:
    mark = b"II" if order == "<" else b"MM"
    block = mark + struct.pack(order + "HIHHHIII", 42, 8, 1, 0x112, 4, 1, 6, 0)

    data = rp.encode(np.zeros((4, 6, 3), np.uint8), "png", exif=block)

    assert rp.load(data).shape == (4, 6, 3)


@pytest.mark.parametrize("backend", ["numpy", "tiff"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_differences_of_floats_are_those_of_whole_numbers(backend: str, dtype: Any) -> None:
    tifffile = pytest.importorskip("tifffile")
    from zlib import compress

    samples = np.linspace(0, 1, 54 * 3).reshape(6, 9, 3).astype(dtype)
    whole = samples.view(f"u{samples.itemsize}")
    differences = np.diff(whole, axis=1, prepend=np.zeros_like(whole[:, :1]))
    buffer = BytesIO()
    tifffile.imwrite(buffer, samples, photometric="rgb", metadata=None)
    data = buffer.getvalue()
    body = compress(differences.tobytes())
    start = data.index(samples.tobytes())
    packed = data[:start] + body.ljust(samples.nbytes, b"\0") + data[start + samples.nbytes :]
    (at,) = struct.unpack_from("<I", packed, 4)
    (count,) = struct.unpack_from("<H", packed, at)
    entries = {
        struct.unpack_from("<H", packed, at + 2 + 12 * n)[0]: packed[at + 2 + 12 * n :][:12]
        for n in range(count)
    }
    entries[259] = struct.pack("<HHII", 259, 3, 1, 8)
    entries[279] = struct.pack("<HHII", 279, 4, 1, len(body))
    entries[317] = struct.pack("<HHII", 317, 3, 1, 2)
    table = b"".join(entries[tag] for tag in sorted(entries))
    end = len(packed)
    whole_file = packed[:4] + struct.pack("<I", end) + packed[8:]
    whole_file += struct.pack("<H", len(entries)) + table + bytes(4)

    np.testing.assert_array_equal(rp.load(whole_file, backend=backend), samples.astype(np.float32))


def test_a_predictor_counts_only_where_there_is_compression() -> None:
    image = make.ramp(3)
    data = make.tiff(image, 2, (317, 3, (2,)))

    np.testing.assert_array_equal(rp.load(data), image)


def test_a_length_that_is_too_large_loses_no_pixel() -> None:
    image = make.ramp(3)
    data = make.tiff(image, 2)
    length = struct.pack("<HHII", 279, 4, 1, image.nbytes)
    assert length in data

    longer = data.replace(length, struct.pack("<HHII", 279, 4, 1, 1 << 24))

    np.testing.assert_array_equal(rp.load(longer), image)
    with pytest.raises(DecodeError, match="cut off"):
        rp.load(
            data.replace(struct.pack("<HHII", 273, 4, 1, 8), struct.pack("<HHII", 273, 4, 1, 999))
        )


def test_black_white_and_weights_of_ycbcr_count() -> None:
    studio = np.array([[[16, 128, 128], [235, 128, 128], [126, 128, 128]]], np.uint8)
    range_of_studio = (16, 1, 235, 1, 128, 1, 240, 1, 128, 1, 240, 1)
    data = bytearray(make.tiff(studio, 6, (530, 3, (1, 1)), (532, 4, range_of_studio)))
    (at,) = struct.unpack_from("<I", data, 4)
    for index in range(struct.unpack_from("<H", data, at)[0]):
        place = at + 2 + 12 * index
        if struct.unpack_from("<H", data, place)[0] == 532:
            struct.pack_into("<HI", data, place + 2, 5, 6)

    image = rp.load(bytes(data))

    np.testing.assert_array_equal(image[0], [[0] * 3, [255] * 3, [128] * 3])


def test_alpha_of_32_bits_is_divided_by_its_own_range() -> None:
    samples = np.full((2, 2, 4), 1 << 30, np.uint32)
    samples[:, :, 3] = 1 << 31

    image = rp.load(make.tiff(samples, 2, (338, 3, (1,))))

    np.testing.assert_allclose(image[0, 0], [1 << 31, 1 << 31, 1 << 31, 1 << 31], rtol=1e-6)


def test_many_pages_are_read_one_after_the_other() -> None:
    buffer = BytesIO()
    pages = [Pillow.fromarray(np.full((4, 4), value, np.uint8)) for value in range(200)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])

    found = [int(frame.image[0, 0, 0]) for frame in rp.frames(buffer.getvalue())]

    assert found == list(range(200))


@pytest.mark.parametrize("kind", [4, 13, 16, 18])
def test_the_exif_of_a_bigtiff_is_found_by_a_pointer_of_any_kind(kind: int) -> None:
    def entry(tag: int, kind: int, value: int) -> bytes:
        return struct.pack("<HHQ", tag, kind, 1) + value.to_bytes(8, "little")

    numbers = [(256, 2), (257, 1), (258, 8), (259, 1), (262, 1), (273, 16), (278, 1), (279, 2)]
    entries = [entry(tag, 4, value) for tag, value in numbers]
    place = 24 + 8 + 20 * (len(entries) + 1) + 8
    entries.append(entry(0x8769, kind, place))
    table = struct.pack("<Q", len(entries)) + b"".join(entries) + bytes(8)
    exposure = struct.pack("<QHHQ8s", 1, 36864, 7, 4, b"0230") + bytes(8)
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 24) + b"\1\2" + bytes(6)

    data = head + table + exposure

    assert rp.load(data, mode="native").tolist() == [[1, 2]]
    block = parsed(rp.probe(data).exif)
    assert block.get_ifd(ExifTags.IFD.Exif)[36864] == b"0230"


def test_units_of_ycbcr_are_never_taken_for_pixels() -> None:
    units = np.random.default_rng(3).integers(0, 256, 8 * 8 * 6, np.uint8).tobytes()
    tags = [(256, 16), (257, 16), (258, 8), (259, 1), (262, 6), (277, 3), (278, 16)]
    for length, subsampling in ((len(units) - 7, 2), (len(units), 3)):
        more = [(279, length), (530, subsampling | subsampling << 16)]
        entries = [*tags, *more]
        place = 8 + 2 + 12 * (len(entries) + 1) + 4
        entries = sorted([*entries, (273, place)])
        table = b"".join(
            struct.pack("<HHIHH", tag, 3, 2, value & 0xFFFF, value >> 16)
            if tag == 530
            else struct.pack("<HHII", tag, 4, 1, value)
            for tag, value in entries
        )
        head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + table + bytes(4)
        with pytest.raises((DecodeError, NoBackendError)):
            rp.load(head + units + bytes(600))
