"""DICOM, FITS and SPE by imageio's plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._decoders.common import full_scale
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode_imageio(request: Encoded) -> Image:
    """Decode the first picture, values as stored."""
    import imageio.v3

    info = request.info
    plugin = {"dicom": "DICOM", "fits": "FITS", "spe": "SPE"}[info.format]
    try:
        pixels = np.asarray(imageio.v3.imread(request.data, plugin=plugin, index=0))
    except (OSError, ValueError, RuntimeError, ImportError, KeyError, TypeError) as error:
        raise DecodeError(f"imageio cannot read it: {error}") from error
    while pixels.ndim > 2 and pixels.shape[:2] != (info.height, info.width):
        pixels = pixels[0]
    if info.dtype == "float32":
        return pixels.astype(np.float32)
    return full_scale(pixels, info.bits)
