"""Plain formats in the variants that few programs write."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import GifImagePlugin
from PIL import Image as Pillow

import rp_image.sync as rp
from rp_image import DecodeError
from support import images as make


@pytest.mark.parametrize("most", [1, 100, 254, 255, 256, 1000, 40_000, 65_534, 65_535])
@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_samples_of_a_pgm_are_scaled_from_any_largest(most: int, kind: str) -> None:
    samples = [0, most // 3, most]
    stored = " ".join(map(str, samples)).encode()
    if kind == "bytes":
        stored = struct.pack(">3H" if most > 255 else ">3B", *samples)
    data = b"P%d\n3 1\n%d\n" % (2 if kind == "text" else 5, most) + stored

    full = 255 if most <= 255 else 65_535
    expected = [round(sample * full / most) for sample in samples]
    assert rp.load(data, mode="gray")[0].tolist() == expected


def test_a_pam_header_has_any_white_space() -> None:
    data = b"P7\nWIDTH\t2\n\nHEIGHT  1\nDEPTH\t3\nMAXVAL 255\nTUPLTYPE\tRGB\nENDHDR\n\1\2\3\4\5\6"

    assert rp.load(data).tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_a_sample_above_the_largest_is_clipped_where_it_need_not_be_strict() -> None:
    data = b"P2\n2 1\n9\n3 12\n"

    with pytest.raises(DecodeError, match="larger"):
        rp.load(data)
    assert rp.load(data, strict=False, mode="gray")[0].tolist() == [85, 255]


def test_rows_that_a_bmp_lacks_are_black_where_it_need_not_be_strict() -> None:
    image = make.photo(300, 200)
    data = make.bmp(image, top_down=True)[: 54 + 200 * 600]

    with pytest.raises(DecodeError):
        rp.load(data)
    loaded = rp.load(data, strict=False)
    np.testing.assert_array_equal(loaded[:200], image[:200])
    assert not loaded[200:].any()


def _dds(flags: int, code: bytes, depth: int, masks: tuple[int, ...], body: bytes) -> bytes:
    pixel_format = struct.pack("<II4sI4I", 32, flags, code, depth, *masks)
    head = struct.pack("<7I", 124, 0x1007, 8, 8, 0, 0, 0) + bytes(44) + pixel_format
    return (b"DDS " + head).ljust(128, b"\0") + body


def test_luminance_of_a_dds_whose_mask_is_of_another_depth() -> None:
    gray = np.arange(64, dtype=np.uint8).reshape(8, 8)
    data = _dds(0x20000, bytes(4), 8, (0xFF000000, 0, 0, 0), gray.tobytes())

    np.testing.assert_array_equal(rp.load(data, mode="gray"), gray)


def test_deep_fields_of_a_dds_are_full_scale() -> None:
    gray = (np.arange(64, dtype=np.uint16) * 1000).reshape(8, 8)
    luminance = _dds(0x20000, bytes(4), 16, (0xFFFF, 0, 0, 0), gray.astype("<u2").tobytes())
    masks = (0x3FF, 0xFFC00, 0x3FF00000, 0)
    ten = _dds(0x40, bytes(4), 32, masks, np.full(64, 0x3FF, "<u4").tobytes())

    np.testing.assert_array_equal(rp.load(luminance, mode="gray"), gray)
    assert rp.load(ten)[0, 0].tolist() == [65535, 0, 0]


@pytest.mark.parametrize("code", [0xFFFFFFFF, 0x55555555])
def test_a_block_of_bc1_may_be_transparent(code: int) -> None:
    body = struct.pack("<HHI", 0x1F, 0xF800, code) * 4

    image = rp.load(_dds(0x4, b"DXT1", 0, (0, 0, 0, 0), body))

    assert image[0, 0].tolist() == ([0, 0, 0, 0] if code == 0xFFFFFFFF else [255, 0, 0])


def test_a_large_photoshop_document_is_read() -> None:
    planes = np.moveaxis(make.ramp(3), 2, 0)
    rows = [bytes([len(row) - 1]) + row.tobytes() for plane in planes for row in plane]
    head = b"8BPS\0\2" + bytes(6) + struct.pack(">HIIHH", 3, 6, 9, 8, 3)
    table = b"".join(struct.pack(">I", len(row)) for row in rows)
    data = head + bytes(4) + bytes(4) + bytes(8) + b"\0\1" + table + b"".join(rows)

    np.testing.assert_array_equal(rp.load(data), make.ramp(3))


def test_a_run_of_a_qoi_counts_as_seen() -> None:
    data = b"qoif" + struct.pack(">IIBB", 4, 1, 4, 0)
    data += b"\xc0\xff\1\2\3\4\x35\x35" + bytes(7) + b"\1"

    image = rp.load(data, backend="numpy")

    assert image[0].tolist() == [[0, 0, 0, 255], [1, 2, 3, 4], [0, 0, 0, 255], [0, 0, 0, 255]]


def test_every_code_of_a_qoi() -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    noise = np.random.default_rng(4).integers(0, 256, (40, 40, 4), np.uint8)
    noise[10:20] = noise[10, 10]
    noise[20:30, :, :3] = make.photo(10, 40)
    noise[20:30, :, 3] = 255
    for image in (noise, np.ascontiguousarray(noise[:, :, :3])):
        data = imagecodecs.qoi_encode(image)
        np.testing.assert_array_equal(rp.load(data, backend="numpy"), image)


def test_a_qoi_that_ends_early_goes_on_with_its_last_pixel() -> None:
    data = b"qoif" + struct.pack(">IIBB", 5, 1, 4, 0) + b"\xff\1\2\3\4" + bytes(7) + b"\1"

    for backend in ("numpy", None):
        assert rp.load(data, backend=backend).tolist() == [[[1, 2, 3, 4]] * 5]


def _tga(kind: int, depth: int, body: bytes, attribute: int | None = None) -> bytes:
    bits = 0x28 if depth == 32 else 0x21 if depth == 16 else 0x20
    head = bytes([0, 0, kind]) + bytes(9) + struct.pack("<HHBB", 9, 6, depth, bits)
    data = head + body
    if attribute is None:
        return data
    area = bytes(494) + bytes([attribute])
    return data + area + struct.pack("<II", len(data), 0) + b"TRUEVISION-XFILE.\0"


def test_premultiplied_colours_of_a_tga_become_straight() -> None:
    body = bytes([50, 100, 25, 128]) * 54

    assert rp.load(_tga(2, 32, body, 3))[0, 0].tolist() == [25, 100, 50, 128]
    assert rp.load(_tga(2, 32, body, 4))[0, 0].tolist() == [50, 199, 100, 128]
    assert rp.load(_tga(2, 32, body, 2))[0, 0].tolist() == [25, 100, 50]


@pytest.mark.parametrize("depth", [16, 24, 32])
def test_packed_runs_of_a_tga_are_those_of_its_pixels(depth: int) -> None:
    pixels = np.repeat(np.arange(27, dtype=np.uint8)[:, None], 2, axis=0)
    cells = np.concatenate([pixels * 3 + n for n in range(depth // 8)], axis=1)
    runs = b"".join(b"\x81" + cells[at].tobytes() for at in range(0, 54, 2))

    np.testing.assert_array_equal(
        rp.load(_tga(10, depth, runs)), rp.load(_tga(2, depth, cells.tobytes()))
    )


def test_what_others_set_in_pillow_changes_no_gif(monkeypatch: pytest.MonkeyPatch) -> None:
    indices = make.ramp(1)
    gray = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    data = make.gif(indices, gray, transparent=11)
    expected = rp.load(data)

    for strategy in GifImagePlugin.LoadingStrategy:
        monkeypatch.setattr(GifImagePlugin, "LOADING_STRATEGY", strategy)
        np.testing.assert_array_equal(rp.load(data), expected)
    np.testing.assert_array_equal(expected[:, :, 0], indices)
    np.testing.assert_array_equal(expected[:, :, 3] > 0, indices != 11)
    assert rp.load(data, mode="native").shape[2] == rp.probe(data).channels == 4


@pytest.mark.parametrize("cut", [0.3, 0.6])
def test_of_a_gif_that_is_cut_off_what_is_there_is_shown(cut: float) -> None:
    indices = np.random.default_rng(6).integers(0, 256, (60, 60)).astype(np.uint8)
    palette = np.random.default_rng(7).integers(0, 256, (256, 3)).astype(np.uint8)
    data = make.gif(indices, palette)
    part = data[: int(len(data) * cut)]

    with pytest.raises(DecodeError):
        rp.load(part)
    shown = rp.load(part, strict=False)
    np.testing.assert_array_equal(shown[::8], rp.load(data)[::8])  # It is interlaced.


@pytest.mark.parametrize(
    ("name", "disposals"), [("restore first", (3, 1)), ("clear, then restore", (2, 3))]
)
def test_alpha_is_not_lost_where_a_frame_uncovers(name: str, disposals: tuple[int, int]) -> None:
    full, small = Pillow.new("RGB", (6, 6), (9, 9, 9)), Pillow.new("RGB", (6, 6), (9, 9, 9))
    small.paste((200, 0, 0), (1, 1, 3, 3))
    buffer = BytesIO()
    full.save(buffer, "PNG", save_all=True, append_images=[small], disposal=0, blend=0)
    data = bytearray(buffer.getvalue())
    first = data.index(b"fcTL")
    data[first + 28] = {3: 2, 2: 1}[disposals[0]]
    data[first + 30 : first + 34] = struct.pack(">I", zlib.crc32(data[first : first + 30]))

    images = rp.load_animation(bytes(data)).images

    assert images.shape == (2, 6, 6, 4)
    assert images[1, 5, 5].tolist() == [0, 0, 0, 0]
    assert images[1, 1, 1].tolist() == [200, 0, 0, 255]
    np.testing.assert_array_equal(rp.load(bytes(data), frame=1), images[1])


def test_an_apng_that_lists_no_frame_is_a_still_picture() -> None:
    image = make.ramp(3)
    for count in (0, 3):
        control = struct.pack(">II", count, 0)
        data = make.png(image, 2, 8, (b"acTL", control))
        assert rp.probe(data).frames == 1
        np.testing.assert_array_equal(rp.load(data), image)
        (frame,) = rp.frames(data)
        np.testing.assert_array_equal(frame.image, image)


def test_frames_of_an_apng_that_are_missing_or_out_of_order_are_an_error() -> None:
    pictures = [Pillow.fromarray(np.roll(make.ramp(3), step, 0)) for step in range(3)]
    buffer = BytesIO()
    pictures[0].save(buffer, "PNG", save_all=True, append_images=pictures[1:])
    data = buffer.getvalue()
    place = data.rindex(b"fcTL") - 4
    chunk = bytearray(data[place : place + 38])
    struct.pack_into(">I", chunk, 8, 77)
    struct.pack_into(">I", chunk, 34, zlib.crc32(chunk[4:34]))
    swapped = data[:place] + bytes(chunk) + data[place + 38 :]
    control = data.index(b"acTL") - 4
    more = bytearray(data[control : control + 20])
    struct.pack_into(">I", more, 8, 9)
    struct.pack_into(">I", more, 16, zlib.crc32(more[4:16]))
    missing = data[:control] + bytes(more) + data[control + 20 :]

    for broken in (swapped, missing):
        with pytest.raises(DecodeError, match="out of order"):
            list(rp.frames(broken))
        found = list(rp.frames(broken, strict=False))
        assert 2 <= len(found) <= 3
        np.testing.assert_array_equal(rp.load(broken), make.ramp(3))


def test_a_palette_with_too_much_transparency_has_none() -> None:
    indices = (make.ramp(1) % 4).astype(np.uint8)
    palette = bytes(range(12))
    data = make.png(indices, 3, 8, (b"PLTE", palette), (b"tRNS", bytes(5)))

    for backend in (None, "pillow"):
        image = rp.load(data, backend=backend)
        np.testing.assert_array_equal(image[:, :, 0], indices * 3)
        assert image.shape[2] == 3


def test_alpha_of_a_webp_animation_is_what_its_header_says() -> None:
    opaque = np.dstack([make.ramp(3), np.full((6, 9), 255, np.uint8)])
    pictures = [Pillow.fromarray(np.roll(opaque, step, 0)) for step in range(2)]
    buffer = BytesIO()
    pictures[0].save(buffer, "WEBP", save_all=True, append_images=pictures[1:], lossless=True)
    data = bytearray(buffer.getvalue())
    data[20] |= 0x10

    info: Any = rp.probe(bytes(data))
    assert info.has_alpha
    assert rp.load(bytes(data)).shape == info.shape
    assert rp.load_animation(bytes(data)).images.shape[1:] == info.shape


def test_a_comment_behind_the_header_of_a_pgm_is_no_pixel() -> None:
    assert rp.load(b"P5\n2 1\n255#no\n\1\2", mode="native").tolist() == [[1, 2]]
    assert rp.load(b"P2\n2 1\n255#no\n1 2", mode="native").tolist() == [[1, 2]]
    assert rp.load(b"P5\n2 1\n255\n#\2", mode="native").tolist() == [[35, 2]]


@pytest.mark.parametrize("word", [b"1_0", b"+2", b"x"])
def test_a_sample_of_a_pgm_that_is_no_number(word: bytes) -> None:
    with pytest.raises(DecodeError, match="no number"):
        rp.load(b"P2\n2 1\n255\n1 " + word)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(28, [10, 20, 30, 40]), (87, [30, 20, 10, 40]), (88, [30, 20, 10])],
)
def test_plain_pixels_of_a_dds_of_direct3d_10(kind: int, expected: list[int]) -> None:
    body = struct.pack("<5I", kind, 3, 0, 1, 0) + bytes([10, 20, 30, 40] * 64)

    assert rp.load(_dds(0x4, b"DX10", 0, (0, 0, 0, 0), body))[0, 0].tolist() == expected


def test_a_gif_whose_codes_end_early_is_whole_to_there() -> None:
    pixels = np.arange(54, dtype=np.uint8).reshape(6, 9) % 16
    colors = np.repeat(np.arange(16, dtype=np.uint8)[:, None] * 16, 3, axis=1)
    data = make.gif(pixels[:4], np.vstack([colors, np.zeros((240, 3), np.uint8)]))
    taller = bytearray(data)
    taller[8:10] = b"\6\0"
    place = data.index(b"\x2c") + 7
    taller[place : place + 2] = b"\6\0"

    with pytest.raises(DecodeError):
        rp.load(bytes(taller))
    image = rp.load(bytes(taller), strict=False)
    assert image.shape[:2] == (6, 9)
    np.testing.assert_array_equal(image[:4, :, :3], colors[pixels[:4]])
