"""Show an image."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rp_core import OperationError, in_notebook
from rp_image._depth import as_uint8
from rp_image._encode import encode
from rp_image._encoding import check_writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._types import Image


def show(image: Image) -> None:
    """Show an image: inline in a notebook, elsewhere in the viewer of the desktop.

    Args:
        image: As in `encode`; shown with 8 bits, floats outside 0..1 clipped.

    Raises:
        OperationError: There is no viewer.
        TypeError, ValueError: `image` is no array of an image.
    """
    check_writable(image)
    pixels = as_uint8(image, clip=True)
    if in_notebook():
        from IPython.display import Image as Inline
        from IPython.display import display

        display(Inline(encode(pixels, "png")))
        return
    from PIL import Image as Pillow

    picture = Pillow.fromarray(pixels)
    if not any(viewer.show(picture) for viewer in _viewers()):
        raise OperationError("rp_image.show: there is no image viewer here", [])


def _viewers() -> Iterator[Any]:
    """Yield Pillow's viewers that are here; not IPython's, which prints where it shows nothing."""
    from shutil import which

    from PIL import ImageShow

    if sys.platform == "darwin":
        yield ImageShow.MacViewer()
    elif sys.platform == "win32":
        yield ImageShow.WindowsViewer()
    else:
        for command, kind in (
            ("xdg-open", ImageShow.XDGViewer),
            ("display", ImageShow.DisplayViewer),
            ("gm", ImageShow.GmDisplayViewer),
            ("eog", ImageShow.EogViewer),
            ("xv", ImageShow.XVViewer),
        ):
            if which(command):
                yield kind()
