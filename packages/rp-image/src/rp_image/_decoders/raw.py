"""Camera raw files by rawpy, that is LibRaw."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode_raw(request: Encoded) -> Image:
    """Develop with the camera's white balance to sRGB, 16 bits, no automatic brightening."""
    import rawpy

    try:
        with rawpy.imread(BytesIO(request.data)) as file:
            return np.asarray(
                file.postprocess(
                    use_camera_wb=True,
                    no_auto_bright=True,
                    output_bps=16,
                    gamma=(2.4, 12.92),
                    output_color=rawpy.ColorSpace.sRGB,
                )
            )
    except rawpy.LibRawError as error:
        raise DecodeError(f"LibRaw cannot develop it: {error}") from error
