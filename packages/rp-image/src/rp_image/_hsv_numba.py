"""HSV by loops that numba compiles."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def kernels() -> tuple[Any, Any]:
    """Return the compiled loops: RGB to HSV, and HSV to RGB."""
    import numba

    compiled = numba.njit(nogil=True, error_model="numpy")
    return compiled(_rgb_to_hsv), compiled(_hsv_to_rgb)


def _rgb_to_hsv(source: Any, out: Any) -> None:
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            red, green, blue = source[row, column]
            value = max(red, green, blue)
            spread = value - min(red, green, blue)
            hue = 0.0
            if spread > 0:
                if value == red:
                    hue = (green - blue) / spread / 6
                elif value == green:
                    hue = (blue - red) / spread / 6 + 1 / 3
                else:
                    hue = (red - green) / spread / 6 + 2 / 3
                if hue < 0:
                    hue += 1
            out[row, column, 0] = hue
            out[row, column, 1] = spread / abs(value) if value != 0 else 0.0
            out[row, column, 2] = value


def _hsv_to_rgb(source: Any, out: Any) -> None:
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            hue, saturation, value = source[row, column]
            six = (hue - hue // 1) * 6
            chroma = value * saturation
            for channel in range(3):
                place = six + (5 - 2 * channel)
                if place >= 6:
                    place -= 6
                most = min(place, 4 - place)
                out[row, column, channel] = value - chroma * max(0.0, min(1.0, most))
