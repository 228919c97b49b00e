"""Pillow's resampling, for samples of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from rp_image._types import Image

_LANCZOS: Final = 1  # PIL.Image.Resampling.LANCZOS


def resize_by_pillow(image: Image, size: tuple[int, int], method: str) -> Image:
    """Resize to a width and a height."""
    from PIL import Image as Pillow

    filters = {
        "nearest": Pillow.Resampling.NEAREST,
        "area": Pillow.Resampling.BOX,
        "linear": Pillow.Resampling.BILINEAR,
        "lanczos": Pillow.Resampling.LANCZOS,
    }
    flag = filters[method]
    if image.dtype == np.uint8 and (image.ndim == 2 or image.shape[2] == 3):
        return np.array(_resize_bytes(Pillow.fromarray(image), size, flag))
    planes = image.reshape(*image.shape[:2], -1)
    # Each plane by itself: Pillow would weigh colour by alpha, and has no 16-bit colour.
    resized = [_resize_plane(Pillow, planes[:, :, i], size, flag) for i in range(planes.shape[2])]
    return np.stack(resized, axis=2).reshape(size[1], size[0], *image.shape[2:])


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
