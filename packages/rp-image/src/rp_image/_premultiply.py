"""Weigh colours by alpha before they are averaged, and undo it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rp_image._pixels import opaque

if TYPE_CHECKING:
    from rp_image._types import Image


def has_alpha(image: Image) -> bool:
    """Return whether the last channel is alpha."""
    return image.ndim == 3 and image.shape[2] in {2, 4}


def is_opaque(image: Image) -> bool:
    """Return whether alpha, if there is one, is all."""
    return not has_alpha(image) or bool((image[:, :, -1] == opaque(image.dtype)).all())


def weighted(image: Image) -> Image:
    """Return colours times alpha / its maximum, as float32; what has no alpha stays as it is."""
    if not has_alpha(image):
        return image
    out = image.astype(np.float32)
    out[:, :, :-1] *= out[:, :, -1:] * np.float32(1 / opaque(image.dtype))
    return out


def unweighted(image: Image, dtype: np.dtype[Any], *, has_alpha: bool) -> Image:
    """Divide colours by alpha, and bring samples back to their type."""
    work = np.asarray(image, np.float32)
    if has_alpha:
        alpha = work[:, :, -1:] * np.float32(1 / opaque(dtype))
        color = work[:, :, :-1]
        straight = np.divide(color, alpha, out=np.zeros_like(color), where=alpha > 0)
        work = np.concatenate([straight, work[:, :, -1:]], axis=2)
    if dtype.kind != "u":
        return np.ascontiguousarray(work, dtype)
    rounded = np.rint(work)
    return np.ascontiguousarray(rounded.clip(0, opaque(dtype), out=rounded), dtype)
