"""CMYK, YCbCr and Lab to RGB, without a colour profile."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rp_image._types import Image

_D50: Final = (0.9642, 1.0, 0.8249)
# XYZ under D50 to linear sRGB, Bradford adapted (B. Lindbloom).
_TO_SRGB: Final = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
_BAND: Final = 1 << 18
_STEPS: Final = 1 << 17


def cmyk_to_rgb(inks: Image) -> Image:
    """Return (1 - ink) * (1 - black) of each colour; the same unsigned type, rounded."""
    most = int(np.iinfo(inks.dtype).max)
    out = np.empty((*inks.shape[:2], 3), inks.dtype)
    band = max(1, _BAND // inks.shape[1])
    for top in range(0, len(inks), band):
        light = most - inks[top : top + band].astype(np.uint64)
        out[top : top + band] = (light[:, :, :3] * light[:, :, 3:4] * 2 + most) // (2 * most)
    return out


def ycc_to_rgb(
    samples: NDArray[Any],
    most: int,
    weights: Sequence[float] = (0.299, 0.587, 0.114),
    reference: Sequence[float] = (),
) -> Image:
    """Convert luma and chroma of unsigned samples up to `most` (TIFF 6.0, section 21).

    Args:
        samples: Array (H, W, 3).
        most: The largest sample.
        weights: Of red, green and blue in luma; default: those of ITU-R BT.601.
        reference: Black and white of luma and of each chroma; default: the full range.
    """
    out = np.empty(samples.shape, samples.dtype)
    band = max(1, _BAND // samples.shape[1])
    middle = (most + 1) // 2
    ranges = reference if len(reference) == 6 else (0, most, middle, most, middle, most)
    spans = (most, most - middle, most - middle)
    scales = [
        span / (white - black) if white != black else 1.0
        for span, black, white in zip(spans, ranges[::2], ranges[1::2], strict=True)
    ]
    red_weight, green_weight, blue_weight = weights
    for top in range(0, len(samples), band):
        part = samples[top : top + band].astype(np.float32)
        luma, blue, red = (
            (part[:, :, channel] - np.float32(ranges[2 * channel])) * np.float32(scales[channel])
            for channel in range(3)
        )
        reds = luma + np.float32(2 - 2 * red_weight) * red
        blues = luma + np.float32(2 - 2 * blue_weight) * blue
        greens = luma - np.float32(red_weight) * reds - np.float32(blue_weight) * blues
        greens /= np.float32(green_weight)
        out[top : top + band] = np.rint(np.stack([reds, greens, blues], axis=2)).clip(0, most)
    return out


def lab_to_rgb(samples: Image, *, white: int | None = None) -> Image:
    """Convert CIE L*a*b* under D50 to sRGB of the same type.

    Args:
        samples: Array (H, W, 3), unsigned: L from 0 to `white`, a and b in 1/256 of the range, with
            half of it for gray.
        white: The L of white; default: the largest sample.
    """
    most = int(np.iinfo(samples.dtype).max)
    out = np.empty(samples.shape, samples.dtype)
    band = max(1, _BAND // samples.shape[1])
    unit, gray = (most + 1) // 256, (most + 1) // 2
    lightness = 100 / 116 / (most if white is None else white)
    for top in range(0, len(samples), band):
        part = samples[top : top + band].astype(np.float32)
        part[:, :, 1:] -= gray
        roots = np.empty_like(part)
        roots[:, :, 1] = part[:, :, 0] * np.float32(lightness) + np.float32(16 / 116)
        roots[:, :, 0] = roots[:, :, 1] + part[:, :, 1] * np.float32(1 / 500 / unit)
        roots[:, :, 2] = roots[:, :, 1] - part[:, :, 2] * np.float32(1 / 200 / unit)
        line = (roots - np.float32(4 / 29)) * np.float32(3 * (6 / 29) ** 2)
        xyz = np.where(roots > 6 / 29, roots * roots * roots, line)
        linear = (xyz @ (_TO_SRGB * _D50).T.astype(np.float32)).clip(0, 1)
        out[top : top + band] = np.rint(_gamma()[_places(linear)] * np.float32(most))
    return out


def _places(linear: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(np.sqrt(linear) * np.float32(_STEPS)), np.int32)


@lru_cache(1)
def _gamma() -> NDArray[Any]:
    """Return the curve of sRGB at squares of even steps, which are densest where it is steepest."""
    linear = (np.arange(_STEPS + 1) / _STEPS) ** 2
    curve = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return curve.astype(np.float32)
