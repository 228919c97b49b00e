"""HEIC by pillow-heif, that is libheif."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._decoders.common import full_scale
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode_heif(request: Encoded) -> Image:
    """Decode the picture, turned and cropped as its container says."""
    import pillow_heif

    file = pillow_heif.open_heif(request.data, convert_hdr_to_8bit=False, bgr_mode=False)
    if not len(file):
        raise DecodeError("libheif finds no picture")
    image = file[file.primary_index]
    pixels = np.array(image)
    if image.premultiplied_alpha:
        from rp_image._pixels import unpremultiply

        pixels = unpremultiply(pixels)
    bits = request.info.bits
    if pixels.dtype == np.uint16:  # The samples are in the high bits.
        return full_scale(pixels >> max(0, 16 - bits), bits)
    return pixels
