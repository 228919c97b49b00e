"""PNM: PGM, PPM, and PAM where there is alpha (Netpbm)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_TYPES = {1: "GRAYSCALE", 2: "GRAYSCALE_ALPHA", 3: "RGB", 4: "RGB_ALPHA"}


def encode(request: Encoding) -> bytes:
    """Encode raw samples of 8 or 16 bits."""
    image, channels = request.image, request.channels
    height, width = image.shape[:2]
    most = 255 if image.dtype.itemsize == 1 else 65535
    body = image.astype(f">u{image.dtype.itemsize}", copy=False).tobytes()
    if request.has_alpha:
        fields = f"WIDTH {width}\nHEIGHT {height}\nDEPTH {channels}\nMAXVAL {most}"
        head = f"P7\n{fields}\nTUPLTYPE {_TYPES[channels]}\nENDHDR\n"
    else:
        head = f"P{5 if channels == 1 else 6}\n{width} {height}\n{most}\n"
    return head.encode() + body
