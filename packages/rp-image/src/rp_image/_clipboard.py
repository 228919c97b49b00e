"""Images on the clipboard. Backends are asked top to bottom; only some keep alpha."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_core import Fallback, NoBackendError, UnsupportedError, base, extra
from rp_image._color import to_rgba
from rp_image._depth import as_uint8
from rp_image._encoding import check_writable
from rp_image._errors import ClipboardUnavailableError, EmptyClipboardError, FormatError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._types import Image

_EMPTY: Final = ("not available in the requested format", "is empty", "incorrect type")


@dataclass(frozen=True, slots=True)
class Copying:
    """RGBA pixels uint8, and whether they are to outlive this process."""

    image: Image
    keep: bool


copy_image: Fallback[[Copying], None] = Fallback(
    "rp_image.copy_to_clipboard", error=ClipboardUnavailableError
)
paste_image: Fallback[[], Image] = Fallback(
    "rp_image.paste_from_clipboard",
    error=ClipboardUnavailableError,
    final=(EmptyClipboardError,),
)


@copy_image.via(needs="copykitten", install=extra("copykitten"))
def copykitten(request: Copying) -> None:
    """Copykitten, which keeps alpha.

    Raises:
        UnsupportedError: The image is to stay when this process ends: copykitten would fork it.
    """
    import copykitten

    if request.keep and sys.platform == "linux":
        raise UnsupportedError("the image would go with this process")
    height, width = request.image.shape[:2]
    copykitten.copy_image(request.image.tobytes(), width, height)


@copy_image.via(needs="pyjpgclipboard", install=extra("pyjpgclipboard"))
def pyjpgclipboard(request: Copying) -> None:
    """pyjpgclipboard, as JPEG: only what is opaque.

    Raises:
        UnsupportedError: A pixel is transparent; or this is Linux, where it does not say whether
            the command that it runs has failed.
    """
    import os
    from tempfile import TemporaryDirectory

    from pyjpgclipboard import clipboard_load_jpg

    from rp_image._save import save

    _refuse_on_linux()
    if (request.image[:, :, 3] < 255).any():
        raise UnsupportedError("a JPEG holds no alpha")
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.jpg")
        save(request.image, path, quality=100, alpha="drop")
        clipboard_load_jpg(path)


@copy_image.via(install=base)
def command(request: Copying) -> None:
    """The command of the platform: wl-copy, xclip, osascript or PowerShell."""
    from rp_image._clipboard_command import copy_png
    from rp_image._encode import encode

    copy_png(encode(request.image, "png"))


def _copykitten_paste() -> Image:
    """Copykitten, which keeps alpha."""
    import copykitten

    try:
        data, width, height = copykitten.paste_image()
    except copykitten.CopykittenError as error:
        if any(text in str(error).lower() for text in _EMPTY):
            raise EmptyClipboardError("there is no image on the clipboard") from error
        raise
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)


def _pyjpgclipboard_paste() -> Image:
    """pyjpgclipboard, as JPEG."""
    _refuse_on_linux()
    import os
    from tempfile import TemporaryDirectory

    from pyjpgclipboard import clipboard_dump_jpg

    from rp_image._load import load

    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.jpg")
        clipboard_dump_jpg(path)
        return load(path)


def _command_paste() -> Image:
    """The command of the platform: wl-paste, xclip, osascript or PowerShell."""
    from rp_image._clipboard_command import paste_png
    from rp_image._load import load

    try:
        return load(paste_png(), dtype="uint8", urls=False)
    except FormatError as error:  # Some programs answer with text, whatever they are asked for.
        raise EmptyClipboardError("there is no image on the clipboard") from error


for _fn, _needs, _install in (
    (_copykitten_paste, "copykitten", extra("copykitten")),
    (_pyjpgclipboard_paste, "pyjpgclipboard", extra("pyjpgclipboard")),
    (_command_paste, None, base),
):
    _fn.__name__ = _fn.__name__.removeprefix("_").removesuffix("_paste")
    paste_image.via(needs=_needs, install=_install)(_fn)


def copy_to_clipboard(
    image: Image, *, keep: bool = False, backend: str | Sequence[str] | None = None
) -> None:
    """Copy an image to the clipboard.

    Args:
        image: As in `encode`; floats in 0..1.
        keep: Whether the image stays when this process ends. On Linux the program that copied has
            to hand it out; xclip or wl-copy then does so until something else is copied.
        backend: Use only this backend, "copykitten" (keeps alpha), "pyjpgclipboard" (JPEG) or
            "command", or these in order.

    Raises:
        TypeError, ValueError: `image` is no array of an image.
        ClipboardUnavailableError: There is no display, or no backend could reach the clipboard.
    """
    check_writable(image)
    chain = copy_image.using(backend)
    _check_display()
    request = Copying(np.ascontiguousarray(to_rgba(as_uint8(image))), keep)
    try:
        chain(request)
    except NoBackendError as error:
        raise ClipboardUnavailableError(str(error), error.attempts) from error


def paste_from_clipboard(*, backend: str | Sequence[str] | None = None) -> Image:
    """Return the image that is on the clipboard.

    Args:
        backend: As in `copy_to_clipboard`.

    Returns:
        Array (H, W, 3) uint8, or (H, W, 4) where a pixel is transparent.

    Raises:
        EmptyClipboardError: There is no image on it.
        ClipboardUnavailableError: There is no display, or no backend could reach the clipboard.
    """
    chain = paste_image.using(backend)
    _check_display()
    try:
        image = chain()
    except NoBackendError as error:
        raise ClipboardUnavailableError(str(error), error.attempts) from error
    if image.shape[2] == 4 and (image[:, :, 3] == 255).all():
        image = image[:, :, :3]
    return np.array(image, order="C")


def _refuse_on_linux() -> None:
    if sys.platform == "linux":
        raise UnsupportedError("pyjpgclipboard hides the failures of xclip")


def _check_display() -> None:
    """Refuse at once where no backend could work: some would wait for ever."""
    import os

    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise ClipboardUnavailableError(
            "there is no display: neither DISPLAY nor WAYLAND_DISPLAY", []
        )
