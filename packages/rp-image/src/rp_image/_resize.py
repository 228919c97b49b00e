"""Change the size of an image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from rp_core import Fallback, OperationError, UnsupportedError, base, extra
from rp_image._premultiply import is_opaque
from rp_image._resize_weighted import resize_weighted
from rp_image._sizes import target_size
from rp_image._weights import METHODS, nearest_is_ambiguous, resample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_image._types import Image

Method: TypeAlias = Literal["auto", "nearest", "linear", "area", "lanczos"]
_DTYPES: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))
_MOST_SUMMED: Final = 1 << 16  # OpenCV sums in 32 bits: of more, floats drift, integers overflow.
_LANCZOS: Final = 1  # PIL.Image.Resampling.LANCZOS


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
    from PIL import Image as Pillow

    if request.method == "area" and not _is_whole_factor(request):
        raise UnsupportedError("Pillow has another formula for area at this scale")
    if request.method == "nearest" and _is_nearest_ambiguous(request):
        raise UnsupportedError("Pillow rounds where a sample falls between two")
    filters = {
        "nearest": Pillow.Resampling.NEAREST,
        "area": Pillow.Resampling.BOX,
        "linear": Pillow.Resampling.BILINEAR,
        "lanczos": Pillow.Resampling.LANCZOS,
    }
    image, size = request.image, (request.width, request.height)
    flag = filters[request.method]
    if image.dtype == np.uint8 and (image.ndim == 2 or image.shape[2] == 3):
        return np.array(_resize_bytes(Pillow.fromarray(image), size, flag))
    planes = image.reshape(*image.shape[:2], -1)
    # Each plane by itself: Pillow would weigh colour by alpha, and has no 16-bit colour.
    resized = [_resize_plane(Pillow, planes[:, :, i], size, flag) for i in range(planes.shape[2])]
    return np.stack(resized, axis=2).reshape(request.height, request.width, *image.shape[2:])


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
    if method != "nearest" and not is_opaque(image):
        return resize_weighted(image, (height, width), method, partial(_across, resample_chain))
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


def _resize_bytes(image: Any, size: tuple[int, int], flag: int) -> Any:
    """Resize, columns first where the filter overshoots.

    Pillow begins with the cheaper axis, and clips in between.
    """
    first = (size[0], image.height) if flag == _LANCZOS else image.size
    return image.resize(first, flag).resize(size, flag)


def _resize_plane(pillow: Any, plane: Image, size: tuple[int, int], flag: int) -> Image:
    if plane.dtype == np.uint8:
        return np.array(_resize_bytes(pillow.fromarray(np.ascontiguousarray(plane)), size, flag))
    floats = np.ascontiguousarray(plane, np.float32)
    if plane.dtype == np.float32:
        return np.array(pillow.fromarray(floats).resize(size, flag))
    for step in ((size[0], plane.shape[0]), size):
        floats = np.clip(pillow.fromarray(floats).resize(step, flag), 0, np.iinfo(plane.dtype).max)
    return np.asarray(np.rint(floats), plane.dtype)


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
