"""NPY: the array as it is."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rp_image._encoding import Encoding


def encode(request: Encoding) -> bytes:
    """Encode the array, without pickle."""
    buffer = BytesIO()
    np.save(buffer, request.image, allow_pickle=False)
    return buffer.getvalue()
