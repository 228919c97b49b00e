"""Camera raw headers, as LibRaw reads them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from rp_core import require
from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable


def read_header(data: Sliceable) -> Header:
    """Read the size of the developed picture.

    Raises:
        MissingDependencyError: rawpy is not installed.
        DecodeError: LibRaw does not know the camera.
    """
    rawpy = require("rawpy", extra="raw", package="rp-image")
    try:
        with rawpy.imread(BytesIO(data[0 : len(data)])) as file:
            sizes = file.sizes
    except rawpy.LibRawError as error:
        raise DecodeError(f"LibRaw cannot read it: {error}") from error
    turned = sizes.flip in {5, 6}
    width, height = (sizes.height, sizes.width) if turned else (sizes.width, sizes.height)
    return Header(ImageInfo("raw", width, height, bits=16))
