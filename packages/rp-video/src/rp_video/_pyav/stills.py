"""One image as the bytes of a PNG or JPEG file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from rp_video._errors import EncodeError
from rp_video._formats import raw_pixels
from rp_video._pyav.colors import conversion
from rp_video._pyav.opening import translated

if TYPE_CHECKING:
    from rp_video._types import Image


def encode_still(image: Image, format: str) -> bytes:  # noqa: A002
    """Encode an image (H, W, 3) or (H, W, 4), uint8, as "png" or "jpg"."""
    rows, columns, channels = image.shape
    given = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), raw_pixels(channels))
    name, pixels = ("png", given.format.name) if format == "png" else ("mjpeg", "yuvj444p")
    with translated(format, EncodeError):
        context: Any = av.CodecContext.create(name, "w")
        context.width, context.height, context.pix_fmt = columns, rows, pixels
        context.time_base = Fraction(1)
        context.thread_count = 1
        if format == "png":
            context.options = {"compression_level": "6", "pred": "mixed"}
        else:
            context.flags |= 2  # AV_CODEC_FLAG_QSCALE
            context.options = {"qmin": "2", "qmax": "2"}
        picture = given.reformat(format=pixels, interpolation="AREA", **conversion(pixels))
        picture.pts = 0
        return b"".join(
            bytes(packet) for part in (picture, None) for packet in context.encode(part)
        )
