"""Show an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import OperationError, in_notebook
from rp_image._encode import encode

if TYPE_CHECKING:
    from rp_image._types import Image


def show(image: Image) -> None:
    """Show an image: inline in a notebook, elsewhere in the viewer of the desktop.

    Args:
        image: As in `encode`; floats outside 0..1 are clipped.

    Raises:
        OperationError: There is no viewer.
        TypeError, ValueError: `image` is no array of an image.
    """
    if in_notebook():
        from IPython.display import Image as Inline
        from IPython.display import display

        display(Inline(encode(image, "png", clip=True)))
        return
    from io import BytesIO

    from PIL import Image as Pillow
    from PIL import ImageShow

    with Pillow.open(BytesIO(encode(image, "png", clip=True))) as picture:
        if not ImageShow.show(picture):
            raise OperationError("rp_image.show: there is no image viewer here", [])
