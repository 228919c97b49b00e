"""Pictures of plain samples: DICOM that is not compressed, FITS and SPE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import full_scale
from rp_image._decoders.inks import ycc_to_rgb
from rp_image._errors import DecodeError
from rp_image._headers.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._types import Image

_BAND: Final = 1 << 18


def decode(request: Encoded) -> Image:
    """Decode one picture to (H, W) or (H, W, 3).

    Raises:
        DecodeError: Samples are missing, and `strict` was asked for.
        UnsupportedError: The samples are compressed.
    """
    stored: Samples = request.header.details
    if stored.refusal:
        raise UnsupportedError(stored.refusal)
    info = request.info
    count = info.width * info.height * stored.channels
    kind = np.dtype(stored.kind)
    start = stored.start + request.header.index * count * kind.itemsize
    part = memoryview(request.data)[start : start + count * kind.itemsize]
    if len(part) < count * kind.itemsize:
        if request.strict:
            raise DecodeError("samples are missing")
        part = memoryview(bytes(part).ljust(count * kind.itemsize, b"\0"))
    samples = np.frombuffer(part, kind)
    if stored.is_planar:
        planes = samples.reshape(stored.channels, info.height, info.width)
        return interpret(np.moveaxis(planes, 0, 2), request)
    return interpret(samples.reshape(info.height, info.width, stored.channels), request)


def interpret(samples: NDArray[Any], request: Encoded) -> Image:
    """Give samples (H, W, C) as stored their meaning."""
    out = np.empty(samples.shape, request.info.dtype)
    band = max(1, _BAND // max(1, request.info.width))
    for top in range(0, len(samples), band):
        out[top : top + band] = _mean(samples[top : top + band], request)
    return out[:, :, 0] if samples.shape[2] == 1 else out


def _mean(samples: NDArray[Any], request: Encoded) -> Image:
    stored: Samples = request.header.details
    info = request.info
    if info.dtype == "float32":
        with np.errstate(over="ignore", invalid="ignore"):
            pixels = (samples * stored.scale + stored.zero).astype(np.float32)
    else:
        most = (1 << info.bits) - 1
        wide = (samples.astype(np.int32) + int(stored.zero)) & most
        pixels = full_scale(most - wide if stored.is_inverted else wide, info.bits)
    if stored.is_ycc:
        return ycc_to_rgb(pixels, 255 if pixels.dtype == np.uint8 else 65535)
    return pixels
