"""Blur an image."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import Fallback, OperationError, base, extra
from rp_image._premultiply import unweighted, weighted
from rp_image._resize import check_array
from rp_image._sizes import checked_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rp_image._types import Image

_REACH: Final = 3.0
_MOST_SIGMA: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Blurring:
    """Channels (H, W) or (H, W, C) and the weights that each axis is folded with."""

    image: Image
    weights: NDArray[Any]


blur_image: Fallback[[Blurring], Image] = Fallback("rp_image.blur", error=OperationError)


@blur_image.via(needs="cv2", install=extra("opencv"), check=lambda: __import__("cv2").sepFilter2D)
def opencv(request: Blurring) -> Image:
    """Both axes in one pass of OpenCV, at float precision."""
    import cv2

    floats = np.asarray(request.image, np.float32)
    done = cv2.sepFilter2D(
        floats, cv2.CV_32F, request.weights, request.weights, borderType=cv2.BORDER_REFLECT_101
    )
    return np.asarray(done).reshape(request.image.shape)


@blur_image.via(install=base)
def numpy(request: Blurring) -> Image:
    """One axis after the other, one weight at a time."""
    work = np.asarray(request.image, np.float32)
    reach = len(request.weights) // 2
    for axis in (0, 1):
        moved = np.moveaxis(work, axis, 0)
        index = _mirrored(np.arange(-reach, len(moved) + reach), len(moved))
        out = np.zeros_like(moved)
        for tap, weight in enumerate(request.weights):
            out += moved[index[tap : tap + len(moved)]] * np.float32(weight)
        work = np.moveaxis(out, 0, axis)
    return np.ascontiguousarray(work)


def blur(image: Image, sigma: float, *, backend: str | Sequence[str] | None = None) -> Image:
    """Blur an image with a Gaussian.

    The weights are exp(-x² / (2 sigma²)) for whole x up to 3 sigma, scaled to the sum 1. Beyond the
    edges the image is mirrored, the edge itself not repeated. Where there is alpha, colours count
    by it, so that what is transparent does not bleed.

    Args:
        image: Array (H, W) or (H, W, C) with C 2 to 4; uint8, uint16 or float32.
        sigma: Standard deviation in pixels, 0 to 1000; 0 gives a copy.
        backend: Use only this backend, "opencv" or "numpy", or these in order.

    Returns:
        A new array of the same shape and type; integers are rounded.

    Raises:
        TypeError: `image` is no such array, or `sigma` no number.
        ValueError: `sigma` is out of range.
    """
    check_array(image)
    sigma = checked_number("sigma", sigma)
    if not 0 <= sigma <= _MOST_SIGMA:
        raise ValueError(f"sigma must be 0 to {_MOST_SIGMA:g}, not {sigma}")
    chain = blur_image.using(backend)
    if not sigma:
        return image.copy(order="C")
    reach = max(1, ceil(_REACH * sigma))
    with np.errstate(over="ignore"):
        weights = np.exp(-((np.arange(-reach, reach + 1) / sigma) ** 2) / 2)
    weights /= weights.sum()
    blurred = chain(Blurring(np.ascontiguousarray(weighted(image)), weights.astype(np.float32)))
    return unweighted(blurred, image.dtype, has_alpha=image.ndim == 3 and image.shape[2] in {2, 4})


def _mirrored(index: NDArray[Any], length: int) -> NDArray[Any]:
    """Fold places beyond the edges back, as often as it takes."""
    if length == 1:
        return np.zeros_like(index)
    period = 2 * (length - 1)
    folded = np.abs(index) % period
    return np.asarray(np.minimum(folded, period - folded))
