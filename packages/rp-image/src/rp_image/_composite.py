"""Lay an image over another, or over a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._pixels import opaque, stack
from rp_image._resize import check_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rp_image._types import Image

_BAND: Final = 1 << 17


def composite(image: Image, background: Image | float | Sequence[float]) -> Image:
    """Lay an image over a background: source over, with straight alpha.

    With the alphas a and b of image and background, in 0..1, the result has the alpha
    c = a + b (1 - a) and the colour (color a + below b (1 - a)) / c (T. Porter, T. Duff,
    "Compositing digital images", 1984).

    Args:
        image: Array (H, W), (H, W, 2), (H, W, 3) or (H, W, 4); uint8, uint16 or float32.
        background: An image of the same height, width and type; or a colour: one number, or three,
            or four with alpha, in the range of the type.

    Returns:
        A new array of the same type: (H, W, 3) where the background has no alpha, else (H, W, 4).
        Integers are rounded to nearest.

    Raises:
        TypeError: An image is no such array, or the types differ.
        ValueError: The sizes differ, or the colour is out of range.
    """
    check_array(image)
    below = _background(background, image)
    has_alpha = below.shape[2] == 4
    source = stack(image, 1 if image.ndim == 2 else image.shape[2], alpha=True)
    out = np.empty((*image.shape[:2], 4 if has_alpha else 3), image.dtype)
    band = max(1, _BAND // max(1, image.shape[1]))
    for top in range(0, len(image), band):
        part = slice(top, top + band)
        under = below if len(below) == 1 else below[part]
        blended = _over_clear(source[part], under) if has_alpha else _over(source[part], under)
        out[part] = blended
    return out


def _background(background: Any, image: Image) -> Image:
    """Return the background as (H, W, C) or (1, 1, C) with C 3 or 4."""
    if isinstance(background, np.ndarray) and background.ndim > 1:
        check_array(background)
        if background.dtype != image.dtype:
            raise TypeError(f"the types differ: {image.dtype} and {background.dtype}")
        if background.shape[:2] != image.shape[:2]:
            raise ValueError(f"the sizes differ: {image.shape[:2]} and {background.shape[:2]}")
        channels = 1 if background.ndim == 2 else background.shape[2]
        return stack(background, channels, alpha=channels in {2, 4})
    return color_of(background, image.dtype)[None, None]


def color_of(color: object, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a colour, one number or three or four, as an array of 3 or 4 of a type.

    Raises:
        ValueError: It has another number of values, or one is out of the range of the type.
    """
    values = np.atleast_1d(np.asarray(color, float))
    if values.ndim != 1 or values.size not in {1, 3, 4}:
        raise ValueError(f"a colour has one, three or four values, not {color!r}")
    if not np.isfinite(values).all() or (
        dtype.kind == "u" and not ((values >= 0) & (values <= opaque(dtype))).all()
    ):
        raise ValueError(f"a colour must be in the range of {dtype}, not {color!r}")
    values = np.rint(values) if dtype.kind == "u" else values
    return np.repeat(values, 3).astype(dtype) if values.size == 1 else values.astype(dtype)


def _over(source: Image, below: Image) -> NDArray[Any]:
    """Blend over what is opaque."""
    color, alpha = source[:, :, :3], source[:, :, 3:]
    if source.dtype.kind == "f":
        return np.asarray(color * alpha + below * (1 - alpha))
    wide: Any = np.uint64 if source.dtype == np.uint16 else np.uint32
    most: Any = wide(opaque(source.dtype))
    weight = alpha.astype(wide)
    total = color * weight + below.astype(wide) * (most - weight)
    return np.asarray((total * 2 + most) // (2 * most))


def _over_clear(source: Image, below: Image) -> NDArray[Any]:
    """Blend over what may be transparent."""
    most = opaque(source.dtype)
    upper, lower = (
        source.astype(np.float64),
        np.broadcast_to(below, source.shape).astype(np.float64),
    )
    weight = upper[:, :, 3:] / most
    rest = lower[:, :, 3:] / most * (1 - weight)
    total = weight + rest
    mixed = upper[:, :, :3] * weight + lower[:, :, :3] * rest
    color = np.divide(mixed, total, out=np.zeros_like(mixed), where=total > 0)
    blended = np.concatenate([color, total * most], axis=2)
    return np.rint(blended) if source.dtype.kind == "u" else blended
