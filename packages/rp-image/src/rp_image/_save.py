"""Save one image."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from rp_core import atomic_write
from rp_image._encode import FORMATS, Encoding, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._types import Format, Image

_SUFFIXES: Final[dict[str, Format]] = {
    ".bmp": "bmp",
    ".jpe": "jpeg",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
}


def save(
    image: Image,
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002
    quality: int | None = None,
    durable: bool = False,
    backend: str | Sequence[str] | None = None,
) -> None:
    """Save an image: BMP, JPEG, PNG, TIFF or WebP.

    The file takes its place whole: a reader sees the old one or the new one, and a save that
    fails or is cancelled changes nothing. Nothing is converted silently: what a format cannot hold
    is an error.

    Args:
        image: Array (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA with straight alpha; uint8, or
            uint16 for PNG.
        path: Destination; its folder must exist.
        format: Format of the file; default: by the suffix of `path`.
        quality: 1 to 100, for JPEG (default 90) and lossy WebP (default 80).
        durable: Whether to wait until the file is on the disk (fsync).
        backend: Use only this backend, "simplejpeg", "opencv" or "pillow", or these in order.

    Raises:
        TypeError: `image` is no array of such a type.
        ValueError: Its shape is none of these, the format is unknown or cannot hold it (alpha in
            JPEG and BMP, 16 bits elsewhere than in PNG), or an option makes no sense.
        EncodeError: No backend could encode it.
        OSError: The file could not be written; the old one stays.
    """
    path = os.fspath(path)
    encoding = Encoding(image, format or _format_of(path), quality)
    data = encode.using(backend)(encoding)
    with atomic_write(path, durable=durable) as file:
        file.write(data)


def _format_of(path: str) -> Format:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _SUFFIXES:
        raise ValueError(f"no format is known by the suffix {suffix!r}; name one of {FORMATS}")
    return _SUFFIXES[suffix]
