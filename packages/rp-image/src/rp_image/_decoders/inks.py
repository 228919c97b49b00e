"""CMYK, YCbCr and Lab to RGB, without a colour profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
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


def cmyk_to_rgb(inks: Image) -> Image:
    """Return (1 - ink) * (1 - black) of each colour; the same unsigned type, rounded."""
    most = int(np.iinfo(inks.dtype).max)
    out = np.empty((*inks.shape[:2], 3), inks.dtype)
    band = max(1, _BAND // inks.shape[1])
    for top in range(0, len(inks), band):
        light = most - inks[top : top + band].astype(np.uint64)
        out[top : top + band] = (light[:, :, :3] * light[:, :, 3:4] * 2 + most) // (2 * most)
    return out


def ycc_to_rgb(samples: NDArray[Any], most: int) -> Image:
    """Convert luma and chroma (ITU-R BT.601, full range) of unsigned samples up to `most`."""
    out = np.empty(samples.shape, samples.dtype)
    band = max(1, _BAND // samples.shape[1])
    middle = (most + 1) // 2
    for top in range(0, len(samples), band):
        part = samples[top : top + band].astype(np.float32)
        luma, blue, red = part[:, :, 0], part[:, :, 1] - middle, part[:, :, 2] - middle
        rgb = [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue]
        out[top : top + band] = np.rint(np.stack(rgb, axis=2)).clip(0, most)
    return out


def lab_to_rgb(samples: Image) -> Image:
    """Convert CIE L*a*b* under D50, as PSD stores it, to sRGB of the same type.

    L is scaled from 0..100, a and b are offset by half the range.
    """
    most = int(np.iinfo(samples.dtype).max)
    out = np.empty(samples.shape, samples.dtype)
    band = max(1, _BAND // samples.shape[1])
    unit = most / 255
    for top in range(0, len(samples), band):
        part = samples[top : top + band].astype(np.float64)
        fy = (part[:, :, 0] * (100 / most) + 16) / 116
        fx = fy + (part[:, :, 1] / unit - 128) / 500
        fz = fy - (part[:, :, 2] / unit - 128) / 200
        cubes = np.stack([fx, fy, fz], axis=2)
        xyz = np.where(cubes > 6 / 29, cubes**3, (cubes - 4 / 29) * 3 * (6 / 29) ** 2) * _D50
        linear = (xyz @ _TO_SRGB.T).clip(0, 1)
        curve = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
        out[top : top + band] = np.rint(curve * most)
    return out
