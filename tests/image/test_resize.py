"""`resize` follows its formulas on every backend, and the functions on it keep their promises."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_image
import rp_image.sync
from rp_core import NoBackendError
from rp_image._resize import resample_image
from support import images

BACKENDS = [backend.name for backend in resample_image.backends if backend.state == "installed"]
METHODS = ["nearest", "linear", "area", "lanczos"]
SIZES = [(24, 32), (7, 11), (48, 10), (100, 131), (96, 128), (60, 20), (1, 1), (13, 64), (9, 40)]


def by_formula(image: Any, length: int, method: str) -> Any:
    """Resample the first axis, sample by sample, as the docstring of `resize` says."""
    old = image.shape[0]
    scale = Fraction(old, length)
    out = np.empty((length, *image.shape[1:]))
    for i in range(length):
        center = (i + Fraction(1, 2)) * scale
        weights = np.array([weight(j, i, center, scale, method) for j in range(old)])
        out[i] = np.tensordot(weights / weights.sum(), image.astype(float), 1)
    return out


def weight(j: int, i: int, center: Fraction, scale: Fraction, method: str) -> float:
    """Return the weight of the old sample j in the new sample i."""
    x = float((j + Fraction(1, 2) - center) / max(Fraction(1), scale))
    if method == "nearest":
        return float(j == floor(center))
    if method == "linear":
        return max(0.0, 1 - abs(x))
    if method == "area":
        begin, end = max(Fraction(j), i * scale), min(Fraction(j + 1), (i + 1) * scale)
        return float(max(Fraction(0), end - begin))
    return float(np.sinc(x) * np.sinc(x / 3)) if abs(x) < 3 else 0.0


def noisy(dtype: Any, channels: int = 3) -> Any:
    """Return an image full of fine detail, where a wrong filter shows."""
    rng = np.random.default_rng(7)
    if dtype == np.float32:
        return rng.random((48, 64, channels), np.float32)
    return rng.integers(0, np.iinfo(dtype).max + 1, (48, 64, channels), dtype)


def is_between(old: int, new: int) -> bool:
    """Return whether a sample falls between two old ones at a scale that is no binary fraction."""
    centers = [(i + Fraction(1, 2)) * Fraction(old, new) for i in range(new)]
    return any(c.denominator == 1 for c in centers) and bool((old << 16) % new)


def declines(backend: str, method: str, size: tuple[int, int]) -> bool:
    """Return whether a backend has another formula for this."""
    height, width = size
    if method == "nearest":
        return backend != "numpy" and (is_between(48, height) or is_between(64, width))
    if backend == "opencv":
        shrinks, grows = height <= 48 and width <= 64, height >= 48 and width >= 64
        return {"area": not shrinks, "linear": not grows, "lanczos": True}[method]
    return backend == "pillow" and method == "area" and bool(48 % height or 64 % width)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_every_backend_follows_the_formula_or_declines(
    backend: str | None, method: Any, size: tuple[int, int], dtype: Any
) -> None:
    image = noisy(dtype)
    if backend and declines(backend, method, size):
        with pytest.raises(NoBackendError):
            rp_image.sync.resize(image, size, method=method, backend=backend)
        return

    resized = rp_image.sync.resize(image, size, method=method, backend=backend)

    full = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    bounds = (-np.inf, np.inf) if dtype == np.float32 else (0, full)
    exact = by_formula(image.swapaxes(0, 1), size[1], method).swapaxes(0, 1).clip(*bounds)
    exact = by_formula(exact, size[0], method).clip(*bounds)
    assert resized.dtype == dtype
    assert resized.shape == (*size, 3)
    assert resized.flags.c_contiguous
    assert np.abs(resized.astype(float) - exact).max() <= full * 2 / 255


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 1), (48, 64, 2), (48, 64, 3), (48, 64, 4)])
def test_every_number_of_channels_is_kept(shape: tuple[int, ...], backend: str) -> None:
    image = noisy(np.uint8, 4)[:, :, : shape[2]] if len(shape) == 3 else noisy(np.uint8)[:, :, 0]

    resized = rp_image.sync.resize(image, (96, 128), method="linear", backend=backend)
    expected = rp_image.sync.resize(image, (96, 128), method="linear", backend="numpy")

    assert resized.shape == (96, 128, *shape[2:])
    assert np.abs(resized.astype(int) - expected.astype(int)).max() <= 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_has_its_methods(backend: str) -> None:
    methods: dict[str, list[tuple[Any, float]]] = {
        "opencv": [("nearest", 0.5), ("nearest", 2.0), ("area", 0.5), ("linear", 2.0)],
        "pillow": [("nearest", 0.5), ("area", 0.5), ("linear", 0.3), ("lanczos", 1.7)],
        "numpy": [(method, scale) for method in METHODS for scale in (0.3, 1.7)],
    }
    for method, scale in methods[backend]:
        image = images.photo()
        exact = by_formula(image, round(len(image) * scale), method)
        resized = rp_image.sync.resize(
            image, (len(exact), image.shape[1]), method=method, backend=backend
        )
        assert np.abs(resized - exact.clip(0, 255)).max() <= 2


@pytest.mark.parametrize("backend", BACKENDS)
@given(
    old=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    new=st.tuples(st.integers(1, 15), st.integers(1, 15)),
    method=st.sampled_from(METHODS),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_tiny_images_of_extremes_follow_the_formula(
    old: tuple[int, int], new: tuple[int, int], method: Any, dtype: Any, backend: str
) -> None:
    full = int(np.iinfo(dtype).max)
    image = (np.indices(old).sum(axis=0) * 7 % 3 != 1).astype(dtype) * dtype(full)
    try:
        resized = rp_image.sync.resize(image, new, method=method, backend=backend)
    except NoBackendError:
        return

    exact = by_formula(image.swapaxes(0, 1), new[1], method).swapaxes(0, 1).clip(0, full)
    exact = by_formula(exact, new[0], method).clip(0, full)
    assert np.abs(resized.astype(float) - exact).max() <= full * 2 / 255


@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_finite_stays_near(method: Any) -> None:
    image = np.full((30, 30), 0.5, np.float32)
    image[3, 3], image[4, 4] = np.nan, np.inf

    for size in ((15, 15), (60, 60)):
        resized = rp_image.sync.resize(image, size, method=method)
        assert (resized[size[0] // 2 :] == np.float32(0.5)).all() or method == "lanczos"
        assert np.isfinite(resized[size[0] // 2 :]).all()


def test_a_view_is_resized_as_it_looks_and_left_alone() -> None:
    image = noisy(np.uint8)
    image.flags.writeable = False
    for view in (image[::-1, ::2], image.swapaxes(0, 1), image[:, :, :1], np.asfortranarray(image)):
        resized = rp_image.sync.resize(view, (9, 40))
        same = rp_image.sync.resize(view, 1)

        np.testing.assert_array_equal(
            resized, rp_image.sync.resize(np.ascontiguousarray(view), (9, 40))
        )
        assert resized.flags.writeable
        assert same.flags.writeable
        assert same.flags.c_contiguous


def test_auto_is_area_where_it_shrinks_and_linear_where_it_grows() -> None:
    image = noisy(np.uint8)
    resize = rp_image.sync.resize

    np.testing.assert_array_equal(resize(image, 0.5), resize(image, (24, 32), method="area"))
    np.testing.assert_array_equal(resize(image, 2), resize(image, (96, 128), method="linear"))
    both = resize(resize(image, (24, 64), method="area"), (24, 128), method="linear")
    np.testing.assert_array_equal(resize(image, (24, 128)), both)


@pytest.mark.parametrize("size", [1, 1.0, (48, 64)])
def test_a_scale_of_one_returns_a_copy(size: Any) -> None:
    image = noisy(np.uint8)

    copy = rp_image.sync.resize(image, size, method="lanczos")

    np.testing.assert_array_equal(copy, image)
    assert not np.shares_memory(copy, image)


@pytest.mark.parametrize(
    ("image", "size", "options", "error"),
    [
        (images.ramp(3), 0, {}, ValueError),
        (images.ramp(3), -1, {}, ValueError),
        (images.ramp(3), float("nan"), {}, ValueError),
        (images.ramp(3), float("inf"), {}, ValueError),
        (images.ramp(3), (0, 5), {}, ValueError),
        (images.ramp(3), (5, -5), {}, ValueError),
        (images.ramp(3), (5.5, 5), {}, TypeError),
        (images.ramp(3), (5,), {}, TypeError),
        (images.ramp(3), "half", {}, TypeError),
        (images.ramp(3), True, {}, TypeError),
        (images.ramp(3), 2, {"method": "cubic"}, ValueError),
        (images.ramp(3), 2, {"backend": "gimp"}, ValueError),
        (images.ramp(3).astype(np.int64), 2, {}, TypeError),
        (images.ramp(3).astype(bool), 2, {}, TypeError),
        (images.ramp(3).tolist(), 2, {}, TypeError),
        (np.zeros((0, 3, 3), np.uint8), 2, {}, ValueError),
        (np.zeros((2, 3, 5), np.uint8), 2, {}, ValueError),
    ],
)
def test_bad_arguments(image: Any, size: Any, options: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        rp_image.sync.resize(image, size, **options)


async def test_both_faces_agree() -> None:
    image = noisy(np.uint8)

    np.testing.assert_array_equal(
        await rp_image.resize(image, 0.4), rp_image.sync.resize(image, 0.4)
    )
    np.testing.assert_array_equal(
        await rp_image.resize_to_fit(image, 20), rp_image.sync.resize_to_fit(image, 20)
    )
    np.testing.assert_array_equal(await rp_image.grid([image]), rp_image.sync.grid([image]))


@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    box=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    grow=st.booleans(),
)
def test_to_fit_touches_the_box_and_never_leaves_it(
    height: int, width: int, box: tuple[int, int], grow: bool
) -> None:
    fitted = rp_image.sync.resize_to_fit(np.zeros((height, width), np.uint8), *box, grow=grow)

    assert fitted.shape[0] <= box[0]
    assert fitted.shape[1] <= box[1]
    if grow or height > box[0] or width > box[1]:
        assert fitted.shape[0] == box[0] or fitted.shape[1] == box[1]
    else:
        assert fitted.shape == (height, width)


def test_to_fit_by_one_side_and_bad_boxes() -> None:
    image = noisy(np.uint8)

    assert rp_image.sync.resize_to_fit(image, 24).shape == (24, 32, 3)
    assert rp_image.sync.resize_to_fit(image, width=16).shape == (12, 16, 3)
    assert rp_image.sync.resize_to_fit(np.zeros((2, 1000), np.uint8), 10, 10).shape == (1, 10)
    boxes: list[tuple[Any, Any]] = [((), ValueError), ((0, 5), ValueError), ((5.5,), TypeError)]
    for box, error in boxes:
        with pytest.raises(error):
            rp_image.sync.resize_to_fit(image, *box)


def test_a_grid_puts_every_image_into_its_cell() -> None:
    tiles = [np.full((4, 6, 3), shade, np.uint8) for shade in (10, 20, 30, 40, 50)]

    sheet = rp_image.sync.grid(tiles, columns=3, gap=2, background=(1, 2, 3))

    assert sheet.shape == (2 * 6 + 2, 3 * 8 + 2, 3)
    assert (sheet[2:6, 2:8] == 10).all()
    assert (sheet[8:12, 10:16] == 50).all()
    assert (sheet[8:12, 18:24] == [1, 2, 3]).all()
    assert (sheet[:2] == [1, 2, 3]).all()


def test_a_grid_mixes_gray_colour_and_alpha_and_shrinks_what_is_too_large() -> None:
    gray = np.full((8, 8), 7, np.uint8)
    color = np.full((80, 40, 3), 9, np.uint8)
    clear = np.full((8, 8, 4), 0, np.uint8)

    sheet = rp_image.sync.grid([gray, color, clear], columns=3, cell=(8, 8))

    assert sheet.shape == (8, 24, 4)
    assert (sheet[:, :8] == [7, 7, 7, 255]).all()
    assert (sheet[:, 10:14] == [9, 9, 9, 255]).all()
    assert (sheet[:, 8:10, 3] == 0).all()
    assert (sheet[:, 16:, 3] == 0).all()


@pytest.mark.parametrize(
    ("tiles", "options", "error"),
    [
        ([], {}, ValueError),
        ([images.ramp(3), images.ramp(3).astype(np.uint16)], {}, TypeError),
        ([images.ramp(3).tolist()], {}, TypeError),
        ([images.ramp(2)], {}, ValueError),
        ([images.ramp(3)], {"columns": 0}, ValueError),
        ([images.ramp(3)], {"columns": 1.5}, TypeError),
        ([images.ramp(3)], {"gap": -1}, ValueError),
        ([images.ramp(3)], {"cell": (0, 4)}, ValueError),
        ([images.ramp(3)], {"cell": 4}, TypeError),
        ([images.ramp(3)], {"cell": (4.5, 4)}, TypeError),
        ([images.ramp(3)], {"background": (1, 2)}, ValueError),
        ([images.ramp(3)], {"background": 256}, ValueError),
        ([images.ramp(3)], {"background": -1}, ValueError),
        ([images.ramp(3)], {"background": float("nan")}, ValueError),
        ([np.zeros(4, np.uint8)], {}, ValueError),
        ([np.zeros((0, 4), np.uint8)], {}, ValueError),
    ],
)
def test_bad_grids(tiles: Any, options: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        rp_image.sync.grid(tiles, **options)


def test_a_colour_that_is_not_seen_may_be_anything() -> None:
    image = np.full((20, 20, 4), 0.5, np.float32)
    image[5, 5] = np.nan, np.inf, 3e38, 0
    for result in (
        rp_image.sync.resize(image, (10, 10)),
        rp_image.sync.blur(image, 1.0),
        rp_image.sync.rotate(image, 30),
    ):
        seen = result[result[..., 3] > 0.01]
        assert np.abs(seen[:, :3] - 0.5).max() < 1e-3


@pytest.mark.parametrize("method", ["auto", "area", "linear", "lanczos"])
@pytest.mark.parametrize("size", [(1, 1), (3, 400), (40, 7), (150, 400), (350, 90)])
def test_colours_that_count_by_alpha_at_any_ratio(method: Any, size: tuple[int, int]) -> None:
    height, width = 300, 400
    image = np.full((height, width, 4), (200, 100, 50, 255), np.uint8)
    image[::2, ::2] = 0

    result = rp_image.sync.resize(image, size, method=method)

    seen = result[result[..., 3] > 8]
    assert seen.size
    most = 60 if method == "lanczos" else 1
    assert np.abs(seen[:, :3].astype(int) - [200, 100, 50]).max() <= most


@pytest.mark.parametrize("factor", [4, 16, 22, 23, 24, 40])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_single_pixel_that_is_not_seen_does_not_show(factor: int, backend: str) -> None:
    image = np.full((factor * 4, factor * 4, 4), (10, 10, 10, 255), np.uint8)
    image[factor + 1, factor + 1] = 255, 255, 255, 0

    resized = rp_image.sync.resize(image, (4, 4), method="area", backend=(backend, "numpy"))

    assert np.abs(resized[..., :3].astype(int) - 10).max() <= 1
    assert abs(resized[1, 1, 3] - 255 * (1 - 1 / factor**2)) <= 1
