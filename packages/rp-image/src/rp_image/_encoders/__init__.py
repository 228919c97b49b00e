"""What the backends of `rp_image.encode` do, one library or one format to a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._encoding import Encoding
    from rp_image._types import Format


def numpy_encoder(name: Format) -> Callable[[Encoding], bytes]:
    """Return the encoder of a format that needs numpy alone."""
    encoder: Callable[[Encoding], bytes] = import_module(f"rp_image._encoders.{name}").encode
    return encoder
