"""EXR by OpenEXR."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rp_image._encoding import Encoding


def encode(request: Encoding) -> bytes:
    """Encode float32 samples, by ZIP."""
    import OpenEXR

    image = request.image
    names = {1: "Y", 2: "YA", 3: "RGB", 4: "RGBA"}[request.channels]
    planes = image.reshape(*image.shape[:2], -1)
    channels = {name: planes[:, :, index].copy() for index, name in enumerate(names)}
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    buffer = BytesIO()
    OpenEXR.File(header, channels).write(buffer)
    return buffer.getvalue()
