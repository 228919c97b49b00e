"""Resampling by weights: the formulas of `resize`, and nothing else."""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rp_image._types import Image

    Floats = NDArray[Any]

_LOBES: Final = 3


def _linear(old: Floats, center: Floats, scale: float) -> Floats:
    return np.maximum(0.0, 1.0 - np.abs(old + 0.5 - center) / max(1.0, scale))


def _area(old: Floats, center: Floats, scale: float) -> Floats:
    begin, end = center - scale / 2, center + scale / 2
    return np.asarray(np.maximum(0.0, np.minimum(old + 1, end) - np.maximum(old, begin)))


def _lanczos(old: Floats, center: Floats, scale: float) -> Floats:
    x = (old + 0.5 - center) / max(1.0, scale)
    return np.where(np.abs(x) < _LOBES, np.sinc(x) * np.sinc(x / _LOBES), 0.0)


FILTERS: Final[dict[str, Callable[[Floats, Floats, float], Floats]]] = {
    "linear": _linear,
    "area": _area,
    "lanczos": _lanczos,
}
METHODS: Final = ("auto", "nearest", *FILTERS)
_REACH: Final = {"linear": 1.0, "area": 0.5, "lanczos": 3.0}


def resample(image: Image, height: int, width: int, method: str) -> Image:
    """Resample columns, then rows, by the formula of a method."""
    if method == "nearest":
        rows, columns = nearest(image.shape[0], height), nearest(image.shape[1], width)
        return np.take(np.take(image, rows, axis=0), columns, axis=1)
    limits = None if image.dtype == np.float32 else np.iinfo(image.dtype)
    work = image.astype(np.float32).swapaxes(0, 1)
    for length in (width, height):
        work = _resample_rows(work, length, method)
        if limits:
            work = work.clip(limits.min, limits.max)
        work = work.swapaxes(0, 1)
    work = work.swapaxes(0, 1)
    return np.ascontiguousarray(np.rint(work) if limits else work, image.dtype)


def nearest(old_length: int, length: int) -> NDArray[Any]:
    """Return for each new sample the old one: floor((i + 0.5) * old / new), without rounding."""
    return (2 * np.arange(length) + 1) * old_length // (2 * length)


def nearest_is_ambiguous(old_length: int, length: int) -> bool:
    """Return whether a new sample falls between two old ones, and 16-bit fixed point may miss it.

    OpenCV and Pillow then take one or the other, by a rounding error.
    """
    between = 2 * length // gcd(old_length, 2 * length) % 2 == 1
    return between and (old_length << 16) % length != 0


def _resample_rows(image: Image, length: int, method: str) -> Image:
    """Resample along the first axis, one tap of the filter at a time."""
    if length == image.shape[0]:
        return image
    index, weight = taps(image.shape[0], length, method)
    shape = (length, *(1 for _ in image.shape[1:]))
    out = np.zeros((length, *image.shape[1:]), np.float32)
    with np.errstate(invalid="ignore"):  # An infinite sample, with the weight 0.
        for tap in range(index.shape[1]):
            out += image[index[:, tap]] * weight[:, tap].astype(np.float32).reshape(shape)
    return out


@lru_cache(8)
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
