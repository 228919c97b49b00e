"""Resize colours that count by alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._parts import in_parts
from rp_image._premultiply import clip_weighted, unweighted, weighted
from rp_image._weights import taps

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rp_image._types import Image

    Across = Callable[[Image, int, str], Image]

_BAND: Final = 1 << 16
_BANDS: Final = 8


def resize_weighted(image: Image, size: tuple[int, int], method: str, across: Across) -> Image:
    """Resize an image with alpha, a band of rows at a time, so that all stays in the CPU's cache.

    Args:
        image: Array (H, W, C), alpha last.
        size: Height and width of the result.
        method: As in `resize`, not "nearest".
        across: Resamples the columns of rows to a width, by a method.
    """
    (old_height, old_width), (height, width) = image.shape[:2], size
    down = _axis_method(method, old_height, height)
    places, weights = _taps(old_height, height, down)
    # Rows first is cheaper where they become fewer; but what overshoots is clipped across first.
    columns_first = height >= old_height or method == "lanczos"
    out = np.empty((height, width, image.shape[2]), image.dtype)
    source = old_height * old_width // height
    band = max(1, _BAND // max(width, source))

    def resample_columns(rows: Image) -> Image:
        if width != old_width:
            rows = across(rows, width, _axis_method(method, old_width, width))
        if method == "lanczos":
            clip_weighted(rows, image.dtype)
        return rows

    def resample_rows(top: int, end: int) -> Image:
        here = slice(top, end)
        low, high = int(places[here].min()), int(places[here].max()) + 1
        rows = weighted(np.ascontiguousarray(image[low:high]))
        if columns_first:
            rows = resample_columns(rows)
        return _down(rows, places[here] - low, weights[here])

    def work(first: int, end: int) -> None:
        for top in range(first, end, band * _BANDS):
            bottom = min(end, top + band * _BANDS)
            bands = [resample_rows(at, min(bottom, at + band)) for at in range(top, bottom, band)]
            rows = np.concatenate(bands)
            if not columns_first:
                rows = resample_columns(rows)
            elif method == "lanczos":
                clip_weighted(rows, image.dtype)
            out[top:bottom] = unweighted(rows, image.dtype, has_alpha=True)

    in_parts(work, height, max(width, source))
    return out


def _axis_method(method: str, old_length: int, length: int) -> str:
    if method != "auto":
        return method
    return "area" if length < old_length else "linear"


def _taps(old_length: int, length: int, method: str) -> tuple[NDArray[Any], NDArray[Any]]:
    if length == old_length:
        return np.arange(length)[:, None], np.ones((length, 1))
    return taps(old_length, length, method)


def _down(rows: Image, places: NDArray[Any], weights: NDArray[Any]) -> Image:
    """Return sums of rows: for each place in a line, the row times the weight."""
    if places.shape[1] == 1:
        return np.asarray(rows[places[:, 0]])
    out = np.zeros((len(places), *rows.shape[1:]), np.float32)
    scratch = np.empty(rows.shape[1:], np.float32)
    for line, (at, by) in enumerate(zip(places.tolist(), weights.tolist(), strict=True)):
        for place, weight in zip(at, by, strict=True):
            if weight:
                np.multiply(rows[place], weight, out=scratch)
                out[line] += scratch
    return out
