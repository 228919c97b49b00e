"""The options of `load`: size, dtype, cache, profile; and thumbnails and sheets."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from typing import Literal

import anyio
import numpy as np
import pytest
from PIL import ImageCms

import rp_image
import rp_image.sync as rp
from rp_core import Failure, LimitExceededError
from rp_image import DecodeError
from rp_image._decode import decode
from rp_image._thumbnail import Quality
from support import images as make
from support.images import Array

JPEG_BACKENDS = sorted(
    {"simplejpeg", "opencv", "pillow"}.intersection(
        backend.name for backend in decode.backends if backend.state == "installed"
    )
)


@pytest.mark.parametrize("backend", [None, *JPEG_BACKENDS])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("size", [(60, 80), (33, 97), (240, 320), (500, 300), 0.25])
def test_a_size_is_what_resize_would_give(
    size: float | tuple[int, int], orientation: int, backend: str | None
) -> None:
    photo = make.photo(240, 320)
    data = make.jpeg(make.turned(photo, orientation), exif=b"Exif\0\0" + make.exif(orientation))

    image = rp.load(data, size=size, backend=backend)

    expected = rp.resize(photo, size)
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).max() <= 8


def test_a_size_of_a_png() -> None:
    data = make.png(make.ramp(4), 6)

    np.testing.assert_array_equal(rp.load(data, size=(3, 4)), rp.resize(make.ramp(4), (3, 4)))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_dtype_is_scaled(dtype: rp_image.DType) -> None:
    color = make.ramp(3)
    convert = {"uint8": rp.as_uint8, "uint16": rp.as_uint16, "float32": rp.as_float32}[dtype]

    image = rp.load(make.png(color, 2), dtype=dtype)

    np.testing.assert_array_equal(image, convert(color))


def test_floats_beyond_one_do_not_become_bytes() -> None:
    data = rp.encode(np.full((2, 2, 3), 3, np.float32), "pfm")

    with pytest.raises(ValueError, match=r"must be in 0\.\.1"):
        rp.load(data, dtype="uint8")


@pytest.mark.parametrize(
    "option",
    [
        {"mode": "x"},
        {"dtype": "int8"},
        {"icc": "rgb"},
        {"cache": "yes"},
        {"frame": -1},
        {"size": 0.0},
    ],
)
def test_options_that_make_no_sense(option: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rp.load("no/such/file", **option)  # type: ignore[arg-type]


def test_a_cached_image_is_read_once_and_handed_out_as_copies(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(make.png(make.ramp(3), 2))
    first = rp.load(path, cache=True)
    first[:] = 0

    second = rp.load(path, cache="readonly")

    np.testing.assert_array_equal(second, make.ramp(3))
    assert not second.flags.writeable
    assert np.shares_memory(second, rp.load(path, cache="readonly"))
    assert not np.shares_memory(second, rp.load(path, cache="readonly", mode="rgba"))
    assert not np.shares_memory(second, rp.load(path, cache=True))


def test_a_cached_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(make.png(make.ramp(3), 2))
    rp.load(path, cache=True)
    path.write_bytes(make.png(255 - make.ramp(3)[:5], 2))

    np.testing.assert_array_equal(rp.load(path, cache=True), 255 - make.ramp(3)[:5])


def test_bytes_are_cached_by_what_they_are() -> None:
    data = make.png(make.ramp(3), 2)

    first = rp.load(data, cache="readonly")

    assert np.shares_memory(first, rp.load(bytearray(data), cache="readonly"))


def _profile(name: Literal["LAB", "sRGB"]) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def test_an_srgb_profile_changes_nothing() -> None:
    photo = make.photo()
    buffer = BytesIO(rp.encode(photo, "png", icc=_profile("sRGB")))

    assert rp.probe(buffer.getvalue()).icc
    image = rp.load(buffer.getvalue(), icc="srgb")
    assert np.abs(image.astype(int) - photo).max() <= 1


def test_a_profile_of_another_kind_is_an_error() -> None:
    body = b"x\0\0" + zlib.compress(_profile("LAB"))
    data = make.png(make.photo(), 2, 8, (b"iCCP", body))

    rp.load(data)
    with pytest.raises(DecodeError, match="colour profile is for b'Lab '"):
        rp.load(data, icc="srgb")


@pytest.mark.parametrize("quality", ["fast", "good"])
def test_thumbnails_fit_and_look_alike(quality: Quality) -> None:
    photo = make.photo(600, 400)
    for data in (make.jpeg(photo), make.png(photo, 2)):
        small = rp.thumbnail(data, 90, quality=quality)
        assert small.shape == (90, 60, 3)
        assert np.abs(small.astype(int) - rp.resize(photo, (90, 60))).mean() < 2
    assert rp.thumbnail(make.png(make.ramp(3), 2), 90).shape == (6, 9, 3)
    deep = rp.encode(make.ramp(1, np.uint16, 16), "png")
    assert rp.thumbnail(deep).dtype == np.uint8


def test_thumbnails_of_many(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(5)]
    for path in paths:
        path.write_bytes(make.jpeg(make.photo()))
    paths[2].write_bytes(b"broken")

    small = rp.thumbnails(paths, 16, on_error="return")

    assert [getattr(image, "shape", None) for image in small] == [
        (12, 16, 3),
        (12, 16, 3),
        None,
        (12, 16, 3),
        (12, 16, 3),
    ]
    assert isinstance(small[2], Failure)
    assert len(anyio.run(rp_image.thumbnails, [paths[0]], 16)) == 1


def test_a_contact_sheet_has_a_cell_for_every_file() -> None:
    sources = [make.jpeg(make.photo()) for _ in range(5)]

    sheet = rp.contact_sheet(sources, cell=32, gap=2, background=9)

    assert sheet.shape == (2 + 2 * 34, 2 + 3 * 34, 3)
    np.testing.assert_array_equal(sheet[36 + 4 : 36 + 28, 2:34], rp.thumbnail(sources[0], 32))
    assert (sheet[:2] == 9).all()
    assert (sheet[36:, 70:] == 9).all()
    labelled = rp.contact_sheet(sources, cell=32, gap=2, background=9, labels=True)
    assert labelled.shape[0] == sheet.shape[0] + 2 * 20
    assert (labelled[34:54, 2:34] != 9).any()


def test_a_contact_sheet_with_a_broken_file() -> None:
    sources = [make.jpeg(make.photo()), b"broken"]

    assert rp.contact_sheet(sources, strict=False).shape[2] == 3
    with pytest.raises(DecodeError):
        rp.contact_sheet(sources)
    with pytest.raises(ValueError, match="at least one source"):
        rp.contact_sheet([])
    with pytest.raises(LimitExceededError):
        rp.contact_sheet(sources, cell=20_000)


@pytest.mark.parametrize("position", ["top left", "bottom right", (2, -5), (100, 100)])
def test_a_label_is_drawn_where_it_was_asked_for(position: object) -> None:
    photo = make.photo()
    before = photo.copy()

    image = rp.draw_label(photo, "Ä\nb", position=position)  # type: ignore[arg-type]

    np.testing.assert_array_equal(photo, before)
    assert (image != photo).any() == (position != (100, 100))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_label_keeps_type_and_channels(channels: int) -> None:
    image: Array = np.resize(make.ramp(channels), (20, 40, channels) if channels > 1 else (20, 40))
    for kind in (image, image.astype(np.uint16), image.astype(np.float32) / 255):
        drawn = rp.draw_label(kind, "x")
        assert (drawn.shape, drawn.dtype) == (kind.shape, kind.dtype)


def test_fit_pad_and_cover() -> None:
    photo = make.photo(40, 60)

    assert rp.resize_to_fit(photo, 20, 20).shape == (13, 20, 3)
    padded = rp.resize_to_fit(photo, 20, 20, pad=(1, 2, 3))
    assert padded.shape == (20, 20, 3)
    assert padded[0, 0].tolist() == padded[-1, -1].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(padded[3:16], rp.resize_to_fit(photo, 20, 20))
    assert rp.resize_to_cover(photo, 20, 20).shape == (20, 20, 3)
    assert rp.resize_to_cover(photo, 20, 20, crop=False).shape == (20, 30, 3)
    covering = rp.resize_to_cover(photo, 20, 20, crop=False)
    np.testing.assert_array_equal(rp.resize_to_cover(photo, 20, 20), covering[:, 5:25])
    with pytest.raises(ValueError, match="pad"):
        rp.resize_to_fit(photo, 20, 20, pad=300)


def test_many_are_resized_as_one_is() -> None:
    photos = [make.photo(40 + n, 60) for n in range(7)]
    expected = [rp.resize(photo, (10, 12)) for photo in photos]

    np.testing.assert_array_equal(rp.resize_many(photos, (10, 12)), expected)
    with rp.resize_stream(iter(photos), (10, 12), limit=2) as stream:
        np.testing.assert_array_equal(list(stream), expected)
    np.testing.assert_array_equal(anyio.run(rp_image.resize_many, photos, (10, 12)), expected)
    with pytest.raises(ValueError, match="method"):
        rp.resize_many(photos, 0.5, method="cubic")  # type: ignore[arg-type]


def test_convert_takes_a_depth_that_the_destination_holds(tmp_path: Path) -> None:
    source, out = tmp_path / "a.tiff", tmp_path / "a.jpg"
    rp.save(make.ramp(3, np.uint16, 16), source)

    with pytest.raises(ValueError, match="uint16"):
        rp.convert(source, out)
    rp.convert(source, out, dtype="uint8", quality=100)
    assert rp.load(out).shape == (6, 9, 3)

    bright = tmp_path / "a.hdr"
    rp.save(np.full((4, 4, 3), 3.0, np.float32), bright)
    with pytest.raises(ValueError, match="clip"):
        rp.convert(bright, tmp_path / "b.png", dtype="uint8")
    rp.convert(bright, tmp_path / "b.png", dtype="uint8", clip=True)
    assert (rp.load(tmp_path / "b.png") == 255).all()


def test_a_depth_counts_also_where_it_is_clipped(tmp_path: Path) -> None:
    rp.save(make.ramp(3, np.uint16, 16), tmp_path / "a.tiff")

    rp.convert(tmp_path / "a.tiff", tmp_path / "b.tiff", dtype="float32", clip=True)

    assert rp.probe(tmp_path / "b.tiff").dtype == "float32"
