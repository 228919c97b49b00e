"""Change the size of an image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from rp_core import Fallback, OperationError, UnsupportedError, base, extra
from rp_image._premultiply import has_alpha, is_opaque
from rp_image._resize_weighted import resize_weighted
from rp_image._sizes import target_size
from rp_image._weights import METHODS, nearest_is_ambiguous, resample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_image._types import Image

Method: TypeAlias = Literal["auto", "nearest", "linear", "area", "lanczos"]
_DTYPES: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))
_MOST_SUMMED: Final = 1 << 16  # OpenCV sums in 32 bits: of more, floats drift, integers overflow.
_SAMPLED: Final = 64


@dataclass(frozen=True, slots=True)
class Resizing:
    """An image and the size that it is to have, by one method on both axes."""

    image: Image
    height: int
    width: int
    method: str

    @property
    def shrinks(self) -> bool:
        """Whether neither axis grows."""
        height, width = size_of(self.image)
        return self.height <= height and self.width <= width

    @property
    def samples_each(self) -> float:
        """How many old samples a new one is made of, where the image shrinks."""
        height, width = size_of(self.image)
        return height * width / (self.height * self.width)

    @property
    def grows(self) -> bool:
        """Whether neither axis shrinks."""
        height, width = size_of(self.image)
        return self.height >= height and self.width >= width


def _is_nearest_ambiguous(request: Resizing) -> bool:
    height, width = size_of(request.image)
    return nearest_is_ambiguous(height, request.height) or nearest_is_ambiguous(
        width, request.width
    )


def size_of(image: Image) -> tuple[int, int]:
    """Return height and width."""
    height, width = image.shape[:2]
    return int(height), int(width)


resample_image: Fallback[[Resizing], Image] = Fallback("rp_image.resize", error=OperationError)


@resample_image.via(needs="cv2", install=extra("opencv"), check=lambda: _cv2().resize)
def opencv(request: Resizing) -> Image:
    """Nearest; area where it shrinks; linear where it grows (OpenCV does not antialias)."""
    cv2 = _cv2()
    fits = {
        "nearest": not _is_nearest_ambiguous(request),
        "area": request.shrinks and request.samples_each <= _MOST_SUMMED,
        "linear": request.grows,
        "lanczos": False,
    }
    if not fits[request.method]:
        raise UnsupportedError(f"OpenCV has another formula for {request.method} at this scale")
    flag = {
        "nearest": cv2.INTER_NEAREST_EXACT,
        "area": cv2.INTER_AREA,
        "linear": cv2.INTER_LINEAR,
    }[request.method]
    size = request.width, request.height
    return np.asarray(cv2.resize(request.image, size, interpolation=flag))


@resample_image.via(needs="PIL", install=base)
def pillow(request: Resizing) -> Image:
    """All but area: Pillow's box counts a pixel wholly or not at all."""
    if request.method == "area" and not _is_whole_factor(request):
        raise UnsupportedError("Pillow has another formula for area at this scale")
    if request.method == "nearest" and _is_nearest_ambiguous(request):
        raise UnsupportedError("Pillow rounds where a sample falls between two")
    from rp_image._resize_pillow import resize_by_pillow

    size = request.width, request.height
    return resize_by_pillow(request.image, size, request.method)


@resample_image.via(install=base)
def numpy(request: Resizing) -> Image:
    """Every method, straight from its formula."""
    return resample(request.image, request.height, request.width, request.method)


