"""imagecodecs as an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rp_core import UnsupportedError
from rp_image._encoders.common import in_color

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_PNG_LEVEL: Final = 6


def encode_by(request: Encoding) -> bytes:
    """Encode AVIF, JPEG 2000, JPEG XL, PNG or QOI.

    Raises:
        UnsupportedError: imagecodecs was built without that codec, or it has no such mode.
    """
    import imagecodecs

    name, image = request.format, request.image
    codec = {"jxl": "jpegxl", "jp2": "jpeg2k"}.get(name, name)
    if not getattr(imagecodecs, codec.upper()).available:
        raise UnsupportedError(f"imagecodecs has no {codec} codec here")
    if name in {"avif", "qoi"}:
        image = in_color(image)
    if name == "avif" and request.lossless:
        raise UnsupportedError("imagecodecs converts the colours of AVIF, with a loss")
    encoder: Any = getattr(imagecodecs, f"{codec}_encode")
    return bytes(encoder(image, **_options(request)))


def _options(request: Encoding) -> dict[str, Any]:
    match request.format:
        case "png":
            return {"level": _PNG_LEVEL}
        case "avif":
            return {"level": request.quality, "speed": 9}
        case "jxl":
            if request.lossless:
                return {"lossless": True}
            return {"lossless": False, "distance": distance_of(request.quality or 90)}
        case "jp2":
            if request.lossless:
                return {"level": 0, "reversible": True, "codecformat": "jp2"}
            # OpenJPEG's quality is a signal-to-noise ratio in dB; 20 to 60 covers what is seen.
            return {"level": 20 + 0.4 * (request.quality or 90), "codecformat": "jp2"}
        case _:
            return {}


def distance_of(quality: int) -> float:
    """Return the Butteraugli distance that libjxl takes for a quality (its JxlEncoderDistance)."""
    if quality >= 30:
        return 0.1 + (100 - quality) * 0.09
    return 53 / 3000 * quality * quality - 23 / 20 * quality + 25
