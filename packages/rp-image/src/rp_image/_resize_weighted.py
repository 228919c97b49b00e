"""Resize colours that count by alpha."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._parts import in_parts
from rp_image._premultiply import clip_weighted, unweighted, weighted
from rp_image._weights import taps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from rp_image._types import Image

    Across = Callable[[Image, int, str], Image]

_BAND: Final = 1 << 16
_BANDS: Final = 8
_LEAST_ROWS: Final = 12


def resize_weighted(image: Image, size: tuple[int, int], method: str, across: Across) -> Image:
    """Resize an image with alpha, a band of rows at a time, so that all stays in the CPU's cache.

    Args:
        image: Array (H, W, C), alpha last.
        size: Height and width of the result.
        method: As in `resize`, not "nearest".
        across: Resamples the columns of rows to a width, by a method.
    """
    (old_height, old_width), (height, width) = image.shape[:2], size
    places, weights = _taps(old_height, height, _axis_method(method, old_height, height))
    source = old_height * old_width // height
    # Rows first is cheaper where they become fewer; but what overshoots is clipped across first.
    columns_first = height >= old_height or method == "lanczos"
    band = max(1, _BAND // max(width, source))
    if columns_first and height < old_height:
        # Neighbours share source rows, whose columns would be resampled again for each band.
        band = max(band, _LEAST_ROWS)
    job = _Job(image, width, method, across, places, weights, columns_first, band)
    out = np.empty((height, width, image.shape[2]), image.dtype)

    def work(first: int, end: int) -> None:
        for top in range(first, end, band * _BANDS):
            bottom = min(end, top + band * _BANDS)
            out[top:bottom] = unweighted(job.rows(top, bottom), image.dtype, has_alpha=True)

    in_parts(work, height, max(width, source))
    return out


@dataclass(frozen=True, slots=True)
class _Job:
    """An image to be resized to a width; the source rows of each row, and their weights."""

    image: Image
    width: int
    method: str
    across: Across
    places: NDArray[Any]
    weights: NDArray[Any]
    columns_first: bool
    band: int

    def rows(self, top: int, bottom: int) -> Image:
        """Return rows of the result, weighted."""
        starts = range(top, bottom, self.band)
        bands = [self._resample_rows(at, min(bottom, at + self.band)) for at in starts]
        rows = np.concatenate(bands)
        if not self.columns_first:
            return self._resample_columns(rows)
        self._clip(rows)
        return rows

    def _resample_rows(self, top: int, end: int) -> Image:
        places, weights = self.places[top:end], self.weights[top:end]
        low, high = int(places.min()), int(places.max()) + 1
        parts = self._weighted_rows(low, high)
        if self.columns_first:
            rows = np.concatenate([self._resample_columns(part) for _, part in parts])
            return _down([(low, rows)], places, weights)
        return _down(parts, places, weights)

    def _weighted_rows(self, low: int, high: int) -> Iterator[tuple[int, Image]]:
        """Yield source rows, a few at a time, and the place of the first."""
        count = max(1, _BAND // max(self.width, self.image.shape[1]))
        for at in range(low, high, count):
            yield at, weighted(np.ascontiguousarray(self.image[at : min(at + count, high)]))

    def _resample_columns(self, rows: Image) -> Image:
        old_width = self.image.shape[1]
        if self.width != old_width:
            rows = self.across(rows, self.width, _axis_method(self.method, old_width, self.width))
        self._clip(rows)
        return rows

    def _clip(self, rows: Image) -> None:
        if self.method == "lanczos":
            clip_weighted(rows, self.image.dtype)


def _axis_method(method: str, old_length: int, length: int) -> str:
    if method != "auto":
        return method
    return "area" if length < old_length else "linear"


def _taps(old_length: int, length: int, method: str) -> tuple[NDArray[Any], NDArray[Any]]:
    if length == old_length:
        return np.arange(length)[:, None], np.ones((length, 1))
    return taps(old_length, length, method)


def _down(parts: Iterable[tuple[int, Image]], places: NDArray[Any], weights: NDArray[Any]) -> Image:
    """Return sums of rows, each times its weight; `parts` are rows and the place of the first."""
    out = np.zeros(0, np.float32)
    for start, rows in parts:
        if not out.size:
            out = np.zeros((len(places), *rows.shape[1:]), np.float32)
            scratch = np.empty(rows.shape[1:], np.float32)
        used = (places >= start) & (places < start + len(rows)) & (weights != 0)
        for line, mask in enumerate(used):
            at, by = places[line, mask].tolist(), weights[line, mask].tolist()
            for place, weight in zip(at, by, strict=True):
                np.multiply(rows[place - start], weight, out=scratch)
                out[line] += scratch
    return out