def resize(
    image: Image,
    size: float | tuple[int, int],
    *,
    method: Method = "auto",
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Resize an image.

    Each axis is resampled by itself, columns first. With `s` = old length / new length, the new
    sample `i` stands at `c = (i + 0.5) * s` on the old axis, where the old sample `j` stands at
    `j + 0.5`; its value is the mean of the old samples, weighted by:

    - "nearest": 1 for `j = floor(c)`, else 0.
    - "linear": `max(0, 1 - |j + 0.5 - c| / max(1, s))`.
    - "area": how much of `[i * s, (i + 1) * s]` the old sample covers with `[j, j + 1]`.
    - "lanczos": `sinc(x) * sinc(x / 3)` for `|x| < 3`, else 0; `x = (j + 0.5 - c) / max(1, s)`.

    The weights of the samples inside the image are scaled to the sum 1. The `max(1, s)` widens a
    filter when it shrinks the image, so that fine detail is averaged and does not alias. Integers
    are clipped to their range after each axis, which matters where lanczos overshoots, and rounded
    at the end. Where pixels are transparent, colours count by their alpha, so that what is not
    seen does not show at the edges. An image of its own size is copied at once.

    Args:
        image: Array (H, W) or (H, W, C) with C 1 to 4; uint8, uint16 or float32.
        size: (height, width) in pixels, or one factor for both axes; a factor rounds to whole
            pixels, at least one.
        method: One of the above, or "auto": area on an axis that shrinks, linear on one that grows.
        backend: Use only this backend, "opencv", "pillow" or "numpy", or these in order. All agree
            within 2 levels of 255; one that has another formula declines.

    Returns:
        A new array of the same dtype and number of channels, also where the size stays.

    Raises:
        TypeError: `image` is no such array, or `size` neither a number nor a pair of ints.
        ValueError: The shape, the size or the method makes no sense.
        NoBackendError: The backend that was asked for declines.
    """
    check_array(image)
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    resample_chain = resample_image.using(backend)
    height, width = target_size(image.shape, size)
    if (height, width) == image.shape[:2]:
        return image.copy(order="C")
    plainly = partial(_resample, image, height, width, method, resample_chain)
    if method == "nearest" or not has_alpha(image):
        return plainly()
    if _averages_integers(image, height, width, method) and is_opaque(image[::_SAMPLED]):
        # Quicker than to look at every pixel first. Alpha that rounds to all lacks half a level at
        # most, by which no colour can be off by more than that.
        resized = plainly()
        if is_opaque(resized):
            return resized
    elif is_opaque(image):
        return plainly()
    return resize_weighted(image, (height, width), method, partial(_across, resample_chain))


def _averages_integers(image: Image, height: int, width: int, method: str) -> bool:
    shrinks = height <= image.shape[0] and width <= image.shape[1]
    return shrinks and method in {"auto", "area"} and image.dtype.kind == "u"


def _resample(
    image: Image,
    height: int,
    width: int,
    method: str,
    resample_chain: Callable[[Resizing], Image],
) -> Image:
    """Resample all channels alike."""
    work = image
    for axis_height, axis_width, axis_method in _steps(image, height, width, method):
        work = np.ascontiguousarray(work)
        resized = resample_chain(Resizing(work, axis_height, axis_width, axis_method))
        work = resized.reshape(axis_height, axis_width, *image.shape[2:])
    return work


def _across(
    resample_chain: Callable[[Resizing], Image], rows: Image, width: int, method: str
) -> Image:
    """Resample the columns of some rows."""
    done = resample_chain(Resizing(np.ascontiguousarray(rows), len(rows), width, method))
    return done.reshape(len(rows), width, *rows.shape[2:])


def _steps(image: Image, height: int, width: int, method: str) -> list[tuple[int, int, str]]:
    """Resolve "auto": one step where both axes do the same, else first the axis that shrinks."""
    if method != "auto":
        return [(height, width, method)]
    old_height, old_width = image.shape[:2]
    if height <= old_height and width <= old_width:
        return [(height, width, "area")]
    if height >= old_height and width >= old_width:
        return [(height, width, "linear")]
    small = min(height, old_height), min(width, old_width)
    return [(*small, "area"), (height, width, "linear")]


def _is_whole_factor(request: Resizing) -> bool:
    height, width = size_of(request.image)
    return height % request.height == 0 and width % request.width == 0


def check_array(image: object) -> None:
    """Refuse what is no array of an image."""
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, not {type(image).__name__!r}")
    if image.dtype not in _DTYPES:
        raise TypeError(f"image must be uint8, uint16 or float32, not {image.dtype}")
    if not (image.ndim == 2 or (image.ndim == 3 and 1 <= image.shape[2] <= 4)):
        raise ValueError(f"image must be (H, W) or (H, W, C) with C 1 to 4, not {image.shape}")
    if not image.size:
        raise ValueError(f"image has no pixels: {image.shape}")


def _cv2() -> Any:
    import cv2

    return cv2
