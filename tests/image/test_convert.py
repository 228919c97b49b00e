"""Encoding round trips, metadata, conversion and animations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from PIL import ImageCms

import rp_image
import rp_image.sync as rp
from rp_core import NoBackendError
from rp_image._capacities import CAPACITIES
from rp_image._encode import encode_image
from rp_image._metadata import HOLDING, PROFILED
from support import images as make
from support.images import Array

BACKENDS = [backend.name for backend in encode_image.backends if backend.state == "installed"]
EXACT = {"bmp", "exr", "npy", "pfm", "png", "pnm", "qoi", "tga", "tiff"}
OPTIONAL = {"exr": "exr", "heif": "heif", "jxl": "jxl", "qoi": "codecs"}
WRITABLE = [name for name in CAPACITIES if OPTIONAL.get(name, "pillow") in BACKENDS]
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def samples(name: str, channels: int, dtype: str) -> Array:
    if dtype == "float32":
        image = make.ramp(channels).astype(np.float32) / 255
    elif dtype == "uint16":
        image = make.ramp(channels, np.uint16, 16)
    else:
        image = make.ramp(channels)
    return np.abs(image) if name == "hdr" else image


KINDS = [
    (name, channels, dtype)
    for name in WRITABLE
    for channels in (1, 2, 3, 4)
    for dtype in sorted(CAPACITIES[name].dtypes)
    if CAPACITIES[name].alpha or channels in {1, 3}
]


WRITERS = {
    "simplejpeg": {"jpeg"},
    "opencv": {"jpeg", "png", "webp"},
    "codecs": {"jp2", "jxl", "png", "qoi"},
    "numpy": {"hdr", "npy", "pfm", "pnm", "tga"},
    "pillow": {"avif", "bmp", "gif", "jp2", "jpeg", "png", "tiff", "webp"},
    "heif": {"heif"},
    "jxl": {"jxl"},
    "exr": {"exr"},
}


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_writes_its_formats(backend: str) -> None:
    for name in sorted(WRITERS[backend]):
        dtype = "uint8" if "uint8" in CAPACITIES[name].dtypes else "float32"
        data = rp.encode(samples(name, 3, dtype), name, backend=backend)  # type: ignore[arg-type]
        assert rp.probe(data).format == name


@pytest.mark.parametrize(("name", "channels", "dtype"), [k for k in KINDS if k[0] in EXACT])
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_what_is_lossless_comes_back(
    name: Any, channels: int, dtype: str, backend: str | None
) -> None:
    image = samples(name, channels, dtype)
    try:
        data = rp.encode(image, name, backend=backend)
    except NoBackendError:
        if (name, dtype, backend) != ("png", "uint16", None):
            assert backend is not None
        return

    info = rp.probe(data)
    loaded = rp.load(data, mode="native")

    assert (info.format, info.dtype) == (name, dtype)
    if channels < 3 and loaded.ndim == 3 and loaded.shape[2] > 2:
        loaded = loaded[:, :, [0, 3]] if channels == 2 else loaded[:, :, 0]
    np.testing.assert_array_equal(loaded, image)


@pytest.mark.parametrize("name", [n for n in ("webp", "jp2", "jxl") if n in WRITABLE])
@pytest.mark.parametrize("channels", [3, 4])
def test_lossless_modes_lose_nothing(name: Any, channels: int) -> None:
    image = make.ramp(channels)

    np.testing.assert_array_equal(rp.load(rp.encode(image, name, lossless=True)), image)


@pytest.mark.parametrize("name", [n for n in WRITABLE if CAPACITIES[n].quality])
def test_lossy_formats_come_near(name: Any) -> None:
    photo = make.photo()

    sizes = []
    for quality in (30, 95):
        data = rp.encode(photo, name, quality=quality)
        sizes.append(len(data))
    assert sizes[0] < sizes[1]
    assert np.abs(rp.load(data).astype(int) - photo).mean() < 4


def test_hdr_keeps_eight_bits_of_the_largest_sample() -> None:
    image = np.geomspace(1e-6, 1e6, 54 * 3).reshape(6, 9, 3).astype(np.float32)

    loaded = rp.load(rp.encode(image, "hdr"))

    largest = image.max(axis=2, keepdims=True)
    assert (np.abs(loaded - image) <= largest / 255).all()


def test_a_gif_of_few_colours_is_exact() -> None:
    image = make.ramp(3) // 64 * 64
    keyed = np.dstack([image, np.where(image[:, :, 0] > 64, 255, 0).astype(np.uint8)])

    np.testing.assert_array_equal(rp.load(rp.encode(image, "gif")), image)
    loaded = rp.load(rp.encode(keyed, "gif"))
    np.testing.assert_array_equal(loaded[:, :, 3], keyed[:, :, 3])
    shown = keyed[:, :, 3] > 0
    np.testing.assert_array_equal(loaded[shown], keyed[shown])


def test_floats_become_bytes_rounded() -> None:
    floats = make.ramp(3).astype(np.float64) / 255

    np.testing.assert_array_equal(rp.load(rp.encode(floats, "png")), make.ramp(3))
    high = rp.encode(floats * 2, "png", clip=True)
    np.testing.assert_array_equal(rp.load(high), np.rint((floats * 2).clip(0, 1) * 255))


def test_what_becomes_of_alpha_is_the_callers_choice() -> None:
    full = make.ramp(4)

    np.testing.assert_array_equal(rp.load(rp.encode(full, "bmp", alpha="drop")), full[:, :, :3])
    over = rp.encode(full, "bmp", alpha="composite", background=(9, 8, 7))
    np.testing.assert_array_equal(rp.load(over), rp.composite(full, (9, 8, 7)))


@pytest.mark.parametrize("name", sorted(HOLDING.intersection(WRITABLE)))
def test_metadata_goes_with_the_picture(name: Any) -> None:
    exif, icc = make.exif_of_camera(6), ICC if name in PROFILED else None

    data = rp.encode(make.photo(), name, exif=exif, icc=icc, xmp=XMP)
    info = rp.probe(data)

    assert info.orientation == 1
    assert info.shape == make.photo().shape
    assert rp.load(data).shape == make.photo().shape
    if name != "jxl":  # Its profile is inside the compressed data.
        assert info.icc == ICC
    assert info.xmp == XMP
    assert info.exif
    assert b"2026:11:24 10:20:30" in info.exif


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "bmp", "avif"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_convert_keeps_what_belongs_to_the_picture(
    tmp_path: Path, suffix: str, orientation: int
) -> None:
    photo = make.photo()
    stored = make.turned(photo, orientation)
    exif = b"Exif\0\0" + make.exif(orientation)
    source = tmp_path / "a.jpg"
    source.write_bytes(make.jpeg(stored, exif=exif, icc_profile=ICC))

    rp.convert(source, tmp_path / f"b.{suffix}")

    info = rp.probe(tmp_path / f"b.{suffix}")
    assert (info.shape, info.orientation) == (photo.shape, 1)
    assert info.icc == (None if suffix == "bmp" else ICC)
    image = rp.load(tmp_path / f"b.{suffix}")
    assert np.abs(image.astype(int) - photo).mean() < 4


def test_convert_keeps_gray_gray_and_deep_deep(tmp_path: Path) -> None:
    deep = make.ramp(1, np.uint16, 16)
    rp.save(deep, tmp_path / "a.png")

    rp.convert(tmp_path / "a.png", tmp_path / "b.tiff")

    np.testing.assert_array_equal(rp.load(tmp_path / "b.tiff", mode="native"), deep)
    with pytest.raises(ValueError, match="jpeg holds uint8"):
        rp.convert(tmp_path / "a.png", tmp_path / "b.jpg")
    assert not (tmp_path / "b.jpg").exists()


def moving(channels: int = 3, count: int = 5) -> list[Array]:
    pictures = []
    for step in range(count):
        image = make.ramp(channels) // 64 * 64
        if channels == 4:
            image[:, :, 3] = 255
        image[1:3, step : step + 2] = 255 if channels == 3 else (255, 0, 0, 255)
        pictures.append(image)
    return pictures


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_an_animation_comes_back(tmp_path: Path, suffix: str, channels: int) -> None:
    path = tmp_path / f"a.{suffix}"
    pictures = moving(channels)
    pictures.append(pictures[-1])
    durations = [30, 70, 40, 50, 60, 1000]
    options = {"lossless": True} if suffix == "webp" else {}

    rp.save_animation(iter(pictures), path, duration=durations, loop=3, **options)  # type: ignore[arg-type]

    animation = rp.load_animation(path, mode="rgb" if channels == 3 else "rgba")
    np.testing.assert_array_equal(animation.images, pictures)
    assert animation.durations == tuple(durations)
    assert animation.loop == 3
    assert rp.probe(path).frames == 6


def test_an_animation_with_holes(tmp_path: Path) -> None:
    pictures = moving(4)
    for step, picture in enumerate(pictures):
        picture[3:5, step:8] = 0
    for suffix in ("gif", "png", "webp"):
        path = tmp_path / f"a.{suffix}"
        rp.save_animation(pictures, path, **({"lossless": True} if suffix == "webp" else {}))  # type: ignore[arg-type]
        np.testing.assert_array_equal(rp.load_animation(path, mode="rgba").images, pictures)


def test_gif_durations_are_rounded_without_drift(tmp_path: Path) -> None:
    rp.save_animation(moving(count=7), tmp_path / "a.gif", duration=33.4)

    assert sum(rp.load_animation(tmp_path / "a.gif").durations) == 230


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        ([], {}, "at least one frame"),
        ([make.ramp(3), make.ramp(4)], {}, "frames differ"),
        ([make.ramp(3)], {"duration": [1, 2]}, "2 durations"),
        ([make.ramp(3)] * 3, {"duration": [1, 2]}, "2 durations"),
        ([make.ramp(3)], {"duration": -1}, "duration must be"),
        ([make.ramp(3)], {"loop": -1}, "loop must be"),
        ([make.ramp(3)], {"quality": 3}, "quality"),
        ([make.ramp(3)], {"format": "jpeg"}, "not animated"),
    ],
)
def test_animations_that_make_no_sense(
    tmp_path: Path, images: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rp.save_animation(images, tmp_path / "a.gif", **options)

    assert not list(tmp_path.iterdir())


def test_animations_stay_animated_or_a_frame_is_chosen(tmp_path: Path) -> None:
    pictures = moving()
    rp.save_animation(pictures, tmp_path / "a.gif", duration=40, loop=2)

    rp.convert(tmp_path / "a.gif", tmp_path / "b.webp", lossless=True)

    animation = rp.load_animation(tmp_path / "b.webp", mode="rgb")
    np.testing.assert_array_equal(animation.images, pictures)
    assert (animation.durations, animation.loop) == ((40,) * 5, 2)
    with pytest.raises(ValueError, match="bmp holds one picture of 5"):
        rp.convert(tmp_path / "a.gif", tmp_path / "b.bmp")
    rp.convert(tmp_path / "a.gif", tmp_path / "b.bmp", frame=3)
    np.testing.assert_array_equal(rp.load(tmp_path / "b.bmp"), pictures[3])


def test_many_are_saved_and_converted(tmp_path: Path) -> None:
    pairs = [(make.ramp(3), tmp_path / f"{number}.png") for number in range(5)]

    assert rp.save_many(pairs) == [path for _, path in pairs]
    jobs = [(path, path.with_suffix(".bmp")) for _, path in pairs]
    assert anyio.run(rp_image.convert_many, jobs) == [path for _, path in jobs]
    np.testing.assert_array_equal(rp.load(tmp_path / "4.bmp"), make.ramp(3))
    with pytest.raises(TypeError, match="unknown options: speed"):
        rp.save_many(pairs, speed=3)  # type: ignore[call-arg]


def test_async_frames(tmp_path: Path) -> None:
    rp.save_animation(moving(), tmp_path / "a.png")

    async def main() -> list[Array]:
        return [frame.image async for frame in rp_image.frames(tmp_path / "a.png")]

    np.testing.assert_array_equal(anyio.run(main), moving())
