"""Rotate an image."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, isfinite, radians, sin
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_core import Fallback, OperationError, UnsupportedError, base, extra
from rp_image._composite import color_of
from rp_image._pixels import opaque
from rp_image._premultiply import has_alpha, unweighted, weighted
from rp_image._resize import check_array
from rp_image._sizes import checked_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rp_image._types import Image

_EXACT: Final = 5
_BAND: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Rotation:
    """Floats (H, W, C), the size of the result, and where each of its pixels comes from.

    Attributes:
        image: The channels, float32.
        height: Rows of the result.
        width: Columns of the result.
        matrix: (2, 3): a place (x, y, 1) of the result to one of the image, in pixels whose
            centres are whole numbers.
        fill: What is outside the image, one number for each channel.
    """

    image: Image
    height: int
    width: int
    matrix: NDArray[np.float64]
    fill: tuple[float, ...]


rotate_image: Fallback[[Rotation], Image] = Fallback("rp_image.rotate", error=OperationError)


@rotate_image.via(needs="cv2", install=extra("opencv"), check=lambda: __import__("cv2").warpAffine)
def opencv(request: Rotation) -> Image:
    """Bilinear, by OpenCV from version 5 on; earlier ones round places to 1/32 of a pixel.

    Raises:
        UnsupportedError: It is an earlier one.
    """
    import cv2

    if int(cv2.__version__.partition(".")[0]) < _EXACT:
        raise UnsupportedError("OpenCV before version 5 rounds places to 1/32 of a pixel")
    image, fill, channels = request.image, request.fill, request.image.shape[2]
    if channels == 2:  # Of two channels, version 5 rounds as the earlier ones do.
        image, fill = image[:, :, [0, 1, 1]], (fill[0], fill[1], fill[1])
    turned = cv2.warpAffine(
        image,
        request.matrix,
        (request.width, request.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=fill,
    )
    return np.asarray(turned).reshape(request.height, request.width, -1)[:, :, :channels]


@rotate_image.via(install=base)
def numpy(request: Rotation) -> Image:
    """Bilinear, from the formula, a band of rows at a time."""
    height, width = request.image.shape[:2]
    padded = np.empty((height + 2, width + 2, request.image.shape[2]), np.float32)
    padded[...] = request.fill
    padded[1:-1, 1:-1] = request.image
    out = np.empty((request.height, request.width, request.image.shape[2]), np.float32)
    band = max(1, _BAND // request.width)
    for top in range(0, request.height, band):
        rows, columns = np.mgrid[top : min(top + band, request.height), 0 : request.width]
        (a, b, c), (d, e, f) = request.matrix
        x = (a * columns + b * rows + c + 1).clip(0, width + 1)
        y = (d * columns + e * rows + f + 1).clip(0, height + 1)
        left, upper = np.minimum(x.astype(int), width), np.minimum(y.astype(int), height)
        right, lower = (x - left)[:, :, None].astype(np.float32), (y - upper)[:, :, None]
        lower = lower.astype(np.float32)
        above = padded[upper, left] * (1 - right) + padded[upper, left + 1] * right
        below = padded[upper + 1, left] * (1 - right) + padded[upper + 1, left + 1] * right
        out[top : top + band] = above * (1 - lower) + below * lower
    return out


def rotate(
    image: Image,
    degrees: float,
    *,
    expand: bool = True,
    fill: float | Sequence[float] = 0,
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Rotate an image counterclockwise around its middle.

    Quarter turns move whole pixels, exactly; other angles interpolate linearly between the four
    nearest. Where there is alpha, colours count by it.

    Args:
        image: As in `resize`.
        degrees: The angle; negative is clockwise.
        expand: Whether the result is large enough for the whole image; otherwise it keeps its size.
        fill: What fills the corners: one number, or one for each channel, in the range of the
            type. An image with alpha is transparent there unless four are given.
        backend: Use only this backend, "opencv" or "numpy", or these in order.

    Returns:
        A new array of the same dtype and number of channels.

    Raises:
        TypeError: `image` is no such array, or `degrees` no number.
        ValueError: `degrees` is not finite, or `fill` no colour.
    """
    check_array(image)
    degrees = checked_number("degrees", degrees)
    if not isfinite(degrees):
        raise ValueError(f"degrees must be finite, not {degrees}")
    chain = rotate_image.using(backend)
    corner = _fill(image, fill)
    quarters, rest = divmod(degrees, 90.0)
    if rest == 0 and (expand or quarters % 2 == 0 or image.shape[0] == image.shape[1]):
        return np.rot90(image, int(quarters) % 4).copy(order="C")
    channels = weighted(image).astype(np.float32).reshape(*image.shape[:2], -1)
    size = _expanded(image, degrees) if expand else (image.shape[0], image.shape[1])
    matrix = _matrix(image, size, degrees)
    turned = chain(Rotation(channels, size[0], size[1], matrix, corner))
    shaped = turned.reshape(*size, *image.shape[2:])
    return unweighted(shaped, image.dtype, has_alpha=has_alpha(image))


def _fill(image: Image, fill: float | Sequence[float]) -> tuple[float, ...]:
    """Return the colour of the corners for each channel, weighted by its alpha."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    values = np.atleast_1d(np.asarray(fill, float))
    if values.ndim != 1 or values.size not in {1, channels, channels - has_alpha(image)}:
        raise ValueError(f"fill must be one number or {channels}, not {fill!r}")
    for value in values:
        color_of(value, image.dtype)
    if not has_alpha(image):
        return tuple(np.broadcast_to(values, channels).tolist())
    if values.size < channels:
        return (0.0,) * channels
    return (*(values[:-1] * values[-1]).tolist(), float(values[-1] * opaque(image.dtype)))


def _expanded(image: Image, degrees: float) -> tuple[int, int]:
    """Return the height and width that the turned corners need."""
    c, s = abs(cos(radians(degrees))), abs(sin(radians(degrees)))
    height, width = image.shape[:2]
    rounding = 1e-6
    return (
        max(1, ceil(height * c + width * s - rounding)),
        max(1, ceil(width * c + height * s - rounding)),
    )


def _matrix(image: Image, size: tuple[int, int], degrees: float) -> NDArray[np.float64]:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    old_x, old_y = (image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2
    new_x, new_y = (size[1] - 1) / 2, (size[0] - 1) / 2
    return np.array([[c, -s, old_x - c * new_x + s * new_y], [s, c, old_y - s * new_x - c * new_y]])
