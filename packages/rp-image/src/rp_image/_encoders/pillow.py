"""Pillow as an encoder."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import UnsupportedError
from rp_image._encoders.codecs import decibels_of
from rp_image._encoders.common import in_color
from rp_image._headers.exif import without_orientation

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_COLORS = 256
_BEST_JXL = 99


def encode_pillow(request: Encoding) -> bytes:
    """Encode 8 bits a sample, or 16-bit gray PNG.

    Raises:
        UnsupportedError: Pillow would lose depth.
    """
    from PIL import Image

    image = request.image
    if request.format == "tiff" and request.metadata:
        raise UnsupportedError("metadata of a TIFF is written by another backend")
    if image.dtype != np.uint8 and (request.format, request.channels) != ("png", 1):
        raise UnsupportedError("Pillow writes 16 bits a sample for gray PNG only")
    if request.format in {"webp", "avif"}:
        image = in_color(image)
    if request.format == "gif":
        return _encode_gif(image)
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, _plugin(request.format), **_options(request))
    return buffer.getvalue()


def encode_heif(request: Encoding) -> bytes:
    """Encode HEIC with libheif."""
    import pillow_heif
    from PIL import Image

    image = Image.fromarray(in_color(request.image))
    metadata = request.metadata
    options: dict[str, Any] = {"quality": request.quality}
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    if metadata.xmp:
        options["xmp"] = metadata.xmp
    file = pillow_heif.from_pillow(image)
    if metadata.icc:
        file[0].info["icc_profile"] = metadata.icc
    buffer = BytesIO()
    file.save(buffer, **options)
    return buffer.getvalue()


def encode_jxl(request: Encoding) -> bytes:
    """Encode JPEG XL of 8 bits a sample.

    Raises:
        UnsupportedError: There are more bits.
    """
    import pillow_jxl  # noqa: F401
    from PIL import Image

    if request.image.dtype != np.uint8:
        raise UnsupportedError("the plugin writes 8 bits a sample")
    options: dict[str, Any] = {"lossless": request.lossless}
    if not request.lossless:  # 100 would ask for a lossless mode that is off.
        options["quality"] = min(request.quality or 90, _BEST_JXL)
    buffer = BytesIO()
    Image.fromarray(request.image).save(buffer, "JXL", **options)
    return buffer.getvalue()


def _plugin(name: str) -> str:
    return {"jp2": "JPEG2000"}.get(name, name.upper())


def _options(request: Encoding) -> dict[str, Any]:
    metadata, name = request.metadata, request.format
    options: dict[str, Any] = {}
    if request.quality is not None and name != "jp2":
        options["quality"] = request.quality
    if name == "tiff":
        options["compression"] = "tiff_adobe_deflate"
    elif name == "webp":
        options |= {"lossless": request.lossless, "exact": True}
        options |= {"method": 0} if request.lossless else {}
    elif name == "avif":
        options["speed"] = 9
        # With an orientation in it, Pillow would write the block anew, and lose parts of it.
        options |= {"exif": without_orientation(metadata.exif)} if metadata.exif else {}
        options |= {"xmp": metadata.xmp} if metadata.xmp else {}
        options |= {"icc_profile": metadata.icc} if metadata.icc else {}
    elif name == "jp2":
        options["irreversible"] = not request.lossless
        if not request.lossless:
            layers = [decibels_of(request.quality or 90)]
            options |= {"quality_mode": "dB", "quality_layers": layers}
    return options


def _encode_gif(image: Any) -> bytes:
    """Encode with the colours that are there, or the 256 that come nearest."""
    from PIL import Image

    color = in_color(image)
    alpha = color[:, :, 3] if color.shape[2] == 4 else None
    shown = color[:, :, :3]
    if alpha is not None and alpha.any():
        shown = np.where(alpha[:, :, None] == 0, shown[alpha > 0][0], shown)
    indices, palette = _palette(shown, _COLORS - (alpha is not None))
    options: dict[str, Any] = {"optimize": False}
    if alpha is not None:
        options["transparency"] = len(palette)
        indices = np.where(alpha == 0, np.uint8(len(palette)), indices)
        palette = np.concatenate([palette, np.zeros((1, 3), np.uint8)])
    picture = Image.fromarray(np.ascontiguousarray(indices)).copy()
    picture.putpalette(palette.tobytes())
    buffer = BytesIO()
    picture.save(buffer, "GIF", **options)
    return buffer.getvalue()


def _palette(color: Any, most: int) -> tuple[Any, Any]:
    """Return indices (H, W) and colours (N, 3): exact where there are few enough."""
    from PIL import Image

    words = color.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found = np.unique(words)
    if len(found) <= most:
        indices = np.searchsorted(found, words).astype(np.uint8)
        return indices, np.stack([found >> 16, found >> 8 & 255, found & 255], 1).astype(np.uint8)
    quantized = Image.fromarray(np.ascontiguousarray(color)).quantize(most)
    palette = np.array((quantized.getpalette() or [])[: most * 3], np.uint8).reshape(-1, 3)
    return np.array(quantized), palette
