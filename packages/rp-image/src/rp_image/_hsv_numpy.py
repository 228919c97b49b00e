"""HSV by numpy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rp_image._types import Image


def rgb_to_hsv(source: Image, out: Image) -> None:
    """Fill `out` with the HSV of a band (H, W, 3)."""
    red, green, blue = (source[:, :, channel] for channel in range(3))
    value = source.max(axis=2)
    spread = value - source.min(axis=2)
    colored = spread > 0
    scale = np.divide(1 / 6, spread, out=np.zeros_like(spread), where=colored)
    hue = np.where(value == green, (blue - red) * scale + 1 / 3, (red - green) * scale + 2 / 3)
    hue = np.where(value == red, (green - blue) * scale, hue)
    hue[hue < 0] += 1
    hue[~colored] = 0
    out[:, :, 0] = hue
    out[:, :, 1] = np.divide(spread, np.abs(value), out=np.zeros_like(spread), where=value != 0)
    out[:, :, 2] = value


def hsv_to_rgb(source: Image, out: Image) -> None:
    """Fill `out` with the RGB of a band (H, W, 3)."""
    hue, saturation, value = (source[:, :, channel] for channel in range(3))
    six = (hue - np.floor(hue)) * 6
    chroma = value * saturation
    for channel, start in enumerate((5, 3, 1)):
        place = (six + start) % 6
        out[:, :, channel] = value - chroma * np.minimum(place, 4 - place).clip(0, 1)
