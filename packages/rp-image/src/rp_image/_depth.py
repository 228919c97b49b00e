"""Change the type of the samples: scaled to the range of the other type, never cast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from rp_image._types import Image

_BAND: Final = 1 << 18


def as_uint8(image: Image, *, clip: bool = False) -> Image:
    """Scale the samples to 0..255.

    Args:
        image: Array of any shape; uint8, uint16 (full scale), bool, or floats in 0..1.
        clip: Whether floats outside 0..1 are clipped; otherwise they are an error.

    Returns:
        A new uint8 array, rounded to nearest.

    Raises:
        TypeError: The samples are of another type.
        ValueError: A float is outside 0..1 and `clip` was not asked for, or is no number.
    """
    return _to_integers(image, np.dtype(np.uint8), clip=clip)


def as_uint16(image: Image, *, clip: bool = False) -> Image:
    """Scale the samples to 0..65535.

    Args:
        image: As in `as_uint8`.
        clip: As in `as_uint8`.

    Returns:
        A new uint16 array, rounded to nearest.

    Raises:
        TypeError: The samples are of another type.
        ValueError: A float is outside 0..1 and `clip` was not asked for, or is no number.
    """
    return _to_integers(image, np.dtype(np.uint16), clip=clip)


def as_float32(image: Image) -> Image:
    """Scale the samples to 0..1; floats keep their values.

    Args:
        image: As in `as_uint8`.

    Returns:
        A new float32 array.

    Raises:
        TypeError: The samples are of another type.
    """
    check_samples(image)
    if image.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return np.array(image, np.float32, order="C")
    if image.dtype.kind == "b":
        return np.array(image, np.float32, order="C")
    most = np.float32(np.iinfo(image.dtype).max)
    return np.divide(image, most, out=np.empty(image.shape, np.float32), dtype=np.float32)


def check_samples(image: object) -> None:
    """Refuse what is no array of samples whose range is known."""
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, not {type(image).__name__!r}")
    if image.dtype.kind not in "bf" and image.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"image must be uint8, uint16, bool or float, not {image.dtype}")


def _to_integers(image: Image, target: np.dtype[Any], *, clip: bool) -> Image:
    check_samples(image)
    most = int(np.iinfo(target).max)
    if image.dtype.kind == "b":
        return np.multiply(image, most, out=np.empty(image.shape, target), dtype=target)
    if image.dtype == target:
        return np.array(image, target, order="C")
    if image.dtype.kind == "u":
        return _between_integers(image, target)
    return _from_floats(image, target, clip=clip)


def _between_integers(image: Image, target: np.dtype[Any]) -> Image:
    if target == np.uint16:
        return np.multiply(image, 257, out=np.empty(image.shape, target), dtype=target)
    out = np.empty(image.shape, target)
    for place, part in _bands(image, out):
        place[...] = (part.astype(np.uint32) + 128) // 257
    return out


def _from_floats(image: Image, target: np.dtype[Any], *, clip: bool) -> Image:
    most = int(np.iinfo(target).max)
    out = np.empty(image.shape, target)
    for place, part in _bands(image, out):
        low, high = part.min(initial=0), part.max(initial=0)
        if np.isnan(low) or np.isnan(high):
            raise ValueError("a sample is not a number")
        if low < 0 or high > 1:
            if not clip:
                raise ValueError(
                    f"samples must be in 0..1, these are in {low:g}..{high:g}; "
                    "scale them, or ask for clip=True"
                )
            part = part.clip(0, 1)  # noqa: PLW2901
        wide = np.float64 if most > 255 or part.dtype == np.float64 else np.float32
        place[...] = np.rint(part.astype(wide) * most)
    return out


def _bands(image: Image, out: Image) -> Any:
    """Yield parts of the result with those of the image, so that what lies between stays small."""
    if not image.ndim:
        yield out, image
        return
    band = max(1, _BAND // max(1, image[:1].size))
    for top in range(0, len(image), band):
        yield out[top : top + band], image[top : top + band]
