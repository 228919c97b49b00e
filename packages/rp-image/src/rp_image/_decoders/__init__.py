"""What the backends of `rp_image.load` do, one library or one format to a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._decode import Encoded
    from rp_image._types import Format, Image


_PLAIN: Final = frozenset({"dicom", "fits", "spe"})


def numpy_decoder(name: Format) -> Callable[[Encoded], Image]:
    """Return the decoder of a format that needs numpy alone."""
    module = "samples" if name in _PLAIN else name
    decoder: Callable[[Encoded], Image] = import_module(f"rp_image._decoders.{module}").decode
    return decoder
