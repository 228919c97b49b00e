"""Resampling by weights: the formulas of `resize`, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rp_image._types import Image

    Floats = NDArray[Any]

_LOBES: Final = 3


def _nearest(old: Floats, center: Floats, scale: float) -> Floats:  # noqa: ARG001
    return np.asarray(old == np.floor(center), float)


def _linear(old: Floats, center: Floats, scale: float) -> Floats:
    return np.maximum(0.0, 1.0 - np.abs(old + 0.5 - center) / max(1.0, scale))


def _area(old: Floats, center: Floats, scale: float) -> Floats:
    begin, end = center - scale / 2, center + scale / 2
    return np.asarray(np.maximum(0.0, np.minimum(old + 1, end) - np.maximum(old, begin)))


def _lanczos(old: Floats, center: Floats, scale: float) -> Floats:
    x = (old + 0.5 - center) / max(1.0, scale)
    return np.where(np.abs(x) < _LOBES, np.sinc(x) * np.sinc(x / _LOBES), 0.0)


FILTERS: Final[dict[str, Callable[[Floats, Floats, float], Floats]]] = {
    "nearest": _nearest,
    "linear": _linear,
    "area": _area,
    "lanczos": _lanczos,
}
_REACH: Final = {"nearest": 0.5, "linear": 1.0, "area": 0.5, "lanczos": 3.0}


def resample(image: Image, height: int, width: int, method: str) -> Image:
    """Resample rows, then columns, by the formula of a method."""
    work = image.astype(np.float32)
    work = _resample_rows(work, height, method)
    work = _resample_rows(work.swapaxes(0, 1), width, method).swapaxes(0, 1)
    if image.dtype != np.float32:
        limits = np.iinfo(image.dtype)
        work = np.clip(np.rint(work), limits.min, limits.max)
    return np.ascontiguousarray(work, image.dtype)


def _resample_rows(image: Image, length: int, method: str) -> Image:
    """Resample along the first axis, one tap of the filter at a time."""
    if length == image.shape[0]:
        return image
    index, weight = taps(image.shape[0], length, method)
    shape = (length, *(1 for _ in image.shape[1:]))
    out = np.zeros((length, *image.shape[1:]), np.float32)
    for tap in range(index.shape[1]):
        out += image[index[:, tap]] * weight[:, tap].astype(np.float32).reshape(shape)
    return out


def taps(old_length: int, length: int, method: str) -> tuple[NDArray[Any], Floats]:
    """Return the old samples that each new one is made of, and their weights: (length, taps)."""
    scale = old_length / length
    center = (np.arange(length) + 0.5) * scale
    reach = _REACH[method] * (scale if method == "area" else max(1.0, scale))
    first = np.floor(center - reach).astype(int)
    old = first[:, None] + np.arange(int(np.ceil(2 * reach)) + 2)
    weight = FILTERS[method](old.astype(float), center[:, None], scale)
    weight[(old < 0) | (old >= old_length)] = 0.0
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(old, 0, old_length - 1), weight
