"""Colour, depth, compositing, blur, rotation and kernels follow their formulas on every backend."""

from __future__ import annotations

import colorsys
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import rp_image.sync as rp
from rp_core import NoBackendError
from rp_image import _blur, _hsv, _rotate, kernels
from support import images as make
from support.images import Array

FLOATS = make.ramp(4).astype(np.float32) / 255


def names(chain: Any) -> list[str]:
    return [backend.name for backend in chain.backends if backend.state == "installed"]


def of_every_kind() -> list[Array]:
    return [
        make.ramp(channels).astype(dtype) * (257 if dtype == np.uint16 else 1)
        if dtype != np.float32
        else FLOATS[:, :, :channels] if channels > 1 else FLOATS[:, :, 0]
        for channels in (1, 2, 3, 4)
        for dtype in (np.uint8, np.uint16, np.float32)
    ]  # fmt: skip


@pytest.mark.parametrize("image", of_every_kind(), ids=lambda a: f"{a.dtype}{a.shape}")
def test_channels_are_changed_and_the_type_is_kept(image: Array) -> None:
    most = {"uint8": 255, "uint16": 65535, "float32": 1}[str(image.dtype)]
    planes = image.reshape(*image.shape[:2], -1)
    color = planes[:, :, :3] if planes.shape[2] > 2 else np.repeat(planes[:, :, :1], 3, axis=2)
    alpha = planes[:, :, -1] if planes.shape[2] in {2, 4} else np.full(image.shape[:2], most)

    np.testing.assert_array_equal(rp.to_rgb(image), color)
    np.testing.assert_array_equal(rp.to_rgba(image), np.dstack([color, alpha]).astype(image.dtype))
    gray = color.astype(float) @ [0.299, 0.587, 0.114]
    assert np.abs(rp.to_gray(image) - gray).max() <= (0.5001 if most > 1 else 1e-6)
    for result in (rp.to_rgb(image), rp.to_rgba(image), rp.to_gray(image)):
        assert result.dtype == image.dtype
        assert not np.shares_memory(result, image)
        assert result.flags.c_contiguous


def test_samples_are_scaled_and_not_cast() -> None:
    deep = np.arange(65536, dtype=np.uint16)
    np.testing.assert_array_equal(rp.as_uint8(deep), np.rint(deep / 257))
    flat = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(rp.as_uint16(flat), flat.astype(np.uint16) * 257)
    np.testing.assert_array_equal(rp.as_uint8(rp.as_float32(flat)), flat)
    np.testing.assert_array_equal(rp.as_uint16(rp.as_float32(deep)), deep)
    np.testing.assert_array_equal(rp.as_uint8(np.array([True, False])), [255, 0])


@pytest.mark.parametrize("convert", [rp.as_uint8, rp.as_uint16])
def test_floats_out_of_range_are_an_error_unless_clipped(convert: Any) -> None:
    high = np.array([0.5, 1.25], np.float32)

    with pytest.raises(ValueError, match=r"in 0\.\.1\.25"):
        convert(high)
    assert convert(high, clip=True)[1] == np.iinfo(convert(high, clip=True).dtype).max
    for clip in (False, True):
        with pytest.raises(ValueError, match="not a number"):
            convert(np.array([np.nan]), clip=clip)


@pytest.mark.parametrize("bad", [np.zeros(3, int), np.zeros(3, complex), [1, 2]])
def test_other_types_are_refused(bad: Any) -> None:
    for convert in (rp.as_uint8, rp.as_uint16, rp.as_float32):
        with pytest.raises(TypeError):
            convert(bad)


