"""Radiance HDR, its scanlines not packed (Radiance file formats)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._encoders.common import in_color

if TYPE_CHECKING:
    from rp_image._encoding import Encoding

_LEAST = 1e-32


def encode(request: Encoding) -> bytes:
    """Encode RGB of one exponent to a pixel: 8 bits to the largest sample."""
    color = in_color(request.image)
    height, width = color.shape[:2]
    largest = color.max(axis=2)
    _, exponent = np.frexp(np.maximum(largest, np.float32(_LEAST)))
    scale = np.ldexp(np.float32(256), -exponent)
    rounded = np.rint(color * scale[:, :, None])
    high = rounded.max(axis=2) > 255  # Rounding up filled the mantissa: one exponent more.
    exponent = exponent + high
    rounded = np.rint(color * np.ldexp(np.float32(256), -exponent)[:, :, None])
    cells = np.empty((height, width, 4), np.uint8)
    cells[:, :, :3] = rounded
    cells[:, :, 3] = (exponent + 128).clip(0, 255)
    cells[(largest < _LEAST) | (exponent < -127)] = 0
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    return head + cells.tobytes()
