"""SPE by imageio.

Its plugin for DICOM is to be removed, and prints; that for FITS needs one more package: both are
read by `samples`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from rp_core import UnsupportedError
from rp_image._decoders.samples import interpret
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from rp_image._decode import Encoded
    from rp_image._types import Image


def decode_imageio(request: Encoded) -> Image:
    """Decode the first picture.

    Raises:
        DecodeError: imageio cannot read it.
        UnsupportedError: Another picture is wanted.
    """
    import imageio.v3

    info, header = request.info, request.header
    if header.index:
        raise UnsupportedError("imageio is asked for the first picture only")
    try:
        with TemporaryDirectory() as folder:  # The plugin reads from named files only.
            path = Path(folder) / "a.spe"
            path.write_bytes(request.data)
            pixels = np.asarray(imageio.v3.imread(path, plugin="SPE", index=0))
    except (OSError, ValueError, RuntimeError, ImportError, LookupError, TypeError) as error:
        raise DecodeError(f"imageio cannot read it: {error}") from error
    if pixels.shape != (info.height, info.width):
        raise DecodeError(f"imageio gives the shape {pixels.shape}")
    return interpret(pixels[:, :, None], request)
