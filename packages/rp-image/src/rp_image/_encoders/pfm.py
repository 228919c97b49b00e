"""PFM: floats, the bottom row first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rp_image._encoding import Encoding


def encode(request: Encoding) -> bytes:
    """Encode float32 samples, little-endian."""
    height, width = request.image.shape[:2]
    kind = "Pf" if request.channels == 1 else "PF"
    head = f"{kind}\n{width} {height}\n-1.0\n".encode()
    return head + request.image[::-1].astype("<f4").tobytes()
