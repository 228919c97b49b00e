"""Resize an image into a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._resize import check_array, resize

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
    method: Method = "auto",
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Resize an image to the largest size that fits into a box, keeping its proportions.

    Args:
        image: As in `resize`.
        height: Most rows, or None for any number.
        width: Most columns, or None for any number.
        grow: Whether an image smaller than the box is enlarged.
        method: As in `resize`.
        backend: As in `resize`.

    Returns:
        A new array of the same dtype and number of channels, at least 1 x 1.

    Raises:
        TypeError: As in `resize`, or a side is no int.
        ValueError: As in `resize`, or neither side is given, or one is below 1.
    """
    check_array(image)
    old_height, old_width = image.shape[:2]
    sides = [
        _ratio(limit, length, name)
        for limit, length, name in ((height, old_height, "height"), (width, old_width, "width"))
        if limit is not None
    ]
    if not sides:
        raise ValueError("resize_to_fit needs a height, a width, or both")
    factor = min(sides) if grow else min(1.0, *sides)
    size = max(1, round(old_height * factor)), max(1, round(old_width * factor))
    return resize(image, size, method=method, backend=backend)


def _ratio(limit: object, length: int, name: str) -> float:
    if not isinstance(limit, (int, np.integer)) or isinstance(limit, bool):
        raise TypeError(f"{name} must be an int or None, not {limit!r}")
    if limit < 1:
        raise ValueError(f"{name} must be at least 1, not {limit}")
    return int(limit) / length