@pytest.mark.parametrize("backend", names(_hsv.to_hsv))
def test_hsv_is_what_colorsys_says(backend: str) -> None:
    random = np.random.default_rng(1)
    image = random.random((40, 50, 4), np.float32)
    image[:5, :, :3] = image[:5, :, :1]
    image[5, :, :3] = 0
    expected = [colorsys.rgb_to_hsv(*p) for p in image[:, :, :3].reshape(-1, 3).astype(float)]

    hsv = rp.rgb_to_hsv(image, backend=backend)

    assert hsv.dtype == np.float32
    assert np.abs(hsv[:, :, :3].reshape(-1, 3) - expected).max() < 5e-5
    np.testing.assert_array_equal(hsv[:, :, 3], image[:, :, 3])
    np.testing.assert_array_equal(hsv[:5, :, :2], 0)
    assert np.abs(rp.hsv_to_rgb(hsv, backend=backend) - image).max() < 5e-5


@pytest.mark.parametrize("backend", names(_hsv.to_rgb))
@pytest.mark.parametrize("turns", [-3, -1, 1, 7])
def test_only_the_fraction_of_a_hue_counts(backend: str, turns: int) -> None:
    hsv = rp.rgb_to_hsv(FLOATS)
    turned = hsv + np.array([turns, 0, 0, 0], np.float32)

    difference = rp.hsv_to_rgb(turned, backend=backend) - rp.hsv_to_rgb(hsv, backend=backend)
    assert np.abs(difference).max() < 5e-5


def test_numba_is_not_imported_for_its_own_sake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    for backend in _hsv.to_hsv.backends[:1]:
        monkeypatch.setattr(backend, "_obstacle", NoBackendError("hidden"))
        monkeypatch.setattr(backend, "_settled", True)

    rp.rgb_to_hsv(FLOATS)

    assert "numba" not in sys.modules


@given(image=arrays(np.uint8, (3, 4, 4)), below=arrays(np.uint8, (3, 4, 4)), opaque=st.booleans())
def test_compositing_follows_porter_and_duff(image: Array, below: Array, opaque: bool) -> None:
    if opaque:
        below = below[:, :, :3]
    a = image[:, :, 3:] / 255
    b = np.ones_like(a) if opaque else below[:, :, 3:] / 255
    total = a + b * (1 - a)
    color = image[:, :, :3] * a + below[:, :, :3] * b * (1 - a)
    expected = np.divide(color, total, out=np.zeros_like(color), where=total > 0)

    result = rp.composite(image, below)

    assert result.shape == below.shape
    assert np.abs(result[:, :, :3] - expected).max() <= 0.5 + 1e-6
    if not opaque:
        assert np.abs(result[:, :, 3:] - total * 255).max() <= 0.5 + 1e-6


def test_compositing_over_a_colour() -> None:
    full = make.ramp(4)

    np.testing.assert_array_equal(rp.composite(full, 255), rp.to_rgb(full, background=255))
    assert rp.composite(full, (1, 2, 3, 0)).shape == full.shape
    for bad in (256, -1, (1, 2), np.nan):
        with pytest.raises(ValueError, match="colour"):
            rp.composite(full, bad)
    with pytest.raises(ValueError, match="sizes differ"):
        rp.composite(full, full[1:])
    with pytest.raises(TypeError, match="types differ"):
        rp.composite(full, FLOATS)


@pytest.mark.parametrize("backend", names(_blur.blur_image))
@pytest.mark.parametrize("sigma", [0.4, 1, 2.7, 9])
@pytest.mark.parametrize("channels", [1, 3])
def test_blur_is_a_gaussian(backend: str, sigma: float, channels: int) -> None:
    image = make.ramp(channels)
    reach = max(1, int(np.ceil(3 * sigma)))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    work = image.astype(float)
    for axis in (0, 1):
        pad = [(reach, reach) if at == axis else (0, 0) for at in range(work.ndim)]
        padded = np.pad(work, pad, mode="reflect")
        length = work.shape[axis]
        work = sum(
            w * np.take(padded, range(tap, tap + length), axis) for tap, w in enumerate(weights)
        )

    assert np.abs(rp.blur(image, sigma, backend=backend) - work).max() <= 0.51


