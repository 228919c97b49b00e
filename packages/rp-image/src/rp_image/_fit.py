"""Resize an image into a box, or over one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._resize import check_array, resize
from rp_image._sizes import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._resize import Method
    from rp_image._types import Image


def resize_to_fit(
    image: Image,
    height: int | None = None,
    width: int | None = None,
    *,
    grow: bool = True,
    pad: float | Sequence[float] | None = None,
    method: Method = "auto",
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Resize an image to the largest size that fits into a box, keeping its proportions.

    Args:
        image: As in `resize`.
        height: Most rows, or None for any number.
        width: Most columns, or None for any number.
        grow: Whether an image smaller than the box is enlarged.
        pad: Colour that fills the rest of the box, with the image in the middle: one number, or one
            for each channel, in the range of the type. None: the box is not filled.
        method: As in `resize`.
        backend: As in `resize`.

    Returns:
        A new array of the same dtype and number of channels, at least 1 x 1; with `pad`, of
        exactly the height and width that are given.

    Raises:
        TypeError: As in `resize`, or a side is no int.
        ValueError: As in `resize`, or neither side is given, or one is below 1, or `pad` is no
            colour.
    """
    check_array(image)
    factors = _factors(image, height, width)
    factor = min(factors) if grow else min(1.0, *factors)
    fitted = resize(image, _scaled(image, factor, height, width), method=method, backend=backend)
    return fitted if pad is None else _padded(fitted, height, width, pad)


def resize_to_cover(
    image: Image,
    height: int,
    width: int,
    *,
    crop: bool = True,
    method: Method = "auto",
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Resize an image to the smallest size that covers a box, keeping its proportions.

    Args:
        image: As in `resize`.
        height: Rows of the box.
        width: Columns of the box.
        crop: Whether what lies outside the box is cut off, the same on both sides.
        method: As in `resize`.
        backend: As in `resize`.

    Returns:
        A new array of the same dtype and number of channels: (height, width), or larger on one
        axis without `crop`.

    Raises:
        TypeError: As in `resize`, or a side is no int.
        ValueError: As in `resize`, or a side is below 1.
    """
    check_array(image)
    factor = max(_factors(image, height, width))
    old_height, old_width = image.shape[:2]
    size = max(height, round(old_height * factor)), max(width, round(old_width * factor))
    covering = resize(image, size, method=method, backend=backend)
    if not crop or covering.shape[:2] == (height, width):
        return covering
    top, left = (covering.shape[0] - height) // 2, (covering.shape[1] - width) // 2
    return covering[top : top + height, left : left + width].copy()


def _factors(image: Image, height: int | None, width: int | None) -> list[float]:
    sides = [
        _ratio(limit, length, name)
        for limit, length, name in (
            (height, image.shape[0], "height"),
            (width, image.shape[1], "width"),
        )
        if limit is not None
    ]
    if not sides:
        raise ValueError("a height, a width, or both must be given")
    return sides


def _scaled(image: Image, factor: float, height: int | None, width: int | None) -> tuple[int, int]:
    """Round to whole pixels, at least one, and not above the box."""
    sides = zip(image.shape[:2], (height, width), strict=True)
    rows, columns = (
        max(1, min(round(length * factor), limit or round(length * factor)))
        for length, limit in sides
    )
    return rows, columns


def _padded(
    image: Image, height: int | None, width: int | None, pad: float | Sequence[float]
) -> Image:
    shape = height or image.shape[0], width or image.shape[1], *image.shape[2:]
    values = np.asarray(pad, float)
    channels = 1 if image.ndim == 2 else image.shape[2]
    if values.ndim > 1 or values.size not in {1, channels}:
        raise ValueError(f"pad must be one number or {channels}, not {pad!r}")
    if (
        image.dtype.kind == "u"
        and not ((values >= 0) & (values <= np.iinfo(image.dtype).max)).all()
    ):
        raise ValueError(f"pad must be in the range of {image.dtype}, not {pad!r}")
    out = np.empty(shape, image.dtype)
    out[...] = np.rint(values) if image.dtype.kind == "u" else values
    top, left = (shape[0] - image.shape[0]) // 2, (shape[1] - image.shape[1]) // 2
    out[top : top + image.shape[0], left : left + image.shape[1]] = image
    return out


def _ratio(limit: object, length: int, name: str) -> float:
    if not isinstance(limit, (int, np.integer)) or isinstance(limit, bool):
        raise TypeError(f"{name} must be an int or None, not {limit!r}")
    if not 1 <= limit < LONGEST:
        raise ValueError(f"{name} must be 1 to {LONGEST - 1}, not {limit}")
    return int(limit) / length
