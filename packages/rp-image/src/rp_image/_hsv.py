"""RGB to HSV and back. Backends are asked top to bottom, the fastest first."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_core import Fallback, OperationError, base, extra
from rp_image._depth import as_float32
from rp_image._parts import in_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._types import Image

_BAND: Final = 1 << 18
_NUMPY_BAND: Final = 1 << 15
_WEAK: Final = np.float32(0.99 / 255).view(np.uint32) - 1
_ONE: Final = np.float32(1).view(np.uint32)
_IN_DEGREES: Final = np.diag([360, 1, 1, 0])[:3].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Colors:
    """Colours to convert.

    Attributes:
        image: Array (H, W, 3) or (H, W, 4) float32.
        out: The place for the result, (H, W, 3).
        named: Whether a backend was named.
        coarse: Whether the samples are steps of 1/255.
    """

    image: Image
    out: Image
    named: bool
    coarse: bool = False


def _wants_numba(request: Colors) -> bool:
    """Accept where numba is imported already, or was asked for: importing it takes a second."""
    return request.named or "numba" in sys.modules


to_hsv: Fallback[[Colors], None] = Fallback("rp_image.rgb_to_hsv", error=OperationError)
to_rgb: Fallback[[Colors], None] = Fallback("rp_image.hsv_to_rgb", error=OperationError)


@to_hsv.via(needs="cv2", install=extra("opencv"), check=lambda: __import__("cv2").cvtColor)
def opencv(request: Colors) -> None:
    """OpenCV, whose hue is in degrees, and numpy where the channels are nearly equal."""
    import cv2

    rows, columns = request.image.shape[:2]
    band = max(1, _BAND // columns)

    def work(first: int, end: int) -> None:
        for top in range(first, end, band):
            here = slice(top, min(end, top + band))
            source, out = request.image[here], request.out[here]
            cv2.cvtColor(source, cv2.COLOR_RGB2HSV, dst=out)
            hue = out.reshape(-1)[::3]  # One axis: numpy is twice as fast as along two.
            np.multiply(hue, np.float32(1 / 360), out=hue)
            if not request.coarse:
                _mend(source, out)

    in_parts(work, rows, columns)


def _mend(source: Image, out: Image) -> None:
    """Compute again what is nearly gray: OpenCV adds 1.2e-7 to the spread of the channels."""
    from rp_image._hsv_numpy import rgb_to_hsv as convert

    flat = out.reshape(-1)
    spread = flat[1::3] * flat[2::3]
    # As whole numbers floats keep their order; 0, where nothing is wrong, becomes the largest.
    order = spread.view(np.uint32)
    order -= 1
    if order.min() >= _WEAK:
        return
    weak = order < _WEAK
    colors = source.reshape(-1, source.shape[2])[weak][None, :, :3]
    mended = np.empty_like(colors)
    convert(colors, mended)
    out.reshape(-1, 3)[weak] = mended[0]


@to_hsv.via(needs="numba", install=extra("numba"), when=_wants_numba)
def numba(request: Colors) -> None:
    """A loop that numba compiles at its first use."""
    from rp_image._hsv_numba import kernels

    kernels()[0](request.image[:, :, :3], request.out)


@to_hsv.via(install=base)
def numpy(request: Colors) -> None:
    """Whole bands at once."""
    from rp_image._hsv_numpy import rgb_to_hsv as convert

    for source, out in _bands(request):
        convert(source, out)


def opencv_back(request: Colors) -> None:
    """OpenCV, whose hue is in degrees."""

    def work(first: int, end: int) -> None:
        _from_degrees(request.image[first:end], request.out[first:end])

    in_parts(work, *request.image.shape[:2])


def _from_degrees(source: Image, out: Image) -> None:
    import cv2

    channels = source.shape[2]
    # As whole numbers, floats below 0 or above 1, where OpenCV is wrong, are the largest.
    if source.view(np.uint32).reshape(-1)[::channels].max() > _ONE:
        source = source.copy()
        source[:, :, 0] -= np.floor(source[:, :, 0])
    cv2.transform(source, _IN_DEGREES[:, :channels], dst=out)
    cv2.cvtColor(out, cv2.COLOR_HSV2RGB, dst=out)


def numba_back(request: Colors) -> None:
    """A loop that numba compiles at its first use."""
    from rp_image._hsv_numba import kernels

    kernels()[1](request.image[:, :, :3], request.out)


def numpy_back(request: Colors) -> None:
    """Whole bands at once."""
    from rp_image._hsv_numpy import hsv_to_rgb as convert

    for source, out in _bands(request):
        convert(source, out)


for _fn, _needs, _extra, _when in (
    (opencv_back, "cv2", extra("opencv"), None),
    (numba_back, "numba", extra("numba"), _wants_numba),
    (numpy_back, None, base, None),
):
    _fn.__name__ = _fn.__name__.removesuffix("_back")
    to_rgb.via(needs=_needs, install=_extra, when=_when)(_fn)


def rgb_to_hsv(image: Image, *, backend: str | Sequence[str] | None = None) -> Image:
    """Convert RGB to hue, saturation and value (A. R. Smith, 1978).

    Args:
        image: Array (H, W, 3), or (H, W, 4) with alpha, which is kept; floats in 0..1, or uint8 or
            uint16, which are scaled to that.
        backend: Use only this backend, "opencv", "numba" or "numpy", or these in order. All agree
            within 5e-5. numba, which takes seconds at its first call, is used if it is named, or
            imported already.

    Returns:
        A new float32 array of the same shape: hue in turns, 0 to 1, saturation and value 0 to 1. A
        gray has the hue 0.

    Raises:
        TypeError: The samples are of another type.
        ValueError: The shape is another.
        NoBackendError: The backend that was named is not installed.
    """
    return _converted(to_hsv, image, backend)


def hsv_to_rgb(image: Image, *, backend: str | Sequence[str] | None = None) -> Image:
    """Convert hue, saturation and value to RGB (A. R. Smith, 1978).

    Args:
        image: Array (H, W, 3), or (H, W, 4) with alpha, which is kept: hue in turns, of which only
            the fraction counts (1.25 is 0.25), saturation and value in 0..1. uint8 and uint16 are
            scaled to that.
        backend: As in `rgb_to_hsv`.

    Returns:
        A new float32 array of the same shape, red, green and blue in 0..1.

    Raises:
        TypeError: The samples are of another type.
        ValueError: The shape is another.
        NoBackendError: The backend that was named is not installed.
    """
    return _converted(to_rgb, image, backend)


def _converted(
    chain: Fallback[[Colors], None], image: Image, backend: str | Sequence[str] | None
) -> Image:
    convert = chain.using(backend)
    if isinstance(image, np.ndarray) and (image.ndim != 3 or image.shape[2] not in {3, 4}):
        raise ValueError(f"image must be (H, W, 3) or (H, W, 4), not {image.shape}")
    plain = isinstance(image, np.ndarray) and image.dtype == np.float32
    floats = np.ascontiguousarray(image) if plain else as_float32(image)
    out = np.empty((*floats.shape[:2], 3), np.float32)
    if out.size:
        coarse = image.dtype == np.uint8
        convert(Colors(floats, out, backend is not None, coarse))
    return out if floats.shape[2] == 3 else np.concatenate([out, floats[:, :, 3:]], axis=2)


def _bands(request: Colors) -> list[tuple[Image, Image]]:
    """Cut source and result into bands of rows that fit into the cache together."""
    band = max(1, _NUMPY_BAND // request.image.shape[1])
    return [
        (
            np.ascontiguousarray(request.image[top : top + band, :, :3]),
            request.out[top : top + band],
        )
        for top in range(0, len(request.image), band)
    ]
