"""imagecodecs as an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._encoders.common import in_color
from rp_image._encoders.jxl import linear, named_srgb
from rp_image._parts import threads_for

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_PNG_LEVEL: Final = 6


def encode_by(request: Encoding) -> bytes:
    """Encode JPEG 2000, JPEG XL, PNG or QOI.

    Raises:
        UnsupportedError: imagecodecs was built without that codec, or it has no such mode.
    """
    import imagecodecs

    name, image = request.format, request.image
    codec = {"jxl": "jpegxl", "jp2": "jpeg2k"}.get(name, name)
    if not getattr(imagecodecs, codec.upper()).available:
        raise UnsupportedError(f"imagecodecs has no {codec} codec here")
    if name == "qoi":
        image = in_color(image)
    deep_jxl = name == "jxl" and image.dtype != np.uint8
    if deep_jxl and not request.lossless:
        image = linear(image)
    options = _options(request)
    if name in {"jp2", "jxl"}:
        options["numthreads"] = threads_for(image.shape[0] * image.shape[1])
    encoder: Any = getattr(imagecodecs, f"{codec}_encode")
    data = bytes(encoder(image, **options))
    return named_srgb(data) if deep_jxl else data


def _options(request: Encoding) -> dict[str, Any]:
    quality, lossless = request.quality or 90, request.lossless
    options: dict[str, dict[str, Any]] = {
        "png": {"level": _PNG_LEVEL},
        "jxl": {"lossless": True} if lossless else {"distance": distance_of(quality)},
        "jp2": {
            "level": 0 if lossless else decibels_of(quality),
            "reversible": lossless,
            "codecformat": "jp2",
        },
    }
    return options.get(request.format, {})


def decibels_of(quality: int) -> float:
    """Return the signal-to-noise ratio that JPEG 2000 is to keep: 20 dB is coarse, 60 is unseen."""
    return 20 + 0.4 * quality


def distance_of(quality: int) -> float:
    """Return the Butteraugli distance that libjxl takes for a quality (its JxlEncoderDistance)."""
    if quality >= 30:
        return 0.1 + (100 - quality) * 0.09
    return 53 / 3000 * quality * quality - 23 / 20 * quality + 25
