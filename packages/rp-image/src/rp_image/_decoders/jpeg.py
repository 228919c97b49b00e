"""JPEG by simplejpeg, that is libjpeg-turbo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._errors import DamagedError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image

# What libjpeg says where pixels are lost; what else it finds odd, browsers and cameras write.
_DAMAGE: Final = re.compile("premature end|bad Huffman code|bad arithmetic code|instead of RST")


def decode_jpeg(request: Encoded) -> Image:
    """Decode to RGB, or to gray where that is wanted, at the smallest scale that is enough."""
    from simplejpeg import decode_jpeg as decode

    gray = request.info.color == "gray" and request.mode in {"gray", "native"}
    options: dict[str, Any] = {}
    if not request.strict:  # What is not decoded must not be what was in memory.
        count = request.info.height * request.info.width * (1 if gray else 3)
        options["buffer"] = np.zeros(count, np.uint8)
    elif request.least:
        options = {"min_height": request.least[0], "min_width": request.least[1], "min_factor": 1}
    try:
        pixels: Image = decode(
            request.data, "GRAY" if gray else "RGB", strict=request.strict, **options
        )
    except ValueError as error:
        if request.strict and _DAMAGE.search(str(error)):
            raise DamagedError(f"the jpeg is damaged: {error}") from error
        raise
    return pixels