@pytest.mark.parametrize("backend", names(_blur.blur_image))
def test_what_is_transparent_does_not_bleed(backend: str) -> None:
    image = np.zeros((9, 9, 4), np.uint8)
    image[:, :4] = (10, 200, 30, 255)
    image[:, 4:, 0] = 255

    blurred = rp.blur(image, 2, backend=backend)
    shown = blurred[:, :, 3] > 0

    assert np.abs(blurred[shown][:, :3].astype(int) - (10, 200, 30)).max() <= 1
    small = rp.resize(image, (5, 5))
    shown = small[:, :, 3] > 0
    assert np.abs(small[shown][:, :3].astype(int) - (10, 200, 30)).max() <= 1


@pytest.mark.parametrize("sigma", [-1, np.nan, 2000])
def test_a_blur_that_makes_no_sense(sigma: float) -> None:
    with pytest.raises(ValueError, match="sigma must be"):
        rp.blur(make.ramp(3), sigma)


@pytest.mark.parametrize("image", of_every_kind(), ids=lambda a: f"{a.dtype}{a.shape}")
@pytest.mark.parametrize("quarters", range(-1, 5))
def test_quarter_turns_are_exact(image: Array, quarters: int) -> None:
    np.testing.assert_array_equal(rp.rotate(image, quarters * 90), np.rot90(image, quarters))


@pytest.mark.parametrize("backend", names(_rotate.rotate_image))
@pytest.mark.parametrize("degrees", [10, 45, -133.7])
def test_backends_rotate_the_same(backend: str, degrees: float) -> None:
    photo = make.photo()
    try:
        turned = rp.rotate(photo, degrees, backend=backend)
    except NoBackendError:
        assert backend == "opencv"
        return

    assert np.abs(turned.astype(int) - rp.rotate(photo, degrees, backend="numpy")).max() <= 1


def test_a_small_turn_there_and_back_keeps_the_middle() -> None:
    photo = make.photo()
    back = rp.rotate(rp.rotate(photo, 20), -20)
    top, left = (back.shape[0] - 20) // 2, (back.shape[1] - 20) // 2
    middle = back[top : top + 20, left : left + 20].astype(int)

    assert np.abs(middle - photo[14:34, 22:42]).max() <= 6
    assert rp.rotate(photo, 20, expand=False).shape == photo.shape


def test_the_corners_are_filled() -> None:
    full = rp.to_rgba(make.photo())

    assert rp.rotate(full, 45)[0, 0].tolist() == [0, 0, 0, 0]
    assert rp.rotate(full[:, :, :3], 45, fill=(1, 2, 3))[0, 0].tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="fill"):
        rp.rotate(full, 45, fill=(1, 2))


def test_kernels() -> None:
    assert kernels.circle_kernel(1).tolist() == [[True]]
    assert kernels.circle_kernel(2).all()
    for diameter in (3, 8, 21):
        disk = kernels.circle_kernel(diameter)
        place = np.arange(diameter) - (diameter - 1) / 2
        np.testing.assert_array_equal(disk, np.hypot.outer(place, place) <= diameter / 2)
    gaussian = kernels.gaussian_kernel(5, 1.5)
    place = np.arange(5) - 2.0
    expected = np.exp(-np.add.outer(place**2, place**2) / (2 * 1.5**2))
    np.testing.assert_allclose(gaussian, expected / expected.sum())
    np.testing.assert_allclose(kernels.gaussian_kernel(6, 1e-9).sum(), 1)


def test_kernels_are_remembered_and_cannot_be_spoilt() -> None:
    kernel = kernels.gaussian_kernel(5, 2)

    assert np.shares_memory(kernels.gaussian_kernel(5, 2.0), kernel)
    with pytest.raises(ValueError, match="read-only"):
        kernel[0, 0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        kernel.setflags(write=True)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((0,), ValueError), ((5000,), ValueError), ((1.5,), TypeError), ((True,), TypeError)],
)
def test_kernels_that_make_no_sense(arguments: tuple[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        kernels.circle_kernel(*arguments)
    with pytest.raises(error):
        kernels.gaussian_kernel(*arguments, 1)
    with pytest.raises(ValueError, match="sigma"):
        kernels.gaussian_kernel(3, 0)
