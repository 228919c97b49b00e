"""Colour profiles (ICC.1), applied by LittleCMS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import Fallback, base, extra, require
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._header import Header
    from rp_image._types import Color, Image, ImageInfo

_MODES: Final = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
_CHANNELS: Final = {"RGB": 3, "L": 1, "CMYK": 4}
_NAMES: Final = {"RGB": "rgb", "L": "gray", "CMYK": "cmyk"}
USABLE: Final[dict[Color, frozenset[bytes]]] = {
    "rgb": frozenset({b"RGB "}),
    "palette": frozenset({b"RGB "}),
    "gray": frozenset({b"GRAY", b"RGB "}),
    "cmyk": frozenset({b"CMYK"}),
    "lab": frozenset(),  # Lab says itself which colours it means; it is sRGB when decoded.
}


@dataclass(frozen=True, slots=True)
class Profiled:
    """Colours without alpha, C-contiguous (H, W, C), of a mode of Pillow; and their profile."""

    colors: Image
    mode: str
    profile: bytes


apply_profile: Fallback[[Profiled], Image] = Fallback("rp_image.icc", error=DecodeError)


@apply_profile.via(needs="PIL", install=base, when=lambda request: request.colors.dtype == np.uint8)
def pillow(request: Profiled) -> Image:
    """The LittleCMS of Pillow, for 8 bits a sample."""
    from PIL import Image as Pillow
    from PIL import ImageCms

    height, width = request.colors.shape[:2]
    image = Pillow.frombytes(request.mode, (width, height), request.colors.tobytes())
    try:
        source = ImageCms.getOpenProfile(BytesIO(request.profile))
        target = ImageCms.getOpenProfile(BytesIO(_srgb()))
        converted: Any = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise DecodeError(f"the colour profile cannot be applied: {error}") from error
    return np.asarray(converted)


def _check_cms() -> None:
    import imagecodecs

    if not imagecodecs.CMS.available:
        raise ImportError("imagecodecs was built without LittleCMS")


@apply_profile.via(
    needs="imagecodecs",
    install=extra("codecs"),
    when=lambda request: request.mode in _NAMES,
    check=_check_cms,
)
def codecs(request: Profiled) -> Image:
    """The LittleCMS of imagecodecs, for 8 and 16 bits and floats."""
    import imagecodecs

    colors = request.colors[:, :, 0] if request.mode == "L" else request.colors
    try:
        converted: Image = imagecodecs.cms_transform(
            colors,
            request.profile,
            _srgb(),
            colorspace=_NAMES[request.mode],
            outcolorspace="rgb",
        )
    except imagecodecs.CmsError as error:
        raise DecodeError(f"the colour profile cannot be applied: {error}") from error
    return converted


def profile_of(data: bytes, header: Header) -> bytes | None:
    """Return the profile of a picture, also where it is packed among the pixels.

    Raises:
        DecodeError: The file is damaged.
        MissingDependencyError: It is that of a JPEG XL, and the extra that unpacks it is missing.
    """
    if header.info.format != "jxl" or header.details.is_srgb:
        return header.info.icc
    from rp_image._decoders.pillow import open_image

    require("pillow_jxl", extra="jxl", package="rp-image")
    try:
        with open_image(data, "jxl") as image:
            profile: bytes | None = image.info.get("icc_profile")
            return profile
    except (RuntimeError, OSError, ValueError) as error:
        raise DecodeError(f"the colours of the jxl cannot be read: {error}") from error


def to_srgb(pixels: Image, info: ImageInfo) -> Image:
    """Convert pixels as decoded from the embedded profile to sRGB; alpha stays.

    Args:
        pixels: Array (H, W) or (H, W, C).
        info: What the header says; its profile is the source.

    Raises:
        DecodeError: The profile is damaged, or is for another colour model.
        NoBackendError: No installed backend applies it to more than 8 bits a sample.
    """
    profile = info.icc or b""
    mode = _MODES.get(profile[16:20], "")
    planes = pixels.reshape(*pixels.shape[:2], -1)
    colors, alpha = _split(planes, mode, info)
    if profile[16:20] not in USABLE[info.color] or _CHANNELS[mode] != colors.shape[2]:
        raise DecodeError(f"the colour profile is for {profile[16:20]!r}, not for {info.color}")
    converted = apply_profile(Profiled(np.ascontiguousarray(colors), mode, profile))
    return np.dstack([converted, alpha])


def _split(planes: Image, mode: str, info: ImageInfo) -> tuple[Image, Image]:
    """Return colours and alpha; of a gray picture as many colours as its profile is for."""
    channels = planes.shape[2]
    has_alpha = channels in ({5} if mode == "CMYK" else {2, 4})
    colors = planes[:, :, : channels - has_alpha]
    if info.color == "gray":
        colors = colors[:, :, :1]
        if mode == "RGB":
            colors = np.repeat(colors, 3, axis=2)
    return colors, planes[:, :, channels - has_alpha :]


@lru_cache(1)
def _srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
