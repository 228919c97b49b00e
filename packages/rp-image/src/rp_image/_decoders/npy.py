"""The pixels of NPY: an array that another program laid down; never a pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode(request: Encoded) -> Image:
    """Decode to (H, W) or (H, W, C); booleans become 0 and 255, what is not 8 or 16 bits float32.

    Raises:
        DecodeError: The array is cut off.
    """
    kind, fortran, shape = request.header.details
    dtype = np.dtype(kind)
    count = int(np.prod(shape))
    body = memoryview(request.data)[request.header.body :]
    if len(body) < count * dtype.itemsize:
        raise DecodeError("the array is cut off")
    samples = np.frombuffer(body[: count * dtype.itemsize], dtype)
    pixels = samples.reshape(shape, order="F" if fortran else "C")
    if dtype.kind == "b":
        return pixels.astype(np.uint8) * np.uint8(255)
    with np.errstate(over="ignore"):
        return np.array(pixels, request.info.dtype, order="C")
