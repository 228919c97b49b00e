"""imagecodecs, each codec called directly: its `imread` would try one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import clipped_cells, full_scale, of_jp2, still
from rp_image._parts import threads_for

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image

_THREADED: Final = frozenset({"avif", "jp2", "jxl"})
_CODECS: Final = {"jpeg": "jpeg8", "jp2": "jpeg2k", "jxl": "jpegxl"}


def decode_by(request: Encoded) -> Image:
    """Decode with the codec of the format.

    Raises:
        UnsupportedError: imagecodecs was built without that codec.
    """
    import imagecodecs

    info = request.info
    if info.format == "tiff":
        from rp_image._decoders.tiff import decode_codecs

        return decode_codecs(request)
    name = _CODECS.get(info.format, info.format)
    if not getattr(imagecodecs, name.upper()).available:
        raise UnsupportedError(f"imagecodecs has no {name} codec here")
    data = still(request)
    # Of an animated JPEG XL, the first frame. AVIF with an index would write beyond its array.
    options = {"index": 0} if info.format == "jxl" else {}
    if info.format in _THREADED:
        options["numthreads"] = threads_for(info.width * info.height)
    pixels: Image = getattr(imagecodecs, f"{name}_decode")(data, **options)
    if info.format == "avif":
        return full_scale(clipped_cells(pixels, request.header), info.bits)
    if info.format == "jp2":
        return of_jp2(pixels, request)
    if info.format == "jpeg" or (info.format == "jxl" and info.sample == "unsigned"):
        return full_scale(pixels, info.bits)
    if pixels.dtype == np.float16:
        return pixels.astype(np.float32)
    return pixels
