"""Pillow, with the corrections that it needs to keep this package's contract."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from rp_image._types import Format, Image

_PLUGINS: Final[dict[Format, tuple[str, str]]] = {
    "bmp": ("BmpImagePlugin", "BmpImageFile"),
    "gif": ("GifImagePlugin", "GifImageFile"),
    "jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "png": ("PngImagePlugin", "PngImageFile"),
    "tiff": ("TiffImagePlugin", "TiffImageFile"),
    "webp": ("WebPImagePlugin", "WebPImageFile"),
}
_STRAIGHT: Final = {"LA": "LA", "La": "LA", "PA": "RGBA", "RGBa": "RGBA", "RGBA": "RGBA"}
_COLOR_MAP: Final = 320


def open_image(data: bytes, format_name: Format) -> PillowImage:
    """Open an image with the plugin of its format.

    Not with `PIL.Image.open`: that warns of sizes that the caller has allowed, or refuses them,
    by a limit that is one for the whole process.

    Raises:
        DecodeError: Pillow cannot read its header.
    """
    from importlib import import_module

    module, plugin = _PLUGINS[format_name]
    try:
        image: PillowImage = getattr(import_module(f"PIL.{module}"), plugin)(BytesIO(data))
    except SyntaxError as error:
        raise DecodeError(f"Pillow cannot read the header: {error}") from error
    # At least a row at once: Pillow gathers one by blocks, in a time that grows with its square.
    image.decodermaxblock = max(image.decodermaxblock, 8 * image.width)  # type: ignore[attr-defined]
    return image


def to_array(image: PillowImage) -> Image:
    """Decode to an array of 1 to 4 channels, palettes and CMYK converted, alpha straight."""
    _mend_palette(image)
    if image.mode == "L":
        image.palette = None  # A GIF's global one, which its gray local one replaces.
    image.load()
    mode = image.mode
    if mode.startswith("I;16"):
        return np.array(image, dtype=np.uint16)
    return np.array(image if mode == (wanted := _wanted(image)) else image.convert(wanted))


def _wanted(image: PillowImage) -> str:
    """Return the mode, of 8 bits a sample, that keeps what the image has."""
    if image.mode in _STRAIGHT:
        return _STRAIGHT[image.mode]
    keyed = "transparency" in image.info
    if image.mode in {"1", "L"}:
        return "LA" if keyed else "L"
    return "RGBA" if keyed else "RGB"


def _mend_palette(image: Any) -> None:
    """Take a TIFF colour map of 8-bit values for what it is; Pillow would see black."""
    color_map = getattr(image, "tag_v2", {}).get(_COLOR_MAP)
    if image.mode == "P" and color_map and max(color_map) < 256:
        image.load()
        size = len(color_map) // 3
        planes = np.array(color_map, np.uint8).reshape(3, size)
        image.putpalette(planes.T.tobytes(), "RGB")
