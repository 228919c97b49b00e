"""Colour profiles (ICC.1), applied by LittleCMS."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._types import Image, ImageInfo

_MODES: Final = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK", b"Lab ": "LAB"}
_CHANNELS: Final = {"RGB": 3, "L": 1, "CMYK": 4, "LAB": 3}
_FOR: Final = {
    "rgb": {"RGB"},
    "palette": {"RGB"},
    "gray": {"L", "RGB"},
    "cmyk": {"CMYK"},
    "lab": {"LAB"},
}


def to_srgb(pixels: Image, info: ImageInfo) -> Image:
    """Convert pixels as decoded from the embedded profile to sRGB; alpha stays.

    Args:
        pixels: Array (H, W) or (H, W, C) uint8.
        info: What the header says; its profile is the source.

    Raises:
        DecodeError: The profile is damaged, or is for another colour model.
        UnsupportedError: There are more than 8 bits a sample, which LittleCMS in Pillow cannot do.
    """
    from PIL import Image as Pillow
    from PIL import ImageCms

    profile = info.icc or b""
    mode = _MODES.get(profile[16:20], "")
    planes = pixels.reshape(*pixels.shape[:2], -1)
    color = planes.shape[2] - info.has_alpha
    if mode == "RGB" and info.color == "gray" and color == 1:
        planes, color = np.dstack([planes[:, :, :1]] * 3 + [planes[:, :, 1:]]), 3
    if mode not in _FOR[info.color] or _CHANNELS[mode] != color:
        raise DecodeError(f"the colour profile is for {profile[16:20]!r}, not for {info.color}")
    if pixels.dtype != np.uint8:
        raise UnsupportedError("colour profiles are applied to 8 bits a sample only")
    try:
        source = ImageCms.getOpenProfile(BytesIO(profile))
        colors = np.ascontiguousarray(planes[:, :, :color])
        image = Pillow.fromarray(colors[:, :, 0]) if color == 1 else _image(Pillow, mode, colors)
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise DecodeError(f"the colour profile cannot be applied: {error}") from error
    return np.dstack([np.asarray(converted), planes[:, :, color:]])


def _image(pillow: Any, mode: str, colors: Image) -> Any:
    height, width = colors.shape[:2]
    return pillow.frombytes(mode, (width, height), colors.tobytes())
