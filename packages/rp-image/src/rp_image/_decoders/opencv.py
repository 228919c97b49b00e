"""OpenCV, with the corrections that it needs to keep this package's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._decoders.common import clipped_cells, full_scale, of_jp2, still
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image

_REDUCTIONS: Final = (8, 4, 2)


def decode_cv2(request: Encoded) -> Image:
    """Decode in RGB order, orientation left to the caller."""
    import cv2

    info = request.info
    data = still(request)
    as_rgb = info.color != "gray" and not info.has_alpha
    flags = cv2.IMREAD_UNCHANGED
    if as_rgb:
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    if info.format == "jpeg" and (reduction := _reduction(request)) > 1:
        kind = "GRAYSCALE" if info.color == "gray" else "COLOR"
        flags = getattr(cv2, f"IMREAD_REDUCED_{kind}_{reduction}") | cv2.IMREAD_IGNORE_ORIENTATION
        as_rgb = False
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise DecodeError("OpenCV cannot decode it")
    if pixels.ndim == 3 and not as_rgb:
        to_rgb = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        cv2.cvtColor(pixels, to_rgb, dst=pixels)
    if info.format == "jp2":
        return of_jp2(np.asarray(pixels), request)
    if info.format == "avif":
        return full_scale(clipped_cells(pixels, request.header), info.bits)
    return np.asarray(pixels)


def _reduction(request: Encoded) -> int:
    if request.least is None:
        return 1
    height, width = request.least
    most = min(request.info.height // height, request.info.width // width)
    return next((factor for factor in _REDUCTIONS if factor <= most), 1)
