"""The pixels of PFM: floats, the bottom row first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode(request: Encoded) -> Image:
    """Decode to (H, W) or (H, W, C) float32, values as stored: the scale says only the byte order.

    Raises:
        DecodeError: Rows are missing.
    """
    info = request.info
    channels, order = request.header.details
    count = info.width * info.height * channels
    body = memoryview(request.data)[request.header.body :]
    if len(body) < 4 * count:
        raise DecodeError("rows are missing")
    samples = np.frombuffer(body[: 4 * count], f"{order}f4")
    shape = (info.height, info.width, channels) if channels > 1 else (info.height, info.width)
    return samples.reshape(shape)[::-1].astype(np.float32)
