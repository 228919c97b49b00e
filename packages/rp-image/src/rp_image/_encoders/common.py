"""What several encoders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rp_image._types import Image


def in_color(image: Image) -> Image:
    """Spread gray, with alpha or without, over red, green and blue."""
    if image.ndim == 2:
        return np.repeat(image[:, :, None], 3, axis=2)
    return image[:, :, [0, 0, 0, 1]] if image.shape[2] == 2 else image
