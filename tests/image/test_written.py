"""What is written says what was given, or is refused."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

import rp_image.sync as rp
from rp_core import OperationError
from support import images as make
from support.images import Array

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
    b"xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></x:xmpmeta>"
)


def swapped_profile() -> bytes:
    """Return a profile whose red is the green of sRGB, and the reverse."""
    profile = bytearray(SRGB)
    places = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def gray_profile() -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    profile: bytes = imagecodecs.cms_profile("gray", gamma=1.0, whitepoint=(0.3457, 0.3585, 1.0))
    return profile


def test_an_orientation_in_xmp_is_reset_as_in_exif(tmp_path: Path) -> None:
    image = np.zeros((4, 6, 3), np.uint8)

    assert rp.load(rp.encode(image, "png", xmp=TURNED)).shape == (4, 6, 3)
    turned = make.png(image, 2, 8, (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + TURNED))
    assert rp.load(turned).shape == (6, 4, 3)
    rp.convert(turned, tmp_path / "a.webp")
    assert rp.load(tmp_path / "a.webp").shape == (6, 4, 3)


@pytest.mark.parametrize(
    ("image", "name", "message"),
    [
        (np.full((2, 2, 3), 2e38, np.float32), "hdr", "hdr holds"),
        (np.full((2, 2, 3), 1e300), "tiff", "beyond the range"),
        (np.full((2, 2, 3), 1e300), "exr", "beyond the range"),
        (np.full((2, 2, 3), np.nan, np.float32), "hdr", "hdr holds"),
        (np.full((2, 2, 3), np.nan, np.float32), "jxl", "finite"),
        (np.zeros((1, 40_000, 3), np.uint8), "avif", "cannot hold"),
        (np.zeros((1, 65_501, 3), np.uint8), "jpeg", "cannot hold"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(image: Array, name: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rp.encode(image, name)


def test_the_largest_and_smallest_light_of_hdr() -> None:
    for value in (1.6e38, 1e-30, 1e-36, 0):
        image = np.full((2, 2, 3), value, np.float32)
        loaded = rp.load(rp.encode(image, "hdr"))
        np.testing.assert_allclose(loaded, 0 if value < 1e-32 else value, rtol=0.01)


@pytest.mark.parametrize("name", ["bmp", "jpeg", "gif", "hdr", "pfm"])
def test_the_background_is_in_the_range_of_the_image(name: Any) -> None:
    clear = np.zeros((4, 4, 4), np.float32)

    image = rp.load(rp.encode(clear, name, alpha="composite", background=1.0))

    assert image[0, 0].tolist() == ([1, 1, 1] if name in {"hdr", "pfm"} else [255, 255, 255])
    with pytest.raises(ValueError, match="one number or three"):
        rp.encode(clear, name, alpha="composite", background=(0, 0, 0, 0))


@pytest.mark.parametrize("name", ["exif", "icc", "xmp"])
@pytest.mark.parametrize("format_name", ["avif", "jpeg", "jxl", "tiff"])
def test_metadata_are_bytes(name: str, format_name: Any) -> None:
    for wrong in ("x", 5, memoryview(b"x")):
        with pytest.raises(TypeError, match=f"{name} must be bytes"):
            rp.encode(make.ramp(3), format_name, **{name: wrong})  # type: ignore[arg-type]


def test_a_gray_png_holds_no_profile_for_colour() -> None:
    data = rp.encode(make.ramp(1), "png", icc=SRGB)

    assert rp.probe(data).color == "rgb"
    assert rp.probe(data).icc == SRGB
    with pytest.raises(ValueError, match="profile is for"):
        rp.encode(make.ramp(3), "png", icc=gray_profile())
    with pytest.raises(ValueError, match="profile is for"):
        rp.encode(make.ramp(1), "webp", icc=gray_profile())


@pytest.mark.parametrize("options", [{"quality": 100}, {"lossless": True}, {}])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_jpeg_xl_of_any_depth_has_exif(options: dict[str, Any], dtype: Any) -> None:
    pytest.importorskip("imagecodecs")
    image = make.photo() if dtype is np.uint8 else make.photo().astype(np.uint16) * 257
    image = image.astype(np.float32) / 65535 if dtype is np.float32 else image
    block = make.exif_of_camera(1)

    data = rp.encode(image, "jxl", exif=block, xmp=TURNED, **options)

    assert rp.probe(data).exif == block
    assert rp.probe(data).xmp == TURNED.replace(b"'6'", b"'1'")
    difference = np.abs(rp.load(data).astype(float) - image)
    most = float(image.max())
    assert difference.max() <= (0 if "lossless" in options else 24 * most / 255)
    assert difference.mean() <= 2 * most / 255


def test_into_a_jpeg_xl_goes_no_profile(tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    image = np.full((8, 8, 3), (200, 30, 60), np.uint8)
    with pytest.raises(ValueError, match="no backend writes the colour profile"):
        rp.encode(image, "jxl", icc=SRGB)
    rp.save(image, tmp_path / "a.png", icc=swapped_profile())

    rp.convert(tmp_path / "a.png", tmp_path / "a.jxl", lossless=True)

    shown = rp.load(tmp_path / "a.jxl", icc="srgb")
    assert np.abs(shown[0, 0].astype(int) - [30, 200, 60]).max() <= 2


def enum(value: int) -> list[tuple[int, int]]:
    """Return the fields of an enumerated value of JPEG XL: (value, bits)."""
    return [(value, 2)] if value < 2 else [(2, 2), (value - 2, 4)]


YES, NO = (1, 1), (0, 1)
WHITE, PRIMARIES, CURVE = enum(1), enum(1), enum(13)


@pytest.mark.parametrize(
    ("color", "profiled"),
    [
        ([YES], False),
        ([NO, YES, *enum(0)], True),
        ([NO, NO, *enum(0), *WHITE, *PRIMARIES, NO, *CURVE], False),
        ([NO, NO, *enum(1), *WHITE, NO, *CURVE], False),
        ([NO, NO, *enum(0), *enum(2), *PRIMARIES, NO, *CURVE], True),
        ([NO, NO, *enum(0), *WHITE, *enum(11), NO, *CURVE], True),
        ([NO, NO, *enum(0), *WHITE, *PRIMARIES, NO, *enum(8)], True),
        ([NO, NO, *enum(0), *WHITE, *PRIMARIES, YES, (1 << 20, 24)], True),
    ],
)
def test_whether_the_colours_of_a_jpeg_xl_are_those_of_srgb(
    color: list[tuple[int, int]], profiled: bool
) -> None:
    from rp_image._headers.jxl import read_header

    size = [YES, (0, 5), (1, 3)]
    depth = [NO, (0, 2)]
    number = shift = 0
    for value, bits in [*size, NO, NO, *depth, YES, (0, 2), NO, *color, (0, 400)]:
        number |= value << shift
        shift += bits

    header = read_header(b"\xff\x0a" + number.to_bytes(shift // 8 + 1, "little"))

    assert header.info.shape == (8, 8, 3)
    assert header.details.is_srgb is not profiled


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_profile_is_applied_to_any_depth(dtype: Any, tmp_path: Path) -> None:
    pytest.importorskip("imagecodecs")
    scale = 1 if dtype is np.uint8 else 257
    image = np.full((8, 8, 3), (200, 30, 60), np.uint8).astype(dtype) * dtype(scale)
    rp.save(image, tmp_path / "a.png", icc=swapped_profile())

    shown = rp.load(tmp_path / "a.png", icc="srgb")
    assert shown.dtype == dtype
    assert np.abs(shown[0, 0] / scale - [30, 200, 60]).max() <= 2
    small = rp.thumbnail(tmp_path / "a.png", 4)
    assert np.abs(small[0, 0].astype(int) - [30, 200, 60]).max() <= 2
    rp.convert(tmp_path / "a.png", tmp_path / "a.ppm")
    np.testing.assert_array_equal(rp.load(tmp_path / "a.ppm"), shown)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_profile_for_gray_is_applied_to_gray(name: str, tmp_path: Path) -> None:
    buffer = BytesIO()
    gray = Pillow.fromarray(np.full((8, 8), 64, np.uint8))
    picture = gray.convert("RGB") if name == "WEBP" else gray
    picture.save(buffer, name, icc_profile=gray_profile())
    data = buffer.getvalue()

    if name == "WEBP":  # It has no gray: the profile is not for it, and a thumbnail does without.
        assert rp.thumbnail(data, 4).max() <= 66
        return
    assert rp.load(data, icc="srgb").min() > 120
    assert rp.thumbnail(data, 4).min() > 120
    rp.convert(data, tmp_path / "a.webp", lossless=True)
    assert rp.load(tmp_path / "a.webp").min() > 120
    assert rp.probe(tmp_path / "a.webp").icc is None


def test_a_thumbnail_does_without_a_profile_that_is_no_good(tmp_path: Path) -> None:
    body = b"x\0\0" + zlib.compress(b"nothing" * 100)
    data = make.png(make.ramp(3), 2, 8, (b"iCCP", body))

    np.testing.assert_array_equal(rp.thumbnail(data), make.ramp(3))
    with pytest.raises(rp.DecodeError):
        rp.load(data, icc="srgb")
    rp.convert(data, tmp_path / "a.webp", lossless=True)
    assert rp.probe(tmp_path / "a.webp").icc is None
    with pytest.raises(ValueError, match="profile is for"):
        rp.encode(make.ramp(3), "png", icc=b"nothing" * 100)


def moving() -> list[Array]:
    return [np.roll(make.ramp(4), step, axis=0) for step in range(3)]


@pytest.mark.parametrize("name", ["png", "webp"])
def test_an_animation_keeps_its_metadata(name: str, tmp_path: Path) -> None:
    block = make.exif_of_camera(1)
    source, target = tmp_path / f"a.{name}", tmp_path / "b.png"
    rp.save_animation(
        moving(), source, lossless=name == "webp", loop=7, exif=block, icc=SRGB, xmp=b"<x/>"
    ) if name == "webp" else rp.save_animation(
        moving(), source, loop=7, exif=block, icc=SRGB, xmp=b"<x/>"
    )
    rp.convert(source, target)

    for path in (source, target):
        info = rp.probe(path)
        assert (info.exif, info.icc, info.xmp, info.frames) == (block, SRGB, b"<x/>", 3)
        animation = rp.load_animation(path)
        assert animation.loop == 7
        seen = animation.images[:, :, :, 3:] > 0
        np.testing.assert_array_equal(animation.images * seen, np.stack(moving()) * seen)


def test_an_animation_is_converted_by_its_profile_where_that_cannot_go(tmp_path: Path) -> None:
    image = np.full((8, 8, 3), (200, 30, 60), np.uint8)
    rp.save_animation([image, image[:, ::-1]], tmp_path / "a.png", icc=swapped_profile())

    rp.convert(tmp_path / "a.png", tmp_path / "a.gif")

    shown = rp.load_animation(tmp_path / "a.gif").images[1, 0, 0]
    assert np.abs(shown.astype(int) - [30, 200, 60]).max() <= 2


def test_alpha_of_an_animation_is_dropped_or_composited(tmp_path: Path) -> None:
    half = np.full((4, 4, 4), 100, np.uint8)
    rp.save_animation([half, half[::-1]], tmp_path / "a.png")

    with pytest.raises(ValueError, match="drop it or composite it"):
        rp.convert(tmp_path / "a.png", tmp_path / "a.gif")
    for policy, expected in (("drop", 100), ("composite", 60)):
        rp.convert(tmp_path / "a.png", tmp_path / "a.gif", alpha=policy, background=35)  # type: ignore[arg-type]
        assert rp.load_animation(tmp_path / "a.gif").images[1, 0, 0, 0] == expected


def test_a_gif_clears_all_that_a_transparent_frame_uncovers(tmp_path: Path) -> None:
    first = np.full((8, 8, 4), 255, np.uint8)
    second, third = first.copy(), first.copy()
    second[0, 0, :3] = 9
    third[4:, :, 3] = 0

    rp.save_animation([first, second, third, first], tmp_path / "a.gif")

    images = rp.load_animation(tmp_path / "a.gif").images
    for image, expected in zip(images, [first, second, third, first], strict=True):
        np.testing.assert_array_equal(image[:, :, 3], expected[:, :, 3])
        seen = expected[:, :, 3:] > 0
        np.testing.assert_array_equal(image * seen, expected * seen)


@pytest.mark.parametrize("name", ["gif", "png", "webp"])
def test_durations_add_up(name: str, tmp_path: Path) -> None:
    frames = [np.full((2, 2, 3), value, np.uint8) for value in range(60)]

    rp.save_animation(frames, tmp_path / f"a.{name}", duration=1000 / 60)

    assert abs(sum(rp.load_animation(tmp_path / f"a.{name}").durations) - 1000) <= 10
    rp.save_animation(frames[:2], tmp_path / f"a.{name}", duration=100_000)
    assert rp.load_animation(tmp_path / f"a.{name}").durations == (100_000, 100_000)


def test_a_gif_is_shown_as_often_as_it_was_asked_for(tmp_path: Path) -> None:
    for loop, stored in ((0, 0), (1, None), (2, 1), (5, 4)):
        rp.save_animation(moving()[:2], tmp_path / "a.gif", loop=loop, alpha="drop")
        assert rp.load_animation(tmp_path / "a.gif").loop == loop
        with Pillow.open(tmp_path / "a.gif") as picture:
            assert picture.info.get("loop") == stored


def test_colours_that_nobody_sees_take_no_place_in_a_palette() -> None:
    image = np.zeros((64, 64, 4), np.uint8)
    image[:, :, :3] = np.random.default_rng(0).integers(0, 256, (64, 64, 3))
    image[:, 32:] = 255
    image[:, 32:, :3] = (np.arange(2048) % 200).reshape(64, 32, 1)

    loaded = rp.load(rp.encode(image, "gif"))

    np.testing.assert_array_equal(loaded[:, 32:], image[:, 32:])
    assert not loaded[:, :32, 3].any()


def test_nothing_is_shown_without_a_viewer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(OperationError, match="no image viewer"):
        rp.show(make.ramp(3))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("lossless", [True, False])
def test_a_jpeg_xl_of_any_depth_says_that_its_colours_are_those_of_srgb(
    dtype: Any, channels: int, lossless: bool
) -> None:
    pytest.importorskip("imagecodecs")
    from rp_image._headers.jxl import read_header

    level = np.linspace(0.1, 0.9, 64)[:, None, None] * np.ones((1, 48, channels))
    most = 1 if dtype is np.float32 else np.iinfo(dtype).max
    image = (level * most).astype(dtype)
    data = rp.encode(image[:, :, 0] if channels == 1 else image, "jxl", lossless=lossless)

    assert read_header(data).details.is_srgb
    loaded = rp.load(data, mode="native", icc="srgb").reshape(image.shape)
    assert np.abs(loaded - image.astype(float)).max() / most <= (0 if lossless else 0.02)
    gray = rp.load(data, mode="gray", dtype="uint8")
    thumbnail = rp.thumbnail(data, side=16)
    assert abs(int(thumbnail[4, 3, 0]) - int(rp.resize(gray, (16, 12))[4, 3])) <= 2


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("kind", [1, 3, 4, 6, 8, 9, 13])
def test_an_orientation_of_any_whole_number_is_reset(name: Any, kind: int) -> None:
    size = {1: 1, 6: 1, 3: 2, 8: 2}.get(kind, 4)
    value = (6).to_bytes(size, "little") * (2 if size < 4 else 1)
    entry = struct.pack("<HHI", 0x112, kind, len(value) // size) + value.ljust(4, b"\0")
    block = struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + bytes(4)

    data = rp.encode(make.ramp(3), name, exif=block)

    assert rp.load(data).shape == (6, 9, 3)
    assert rp.probe(data).orientation == 1


def test_what_an_hdr_cannot_hold_is_refused() -> None:
    most = 2.0**127 * 511 / 512
    held = np.full((2, 2, 3), np.nextafter(np.float32(most), np.float32(0)), np.float32)
    loaded = rp.load(rp.encode(held, "hdr"))
    assert np.abs(loaded / held - 1).max() < 1 / 128
    with pytest.raises(ValueError, match="hdr"):
        rp.encode(np.full((2, 2, 3), np.float32(2.0**127), np.float32), "hdr")
    clear = np.zeros((2, 2, 4), np.float32)
    for background in (-1, 2e38):
        with pytest.raises(ValueError, match="hdr"):
            rp.encode(clear, "hdr", alpha="composite", background=background)


def test_gray_laid_on_gray_stays_gray() -> None:
    image = np.dstack([make.ramp(1), make.ramp(1)[::-1]])

    info = rp.probe(rp.encode(image, "jpeg", alpha="composite", icc=gray_profile()))

    assert info.color == "gray"
    assert (info.icc or b"")[16:20] == b"GRAY"


@pytest.mark.parametrize("duration", [np.int64(50), np.float32(50), Fraction(50)])
def test_a_duration_is_any_number(duration: Any, tmp_path: Path) -> None:
    rp.save_animation([make.ramp(3)] * 2, tmp_path / "a.gif", duration=duration)

    assert [frame.duration for frame in rp.frames(tmp_path / "a.gif")] == [50, 50]


def test_a_duration_out_of_all_range(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="duration"):
        rp.save_animation([make.ramp(3)], tmp_path / "a.gif", duration=10**400)


def test_choices_that_make_no_sense_are_errors_of_the_batch(tmp_path: Path) -> None:
    pairs = [(make.ramp(3), tmp_path / "a.png")]
    choices: list[Any] = [{"background": "red"}, {"exif": "x"}, {"quality": 0}, {"alpha": "no"}]
    for options in choices:
        with pytest.raises((TypeError, ValueError)):
            rp.save_many(pairs, on_error="skip", **options)


@pytest.mark.parametrize("backend", [None, "opencv", "codecs", "pillow"])
def test_a_profile_that_libpng_finds_odd_is_no_noise(
    backend: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    if backend not in {None, "pillow"}:
        pytest.importorskip({"opencv": "cv2", "codecs": "imagecodecs"}[str(backend)])
    odd = bytearray(SRGB)
    odd[64:68] = b"\1\0\0\0"  # The rendering intent, in the other byte order.
    data = rp.encode(make.ramp(3), "png", icc=bytes(odd))

    np.testing.assert_array_equal(rp.load(data, backend=backend), make.ramp(3))

    assert capfd.readouterr().err == ""
