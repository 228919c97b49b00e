"""What the samples of a TIFF page mean: photometric interpretation, alpha, depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.common import full_scale
from rp_image._decoders.inks import cmyk_to_rgb, lab_to_rgb, ycc_to_rgb
from rp_image._headers import tiff as tags
from rp_image._pixels import unpremultiply

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._headers.tiff import Layout
    from rp_image._types import Image

_GRAYS = frozenset({tags.WHITE_IS_ZERO, tags.BLACK_IS_ZERO, tags.MASK})


def interpret(samples: NDArray[Any], request: Encoded, *, is_rgb: bool = False) -> Image:
    """Turn stored samples (H, W, S) into gray or RGB, with alpha where there is some.

    Args:
        samples: As stored, of any numeric type.
        request: The page.
        is_rgb: Whether the decoder made RGB of YCbCr.

    Raises:
        UnsupportedError: The interpretation is not known, or not at this depth.
    """
    layout: Layout = request.header.details
    photometric = tags.RGB if is_rgb and layout.photometric == tags.YCBCR else layout.photometric
    scaled = _scaled(samples, request, photometric)
    color = _color(scaled, layout, photometric, inks=request.inks)
    if layout.alpha is None:
        return color if color.shape[2] > 1 else color[:, :, 0]
    both = np.concatenate([color, scaled[:, :, layout.alpha : layout.alpha + 1]], axis=2)
    if not layout.premultiplied:
        return both
    as_stored = both.dtype.kind == "f" and layout.sample != "float"
    return unpremultiply(both, float((1 << layout.bits[0]) - 1) if as_stored else None)


def _scaled(samples: NDArray[Any], request: Encoded, photometric: int) -> Image:
    """Bring samples to the type and range that `load` gives; palette indices stay."""
    if photometric == tags.PALETTE:
        return samples
    if request.info.dtype == "float32":
        with np.errstate(over="ignore"):
            return samples.astype(np.float32)
    return full_scale(samples, request.info.bits)


def _color(samples: Image, layout: Layout, photometric: int, *, inks: bool) -> Image:
    if photometric in _GRAYS:
        gray = samples[:, :, :1]
        if photometric == tags.WHITE_IS_ZERO and gray.dtype.kind == "u":
            gray = np.iinfo(gray.dtype).max - gray
        return gray
    if photometric == tags.PALETTE:
        return _look_up(samples[:, :, 0], layout)
    if photometric == tags.RGB and samples.shape[2] >= 3:
        return samples[:, :, :3]
    if samples.dtype.kind == "u" and samples.shape[2] >= 3:
        most = int(np.iinfo(samples.dtype).max)
        if photometric == tags.CMYK and samples.shape[2] >= 4:
            return samples[:, :, :4] if inks else cmyk_to_rgb(samples[:, :, :4])
        if photometric == tags.YCBCR:
            return ycc_to_rgb(samples[:, :, :3], most, layout.weights, layout.reference)
        if photometric in {tags.CIELAB, tags.ICC_LAB}:
            return _from_lab(samples[:, :, :3], most, is_signed=photometric == tags.CIELAB)
    raise UnsupportedError(
        f"photometric interpretation {photometric} of {samples.dtype} is not read"
    )


def _from_lab(samples: Image, most: int, *, is_signed: bool) -> Image:
    """Convert Lab: a and b are signed, or offset as in ICC profiles, where white is FF00."""
    if not is_signed:
        return lab_to_rgb(samples, white=most - most % 256 if most > 255 else most)
    shifted = samples.copy()
    shifted[:, :, 1:] += samples.dtype.type((most + 1) // 2)
    return lab_to_rgb(shifted)


def _look_up(indices: NDArray[Any], layout: Layout) -> Image:
    """Apply the colour map; one of 8-bit values, which some programs write, is taken for it."""
    size = len(layout.palette) // 3
    colors = np.array(layout.palette[: 3 * size], np.uint32).reshape(3, size).T
    if colors.max(initial=0) > 255:
        colors >>= 8
    return np.asarray(colors.astype(np.uint8)[np.minimum(indices, size - 1)])
