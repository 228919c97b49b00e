"""Small files that would take much memory, or for ever, are refused by what their headers say."""

from __future__ import annotations

import os
import struct
import threading
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import rp_image.sync as rp
from rp_core import LimitExceededError
from rp_image import DecodeError
from rp_image._header import read_header
from rp_image._headers.exr import read_header as read_exr
from rp_image._slices import FileSlices
from support import images as make


def test_samples_of_a_tiff_that_are_no_picture_count() -> None:
    many = np.zeros((1, 1, 300), np.uint8)
    data = make.tiff(many, 2, (338, 3, (0,) * 297))

    assert rp.load(data, max_pixels=75).shape == (1, 1, 3)
    with pytest.raises(LimitExceededError):
        rp.load(data, max_pixels=74)


@pytest.mark.parametrize("first", [0, 8])
def test_the_pages_of_a_tiff_end_where_they_run_in_circles(first: int) -> None:
    data = bytearray(make.tiff(make.ramp(3), 2))
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", data, start + 2 + 12 * count, start)

    assert rp.probe(bytes(data)).frames == 1
    assert len(list(rp.frames(bytes(data)))) == 1
    with pytest.raises(IndexError, match="the file has 1"):
        rp.load(bytes(data), frame=1 + first)


def test_an_exif_directory_that_repeats_a_block_stays_small() -> None:
    block = bytes(1 << 20)
    entries = b"".join(struct.pack("<HHII", 0x9000 + n, 7, len(block), 8) for n in range(1000))
    exif = 8 + len(block)
    below = struct.pack("<H", 1000) + entries + bytes(4)
    place = exif + len(below)
    fields = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (279, 1)]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    table += struct.pack("<HHII", 0x8769, 4, 1, exif)
    data = struct.pack("<2sHI", b"II", 42, place) + block + below
    data += struct.pack("<H", len(fields) + 1) + table + bytes(4)

    found = rp.probe(data).exif

    assert found is not None
    assert len(found) < 5 << 20


def test_a_strip_that_is_a_larger_picture_is_refused() -> None:
    pytest.importorskip("tifffile")
    large = make.jpeg(np.zeros((400, 400, 3), np.uint8))
    data = bytearray(make.tiff(np.zeros((16, 16, 3), np.uint8), 6, (530, 3, (1, 1))))
    (start,) = struct.unpack_from("<I", data, 4)
    for index in range(struct.unpack_from("<H", data, start)[0]):
        at = start + 2 + 12 * index
        tag = struct.unpack_from("<H", data, at)[0]
        value = {259: 7, 273: len(data), 279: len(large)}.get(tag)
        if value is not None:
            struct.pack_into("<HHII", data, at, tag, 4, 1, value)

    with pytest.raises(DecodeError, match="another size"):
        rp.load(bytes(data) + large, backend="tiff")


def _exr(channels: int, width: int, height: int) -> bytes:
    def attribute(name: bytes, kind: bytes, body: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(body)) + body

    listed = b"".join(b"c%d\0" % n + struct.pack("<iIii", 2, 0, 1, 1) for n in range(channels))
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    return (
        attribute(b"channels", b"chlist", listed + b"\0")
        + attribute(b"dataWindow", b"box2i", window)
        + b"\0"
    )


def test_all_channels_and_parts_of_an_exr_count() -> None:
    one = b"v/1\1" + struct.pack("<I", 2) + _exr(40, 10, 10)
    two = b"v/1\1" + struct.pack("<I", 0x1002) + _exr(3, 10, 10) + _exr(4, 100, 100) + b"\0"

    assert read_exr(one).largest == 1000
    assert read_exr(two).largest == 10_100
    with pytest.raises(LimitExceededError):
        rp.load(two, max_pixels=10_099)


def test_icons_that_share_a_png_are_not_read_whole() -> None:
    profile = os.urandom(1 << 16)
    buffer = BytesIO()
    Pillow.fromarray(make.ramp(4)).save(buffer, "PNG", icc_profile=profile)
    data, count = buffer.getvalue(), 200
    entry = struct.pack("<BBBBHHII", 9, 6, 0, 0, 1, 32, len(data), 6 + 16 * count)
    icon = struct.pack("<HHH", 0, 1, count) + entry * count + data

    info = rp.probe(icon)

    assert (info.frames, info.icc) == (count, None)
    np.testing.assert_array_equal(rp.load(icon), make.ramp(4))


