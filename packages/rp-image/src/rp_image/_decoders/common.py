"""What several decoders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rp_image._errors import DecodeError
from rp_image._pixels import unpremultiply

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._header import Header
    from rp_image._types import Image

_BAND = 1 << 20


def full_scale(samples: Image, bits: int) -> Image:
    """Scale unsigned samples of some bits to all of uint8, or above 8 bits of uint16."""
    return to_full_scale(samples, (1 << bits) - 1)


def to_full_scale(samples: Image, most: int) -> Image:
    """Scale unsigned samples from 0 to `most` to all of uint8, or above 8 bits of uint16."""
    wide = most > 255
    target = np.dtype(np.uint16 if wide else np.uint8)
    full = 65535 if wide else 255
    if most == full:
        return samples if samples.dtype == target else samples.astype(target)
    levels = (np.arange(most + 1, dtype=np.uint64) * (2 * full) + most) // (2 * most)
    if samples.max(initial=0) > most:
        samples = np.minimum(samples, most)
    table = levels.astype(target)
    out = np.empty(samples.shape, target)
    band = max(1, _BAND // max(1, samples[:1].size))
    for top in range(0, len(samples), band):
        np.take(table, samples[top : top + band], out=out[top : top + band])
    return out


def of_jp2(pixels: Image, request: Encoded) -> Image:
    """Scale the samples of a JPEG 2000 to the whole range, and undo what alpha did to them."""
    scaled = full_scale(pixels, request.info.bits)
    if not request.header.details.premultiplied:
        return scaled
    return unpremultiply(np.array(scaled))


def clipped_cells(pixels: Image, header: Header) -> Image:
    """Crop to the clean aperture, where the header has one."""
    if not (isinstance(header.details, tuple) and header.info.format == "avif"):
        return pixels
    height, width, (left, top, right, bottom) = header.details
    if pixels.shape[:2] != (height, width):
        raise DecodeError(f"the decoder gave {pixels.shape}, the header says {(height, width)}")
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def still(request: Encoded) -> bytes:
    """Return the file; of a PNG only the picture, without frames, and a profile libpng warns of."""
    header = request.header
    more = header.info.format == "png" and (header.animated or header.info.icc)
    return bare_png(request) if more else request.data


def bare_png(request: Encoded, *, check: bool = False) -> bytes:
    """Take out of a PNG what is no pixel; for Pillow, also check what it does not."""
    from rp_image._headers.png import bare, find_damage

    if check and (damage := find_damage(request.data)):
        raise DecodeError(damage)
    return bare(request.data, alpha=request.info.has_alpha)


def unpack_bits(packed: Image, bits: int, count: int) -> Image:
    """Unpack rows (N, bytes) of samples of 1 to 32 bits, the high bit first, to (N, count)."""
    rows = len(packed)
    if bits in {1, 2, 4}:
        shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
        spread = packed[:, :, None] >> shifts & ((1 << bits) - 1)
        return np.asarray(spread.reshape(rows, -1)[:, :count])
    single = np.unpackbits(packed, axis=1)[:, : count * bits].reshape(rows, count, bits)
    value = np.zeros((rows, count), np.uint16 if bits <= 16 else np.uint32)
    for place in range(bits):
        value = value << 1 | single[:, :, place]
    return value if bits > 8 else value.astype(np.uint8)
