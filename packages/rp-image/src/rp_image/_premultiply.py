"""Weigh colours by alpha before they are averaged, and undo it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._pixels import opaque

if TYPE_CHECKING:
    from rp_image._types import Image

_BAND: Final = 1 << 16
_WHOLE: Final = {("u1", 2): "u2", ("u1", 4): "u4", ("u2", 2): "u4", ("u2", 4): "u8"}


def has_alpha(image: Image) -> bool:
    """Return whether the last channel is alpha."""
    return image.ndim == 3 and image.shape[2] in {2, 4}


def is_opaque(image: Image) -> bool:
    """Return whether alpha, if there is one, is all."""
    if not has_alpha(image):
        return True
    most = opaque(image.dtype)
    band = max(1, _BAND // max(1, image.shape[1]))
    whole = _WHOLE.get((image.dtype.str[1:], image.shape[2]))
    if whole is None or not image.flags.c_contiguous:
        bands = (image[top : top + band, :, -1] for top in range(0, len(image), band))
        return all(bool((part == most).all()) for part in bands)
    # Whole pixels as numbers: alpha alone would be read in strides, four times as slowly.
    pixels = image.view(whole)[:, :, 0]
    mask = np.zeros(image.shape[2], image.dtype)
    mask[-1] = most
    alpha = mask.view(whole)[0]
    parts = (pixels[top : top + band] for top in range(0, len(image), band))
    return all(bool(np.bitwise_and.reduce(part, axis=None) & alpha == alpha) for part in parts)


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
