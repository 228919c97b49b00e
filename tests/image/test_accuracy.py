"""Shape and colour keep to their formulas where libraries do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rp_image.sync as rp
from rp_core import LimitExceededError
from rp_image import kernels
from rp_image._decoders.inks import lab_to_rgb
from rp_image._hsv import to_hsv
from rp_image._weights import taps
from support import images as make
from support.images import Array

HSV = [backend.name for backend in to_hsv.backends if backend.state == "installed"]
RESIZE = ["opencv", "pillow", "numpy"]


def formula(image: Array, size: tuple[int, int], method: str) -> Array:
    """Resize in float64 by the formula of the docstring, colours weighed by alpha."""
    work = image.astype(float)
    most = float(np.iinfo(image.dtype).max) if image.dtype.kind == "u" else 1.0
    work[:, :, :-1] *= work[:, :, -1:] / most
    for axis, length in ((1, size[1]), (0, size[0])):
        if length == work.shape[axis]:
            continue
        kind = method
        if method == "auto":
            kind = "area" if length < work.shape[axis] else "linear"
        index, weight = taps(work.shape[axis], length, kind)
        moved = np.moveaxis(work, axis, 0)
        summed = np.einsum("ij,ij...->i...", weight, moved[index])
        if method == "lanczos" and image.dtype.kind == "u":
            summed[..., -1] = summed[..., -1].clip(0, most)
            summed[..., :-1] = summed[..., :-1].clip(0, summed[..., -1:])
        work = np.moveaxis(summed, 0, axis)
    alpha = work[:, :, -1:] / most
    work[:, :, :-1] /= np.where(alpha > 0, alpha, np.inf)
    return np.rint(work) if image.dtype.kind == "u" else work


@pytest.mark.parametrize("size", [(23, 17), (150, 40), (40, 150), (150, 160), (61, 20), (1, 1)])
@pytest.mark.parametrize("method", ["auto", "area", "linear", "lanczos"])
@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_alpha_weighs_by_the_formula(
    size: tuple[int, int], method: Any, channels: int, dtype: Any
) -> None:
    samples = np.random.default_rng(1).random((61, 73, channels))
    most = 1.0 if dtype is np.float32 else float(np.iinfo(dtype).max)
    image = (samples * most).astype(dtype)
    image[:20, :20, -1] = 0

    resized = rp.resize(image, size, method=method)

    expected = formula(image, size, method)
    seen = expected[:, :, -1] > 0.02 * most
    difference = np.abs(resized.astype(float) - expected)[seen]
    assert difference.max() <= most * (2 if method == "lanczos" else 1.01) / 255


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_mean_of_very_many_samples_is_right(dtype: Any) -> None:
    most = 1.0 if dtype is np.float32 else float(np.iinfo(dtype).max)
    image = np.full((3000, 3000), most * 0.7, dtype)

    assert abs(float(rp.resize(image, (1, 1))[0, 0]) - float(image[0, 0])) <= most / 255


def test_a_faint_alpha_gives_no_infinite_colour() -> None:
    faint = np.full((4, 4, 4), 0.5, np.float32)
    faint[:, :, 3] = 1e-39
    for image in (rp.resize(faint, (2, 2)), rp.blur(faint, 1), rp.rotate(faint, 45)):
        assert np.isfinite(image).all()
        assert image.max() <= 0.51


def test_one_transparent_pixel_changes_nothing_far_away() -> None:
    noise = np.where(np.random.default_rng(0).random((64, 64, 3)) > 0.5, 255, 0)
    opaque = np.dstack([noise, np.full((64, 64), 255)]).astype(np.uint8)
    pierced = opaque.copy()
    pierced[0, 0, 3] = 0

    one, other = (rp.resize(image, (24, 90), method="lanczos") for image in (opaque, pierced))

    assert np.abs(one.astype(int) - other)[10:, 40:].max() <= 2


@pytest.mark.parametrize("backend", HSV)
def test_hue_is_right_for_what_is_nearly_gray_or_black(backend: str) -> None:
    random = np.random.default_rng(2)
    gray = np.repeat(random.random((64, 64, 1)), 3, axis=2)
    nearly = (gray + random.random((64, 64, 3)) * 1e-5).astype(np.float32)
    dark = (random.random((64, 64, 3)) * 1e-5).astype(np.float32)
    exact = np.array([[[1, 0, 0], [60002, 60001, 60000]]], np.uint16)
    for image in (nearly, dark, exact):
        expected = rp.rgb_to_hsv(image, backend="numpy")
        hsv = rp.rgb_to_hsv(image, backend=backend)
        np.testing.assert_allclose(hsv[:, :, 1:], expected[:, :, 1:], atol=5e-5)
        turn = np.abs(hsv[:, :, 0] - expected[:, :, 0])
        assert np.minimum(turn, 1 - turn).max() <= 5e-5
    assert rp.rgb_to_hsv(exact, backend=backend)[0, 0, 1] == 1


@pytest.mark.parametrize("backend", HSV)
@pytest.mark.parametrize("hue", [-3.75, 1000.25, 1e6 + 0.25, 3e38])
def test_only_the_fraction_of_a_hue_counts(backend: str, hue: float) -> None:
    image = np.array([[[hue, 0.5, 0.5], [0.25, 0.5, 0.5]]], np.float32)

    rgb = rp.hsv_to_rgb(image, backend=backend)

    exact = np.float32(hue) - np.floor(np.float32(hue))
    same = rp.hsv_to_rgb(np.array([[[exact, 0.5, 0.5]]], np.float32), backend="numpy")
    np.testing.assert_allclose(rgb[0, 0], same[0, 0], atol=5e-5)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_rotating_is_as_exact_for_any_number_of_channels(channels: int) -> None:
    image = (np.random.default_rng(3).random((40, 60, channels)) * 255).astype(np.uint8)
    if channels in {2, 4}:
        image[:, :, -1] = 255

    one, other = (rp.rotate(image, 30, backend=name) for name in (None, "numpy"))

    assert np.abs(one.astype(int) - other).max() <= 1


def test_extreme_numbers_are_taken_or_refused() -> None:
    image = make.ramp(3)
    np.testing.assert_array_equal(rp.blur(image, 1e-200), image)
    np.testing.assert_array_equal(kernels.gaussian_kernel(3, 1e-200)[1], [0, 1, 0])
    np.testing.assert_allclose(kernels.gaussian_kernel(3, 1e200), np.full((3, 3), 1 / 9))
    calls: list[Callable[[], object]] = [
        lambda: rp.rotate(image, 10**400),
        lambda: rp.resize_to_fit(image, 10**400),
        lambda: rp.contact_sheet([rp.encode(image, "png")], columns=0),
        lambda: rp.grid([make.ramp(2)]),
    ]
    for refused in calls:
        with pytest.raises(ValueError, match=r"must be|takes no"):
            refused()
    with pytest.raises(TypeError, match="number"):
        rp.blur(image, np.complex64(1))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="position"):
        rp.draw_label(image, "x", position=(float("inf"), 0))  # type: ignore[arg-type]
    with pytest.raises(LimitExceededError, match="pixels"):
        rp.draw_label(image, "W" * 300, size=1000)
    with pytest.raises(TypeError, match="label must be a str"):
        rp.contact_sheet([rp.encode(image, "png")], labels=[5])  # type: ignore[list-item]


def test_kernels_are_bounded_by_bytes() -> None:
    for sigma in range(1, 4):
        assert kernels.gaussian_kernel(3000, sigma).nbytes > 64 << 20
    assert kernels._gaussian.cache_info().nbytes <= 64 << 20


def test_single_samples_are_scaled_to_arrays() -> None:
    assert rp.as_uint8(np.array(0.5)).shape == ()
    for array in (rp.as_uint8(np.array(True)), rp.as_uint16(np.array(5, np.uint8))):
        assert isinstance(array, np.ndarray)
    # 0.5 / 255 is a half: float32 would round it up.
    assert rp.as_uint8(np.array([0.49999999999 / 255]))[0] == 0


def test_colours_between_levels_are_rounded() -> None:
    image = make.ramp(3)
    assert rp.resize_to_fit(image, 20, 9, pad=0.9)[0, 0, 0] == 1
    assert rp.composite(np.zeros((1, 1, 4), np.uint8), 254.9)[0, 0, 0] == 255


def test_labels_are_written_on_one_channel() -> None:
    image = np.zeros((40, 40, 1), np.uint8)
    labelled = rp.draw_label(image, "x")
    assert labelled.shape == (40, 40, 1)
    np.testing.assert_array_equal(labelled[:, :, 0], rp.draw_label(image[:, :, 0], "x"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lab_without_colour_is_gray(dtype: Any) -> None:
    most = int(np.iinfo(dtype).max)
    middle = (most + 1) // 2
    lightness = np.array([0, 25, 50, 75, 100])
    samples = np.rint(lightness * most / 100)
    lab = np.stack([samples, *[np.full(5, middle)] * 2], axis=1)[None].astype(dtype)

    rgb = lab_to_rgb(lab).astype(float) / most

    assert np.ptp(rgb, axis=2).max() <= max(3e-4, 1.01 / most)  # 8 bits may round apart.
    light = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    curve = np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)
    np.testing.assert_allclose(rgb[0, :, 1], curve, atol=8e-3)
