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
    """Return colours times alpha, and alpha times its maximum, as float32.

    What has no alpha stays as it is.
    """
    if not has_alpha(image):
        return image
    out = image.astype(np.float32)
    whole = _WHOLE.get((image.dtype.str[1:], image.shape[2]))
    if whole is None or not image.flags.c_contiguous:
        alpha = out[:, :, -1].copy()
        with np.errstate(over="ignore", invalid="ignore"):
            for channel in range(image.shape[2] - 1):
                out[:, :, channel] *= alpha
        if image.dtype.kind == "f":
            out[alpha == 0] = 0  # What is not seen may be infinite, or no number.
        out[:, :, -1] *= np.float32(opaque(image.dtype))
    else:
        out *= _weights(image, whole)
    return out


def _weights(image: Image, whole: str) -> Image:
    """Return alpha once for each colour, and the maximum of alpha for alpha itself.

    Whole pixels as numbers: broadcast alpha would be multiplied four times as slowly.
    """
    bits, channels = image.itemsize * 8, image.shape[2]
    number = np.dtype(whole).type
    alpha = image.view(whole)[:, :, 0] >> number(bits * (channels - 1))
    once_each = sum(1 << (bits * channel) for channel in range(channels - 1))
    spread: Image = alpha * number(once_each) | number(((1 << bits) - 1) << (bits * (channels - 1)))
    return spread.view(image.dtype).reshape(image.shape)


def clip_weighted(image: Image, dtype: np.dtype[Any]) -> None:
    """Clip, in place, what was weighted to what integers can be: a filter may overshoot."""
    if dtype.kind != "u":
        return
    alpha = image[:, :, -1]
    np.clip(alpha, 0, np.float32(opaque(dtype) ** 2), out=alpha)
    for channel in range(image.shape[2] - 1):
        color = image[:, :, channel]
        np.clip(color, 0, alpha, out=color)


def unweighted(image: Image, dtype: np.dtype[Any], *, has_alpha: bool) -> Image:
    """Undo `weighted`: divide colours by alpha, and bring samples back to their type."""
    out = np.empty(image.shape, dtype)
    band = max(1, _BAND // max(1, image.shape[1]))
    for top in range(0, len(image), band):
        part, done = image[top : top + band], out[top : top + band]
        if not has_alpha:
            done[...] = _in_range(part, dtype)
            continue
        alpha = part[:, :, -1]
        weight = np.where(alpha > 0, alpha, np.float32(np.inf))
        for channel in range(image.shape[2] - 1):
            with np.errstate(over="ignore", invalid="ignore"):
                color = part[:, :, channel] / weight * np.float32(opaque(dtype))
            done[:, :, channel] = _in_range(color, dtype)
        done[:, :, -1] = _in_range(alpha / np.float32(opaque(dtype)), dtype)
    return out


def _in_range(samples: Image, dtype: np.dtype[Any]) -> Image:
    """Round and clip what is to become integers."""
    if dtype.kind != "u":
        return samples
    rounded = np.rint(samples)
    return rounded.clip(0, opaque(dtype), out=rounded)