def test_an_icon_that_is_cut_off_is_passed_over() -> None:
    png = rp.encode(make.ramp(4), "png")
    entries = struct.pack("<BBBBHHII", 9, 6, 0, 0, 1, 32, len(png), 38)
    entries += struct.pack("<BBBBHHII", 9, 6, 0, 0, 1, 32, 12, 38 + len(png))
    icon = struct.pack("<HHH", 0, 1, 2) + entries + png + png[:12]

    np.testing.assert_array_equal(rp.load(icon), make.ramp(4))


def test_scans_of_a_jpeg_are_bounded() -> None:
    data = make.jpeg(np.zeros((2048, 2048, 3), np.uint8), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]

    with pytest.raises(LimitExceededError, match="scans"):
        rp.load(data[:-2] + scan * 1100 + data[-2:])


def test_pieces_of_heif_items_are_bounded() -> None:
    from rp_image._headers.items import Items, _read_places

    item = struct.pack(">HHHH", 1, 0, 0, 65535)
    body = bytes([1, 0, 0, 0, 0, 0]) + struct.pack(">H", 9) + item * 9

    with pytest.raises((DecodeError, EOFError)):
        _read_places(body, None, Items())


@pytest.mark.parametrize("strict", [False, True])
def test_a_qoi_that_is_too_short_for_its_pixels_is_refused(strict: bool) -> None:
    data = b"qoif" + struct.pack(">IIBB", 10_000, 10_000, 4, 0) + bytes(20) + bytes(7) + b"\1"

    with pytest.raises(DecodeError, match="too short"):
        rp.load(data, strict=strict)


def test_an_array_of_a_size_beyond_all_numbers_is_refused() -> None:
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': (0x{'f' * 4000}, 1)}}\n".encode()

    with pytest.raises(DecodeError, match="npy"):
        rp.load(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head)


def test_a_first_frame_of_a_gif_that_is_cut_off_counts() -> None:
    buffer = BytesIO()
    Pillow.fromarray(np.zeros((300, 300), np.uint8)).save(buffer, "GIF")
    data = bytearray(buffer.getvalue())
    struct.pack_into("<HH", data, 6, 4, 4)

    with pytest.raises(LimitExceededError):
        rp.load(bytes(data[: len(data) // 2]), strict=False, max_pixels=1000)


def test_a_tile_is_decoded_no_further_than_the_picture() -> None:
    tile = np.zeros((1 << 12, 16), np.uint8)
    data = make.tiff(tile, 1, (322, 4, (16,)), (323, 4, (1 << 12,)))
    data = data.replace(struct.pack("<HHII", 273, 4, 1, 8), struct.pack("<HHII", 324, 4, 1, 8))
    data = data.replace(struct.pack("<HHI", 279, 4, 1), struct.pack("<HHI", 325, 4, 1))
    tall, low = (struct.pack("<HHII", 257, 4, 1, rows) for rows in (1 << 12, 2))

    assert rp.load(data.replace(tall, low)).shape == (2, 16, 3)


def test_a_probe_of_a_pipe_opens_it_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = rp.encode(make.ramp(3), "png")
    for _ in range(20):
        writer = threading.Thread(target=pipe.write_bytes, args=(data,))
        writer.start()
        assert rp.probe(pipe).width == 9
        writer.join()


class Counted:
    """A file that counts what is read of it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.taken = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int) -> bytes:
        chunk = self._file.read(size)
        self.taken += len(chunk)
        return chunk


def test_of_a_file_only_the_header_is_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1000, 1000, 3), np.uint8)
    for name, most in (("a.png", 0.15), ("a.tiff", 0.05), ("a.jpg", 0.2), ("a.webp", 0.2)):
        rp.save(noise, tmp_path / name)
        with closing(Counted(tmp_path / name)) as file:
            assert read_header(FileSlices(file)).info.width == 1000  # type: ignore[arg-type]
        assert file.taken <= most * (tmp_path / name).stat().st_size


def test_slices_of_a_file_are_those_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20
    (tmp_path / "a").write_bytes(data)
    with (tmp_path / "a").open("rb") as file:
        slices = FileSlices(file)
        for start, stop in ((0, 9), (4000, 5000), (9, 3), (6000, 7000), (100, 100), (5119, 9999)):
            assert slices[start:stop] == data[start:stop]
