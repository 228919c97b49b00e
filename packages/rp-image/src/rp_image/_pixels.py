"""From what a decoder gives to what `load` promises: channels, orientation, layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from rp_image._types import Image, ImageInfo, Mode

_BAND: Final = 1 << 16


def resolve_mode(mode: Mode, *, has_alpha: bool) -> Mode:
    """Return what "auto" means: RGBA exactly where the file has transparency."""
    if mode != "auto":
        return mode
    return "rgba" if has_alpha else "rgb"


def to_mode(image: Image, info: ImageInfo, mode: Mode) -> Image:
    """Bring an array of 1 to 4 channels to a mode; alpha is dropped, or added opaque."""
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    channels = 1 if image.ndim == 2 else image.shape[2]
    match resolve_mode(mode, has_alpha=info.has_alpha):
        case "rgb":
            return image if channels == 3 else stack(image, channels, alpha=False)
        case "rgba":
            return image if channels == 4 else stack(image, channels, alpha=True)
        case "gray":
            return luma(image, channels)
        case _:
            return _native(image, info, channels)


def upright(image: Image, orientation: int) -> Image:
    """Return the image turned as an EXIF orientation says (EXIF 2.32, 4.6.4)."""
    if orientation == 1:
        return image
    shape = image.shape[2:]
    # Whole pixels as items: numpy turns them twice as fast as their samples.
    pixel = np.dtype((np.void, image.itemsize * int(np.prod(shape))))
    items = np.ascontiguousarray(image).reshape(image.shape[0], -1).view(pixel)
    if orientation > 4:
        items = items.swapaxes(0, 1)
    rows = -1 if orientation in {3, 4, 7, 8} else 1
    columns = -1 if orientation in {2, 3, 6, 7} else 1
    turned = np.ascontiguousarray(items[::rows, ::columns])
    return turned.view(image.dtype).reshape(*turned.shape, *shape)


def as_stored(image: Image, orientation: int) -> Image:
    """Undo `upright`: only the two quarter turns are not their own inverse."""
    return upright(image, {6: 8, 8: 6}.get(orientation, orientation))


def own(image: Image) -> Image:
    """Return the array if it is C-contiguous and writable, or else a copy that is."""
    if image.flags.c_contiguous and image.flags.writeable:
        return image
    return np.array(image, order="C")


def opaque(dtype: np.dtype[Any]) -> float:
    """Return the alpha that means opaque."""
    return float(np.iinfo(dtype).max) if dtype.kind == "u" else 1.0


def apply_key(image: Image, key: tuple[int, ...]) -> Image:
    """Make the pixels of one colour transparent; gray with alpha, or RGBA, comes of it."""
    planes = image.reshape(*image.shape[:2], -1)
    out = np.empty((*image.shape[:2], len(key) + 1), image.dtype)
    band = max(1, _BAND // image.shape[1])
    for top in range(0, len(image), band):
        part, place = planes[top : top + band], out[top : top + band]
        shown = np.zeros(part.shape[:2], bool)
        for channel, value in enumerate(key):
            place[:, :, channel] = part[:, :, channel]
            shown |= part[:, :, channel] != image.dtype.type(value)
        place[:, :, -1] = shown * image.dtype.type(opaque(image.dtype))
    return out


def stack(image: Image, channels: int, *, alpha: bool) -> Image:
    """Make RGB or RGBA from any number of channels."""
    stacked = np.empty((*image.shape[:2], 4 if alpha else 3), image.dtype)
    color = image if image.ndim == 3 else image[:, :, None]
    stacked[:, :, :3] = color[:, :, : 3 if channels > 2 else 1]
    if alpha:
        stacked[:, :, 3] = color[:, :, -1] if channels in {2, 4} else opaque(image.dtype)
    return stacked


def luma(image: Image, channels: int) -> Image:
    """Weigh the channels as ITU-R BT.601 does: 0.299 R + 0.587 G + 0.114 B."""
    if channels <= 2:
        return image if image.ndim == 2 else image[:, :, 0]
    if image.dtype.kind == "f":
        return np.asarray(image[:, :, :3] @ np.array([0.299, 0.587, 0.114], image.dtype))
    gray = np.empty(image.shape[:2], image.dtype)
    band = max(1, _BAND // image.shape[1])
    for top in range(0, len(image), band):
        part = image[top : top + band]
        red, green, blue = (part[:, :, channel].astype(np.uint32) for channel in range(3))
        gray[top : top + band] = (red * 299 + green * 587 + blue * 114 + 500) // 1000
    return gray


def _native(image: Image, info: ImageInfo, channels: int) -> Image:
    """Keep the channels of the file: gray stays gray, alpha where the file has it."""
    if info.color == "gray" and channels > 2:
        image = image[:, :, [0, 3]] if channels == 4 and info.has_alpha else image[:, :, 0]
        channels = 1 if image.ndim == 2 else 2
    if info.color != "gray" and channels < 3:
        return stack(image, channels, alpha=info.has_alpha)
    if info.has_alpha and channels in {1, 3}:
        alpha = np.full((*image.shape[:2], 1), opaque(image.dtype), image.dtype)
        return np.concatenate([image.reshape(*image.shape[:2], channels), alpha], axis=2)
    if not info.has_alpha and channels in {2, 4}:
        return image[:, :, 0] if channels == 2 else image[:, :, :3]
    return image


def unpremultiply(image: Image, most: float | None = None) -> Image:
    """Divide the colours by alpha, the last channel, in place; integers are rounded and clipped.

    Args:
        image: Array (H, W, C), which is changed, and returned.
        most: The alpha that means opaque; None: that of the type.
    """
    alpha = image[:, :, -1:]
    band = max(1, _BAND // image.shape[1])
    most = opaque(image.dtype) if most is None else most
    for top in range(0, len(image), band):
        color = image[top : top + band, :, :-1].astype(np.float64)
        weight = alpha[top : top + band] / most
        straight = np.divide(color, weight, out=np.zeros_like(color), where=weight > 0)
        if image.dtype.kind == "u":
            straight = np.rint(straight).clip(0, most)
        image[top : top + band, :, :-1] = straight
    return image
