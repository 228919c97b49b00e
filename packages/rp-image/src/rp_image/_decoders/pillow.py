"""Pillow, with the corrections that it needs to keep this package's contract."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import bare_png, clipped_cells, of_jp2
from rp_image._errors import DecodeError
from rp_image._headers.jpeg import bare as bare_jpeg
from rp_image._headers.tiff import BY_LIBTIFF, NONE, YCBCR

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from rp_image._decode import Encoded
    from rp_image._header import Header
    from rp_image._types import Format, Image

_PLUGINS: Final[dict[Format, tuple[str, str]]] = {
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "dds": ("PIL.DdsImagePlugin", "DdsImageFile"),
    "jp2": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "jxl": ("pillow_jxl.JpegXLImagePlugin", "JXLImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "psd": ("PIL.PsdImagePlugin", "PsdImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
}
_STRAIGHT: Final = {"LA": "LA", "La": "LA", "PA": "RGBA", "RGBa": "RGBA", "RGBA": "RGBA"}
_COLOR_MAP: Final = 320


def decode_pillow(request: Encoded) -> tuple[Image, bool]:
    """Decode with the plugin of the format; return also whether the pixels are upright."""
    info, header = request.info, request.header
    if reason := _refusal(header):
        raise UnsupportedError(reason)
    if info.format == "gif":
        from rp_image._decoders.gif import decode_gif

        return decode_gif(request), False
    # To a later page Pillow goes through all before it.
    later = header.index > 0 and header.details.compression in BY_LIBTIFF
    if info.format == "tiff" and (later or not header.plain):
        from rp_image._decoders.tiff import decode_libtiff

        return decode_libtiff(request), False
    with open_image(_input(request), info.format) as image:
        if info.format == "tiff":
            image.seek(header.index)
        if info.format == "jpeg" and request.least:
            image.draft(None, (request.least[1], request.least[0]))
        pixels = to_array(image, inks=request.inks)
    if info.format == "avif":
        pixels = clipped_cells(pixels, header)
    if info.format == "jp2":
        order = header.details.order  # Which the other libraries put right themselves.
        pixels = of_jp2(pixels[:, :, order] if order else pixels, request)
    return pixels, info.format == "tiff"


def decode_jxl(request: Encoded) -> Image:
    """Decode JPEG XL of 8 bits with its plugin, upright."""
    with open_image(request.data, "jxl") as image:
        return to_array(image)


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
        image: PillowImage = getattr(import_module(module), plugin)(BytesIO(data))
    except SyntaxError as error:
        raise DecodeError(f"Pillow cannot read the header: {error}") from error
    # At least a row at once: Pillow gathers one by blocks, in a time that grows with its square.
    image.decodermaxblock = max(image.decodermaxblock, 8 * image.width)  # type: ignore[attr-defined]
    return image


def to_array(image: PillowImage, *, inks: bool = False) -> Image:
    """Decode to an array of 1 to 4 channels, palettes and CMYK converted, alpha straight."""
    _mend_palette(image)
    image.load()
    mode = image.mode
    if inks and mode == "CMYK":
        return np.array(image)
    if mode.startswith("I;16"):
        return np.array(image, dtype=np.uint16)
    return np.array(image if mode == (wanted := _wanted(image)) else image.convert(wanted))


def _refusal(header: Header) -> str | None:
    """Return why Pillow would get an image wrong."""
    info = header.info
    if info.format == "tiff":
        layout = header.details
        if (layout.photometric, layout.compression) == (YCBCR, NONE):
            return "Pillow takes the units of a YCbCr that is not compressed for RGB"
        return None
    if info.bits > 8 and (info.format, info.color) != ("png", "gray"):
        return f"Pillow reads {info.bits}-bit {info.format} as 8 bits"
    if info.bits > 8 and info.has_alpha and header.key is None:
        return "Pillow reads 16-bit gray with alpha as 8 bits"
    return None


def _input(request: Encoded) -> bytes:
    """Return the file without what Pillow warns of, or fails at, and no pixel depends on."""
    if request.info.format == "png":
        return bare_png(request, check=request.strict)
    if request.info.format == "jpeg":
        return bare_jpeg(request.data)
    return request.data


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
