"""Change the number of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_image._pixels import luma, stack
from rp_image._resize import check_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._types import Image


def to_rgb(image: Image, *, background: float | Sequence[float] | None = None) -> Image:
    """Convert to RGB.

    Args:
        image: Array (H, W), (H, W, 2), (H, W, 3) or (H, W, 4); uint8, uint16 or float32.
        background: Colour to composite alpha over, as in `composite`. None: alpha is dropped.

    Returns:
        A new array (H, W, 3) of the same type.

    Raises:
        TypeError, ValueError: `image` is no such array, or `background` no colour.
    """
    check_array(image)
    if background is not None and _channels(image) in {2, 4}:
        from rp_image._composite import composite

        return composite(image, background)
    return stack(image, _channels(image), alpha=False)


def to_rgba(image: Image) -> Image:
    """Convert to RGBA; what has no alpha becomes opaque.

    Args:
        image: As in `to_rgb`.

    Returns:
        A new array (H, W, 4) of the same type.

    Raises:
        TypeError, ValueError: `image` is no such array.
    """
    check_array(image)
    return stack(image, _channels(image), alpha=True)


def to_gray(image: Image, *, background: float | Sequence[float] | None = None) -> Image:
    """Convert to gray: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded to nearest.

    Args:
        image: As in `to_rgb`.
        background: As in `to_rgb`.

    Returns:
        A new array (H, W) of the same type.

    Raises:
        TypeError, ValueError: `image` is no such array, or `background` no colour.
    """
    check_array(image)
    if background is not None and _channels(image) in {2, 4}:
        image = to_rgb(image, background=background)
    gray = luma(image, _channels(image))
    return gray.copy() if gray.base is not None or gray is image else gray


def _channels(image: Image) -> int:
    return 1 if image.ndim == 2 else int(image.shape[2])
