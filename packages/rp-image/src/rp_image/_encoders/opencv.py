"""OpenCV as an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import UnsupportedError
from rp_image._encoders.common import in_color
from rp_image._errors import EncodeError

if TYPE_CHECKING:
    from rp_image._encoding import Encoding


def encode_cv2(request: Encoding) -> bytes:
    """Encode JPEG, PNG or lossy WebP.

    Raises:
        UnsupportedError: It is to be lossless, or is gray with alpha.
    """
    import cv2

    name = request.format
    if request.lossless:
        raise UnsupportedError("OpenCV's lossless mode is slower, or not exact")
    image = in_color(request.image) if name == "webp" else request.image
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels == 2:
        raise UnsupportedError("OpenCV has no gray with alpha")
    if channels > 1:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR if channels == 3 else cv2.COLOR_RGBA2BGRA)
    flags = {"jpeg": cv2.IMWRITE_JPEG_QUALITY, "webp": cv2.IMWRITE_WEBP_QUALITY}
    options = [] if name == "png" else [flags[name], request.quality or 0]
    done, data = cv2.imencode(f".{name}", image, options)
    if not done:
        raise EncodeError("OpenCV cannot encode it")
    return bytes(data)
