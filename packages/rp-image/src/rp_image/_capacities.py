"""What each format can hold, and which suffixes name it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from rp_image._types import Format

_U8: Final = frozenset({"uint8"})
_U16: Final = frozenset({"uint8", "uint16"})
_ALL: Final = frozenset({"uint8", "uint16", "float32"})
_F32: Final = frozenset({"float32"})
COLOR_ONLY: Final = frozenset({"avif", "heif", "webp"})


class Capacity(NamedTuple):
    """What a format can hold: types of samples, alpha, the longest side; and how it is lossy."""

    dtypes: frozenset[str]
    alpha: bool
    longest: int = (1 << 31) - 1
    quality: int | None = None
    lossless: bool = False


CAPACITIES: Final[dict[str, Capacity]] = {
    "avif": Capacity(_U8, True, 32768, 75),
    "bmp": Capacity(_U8, False),
    "exr": Capacity(_F32, True),
    "gif": Capacity(_U8, True, 65535),
    "hdr": Capacity(_F32, False),
    "heif": Capacity(_U8, True, 16384, 75),
    "jp2": Capacity(_U16, True, quality=90, lossless=True),
    "jpeg": Capacity(_U8, False, 65500, 90),
    "jxl": Capacity(_ALL, True, 1 << 30, 90, True),
    "npy": Capacity(_ALL, True),
    "pfm": Capacity(_F32, False),
    "png": Capacity(_U16, True),
    "pnm": Capacity(_U16, True),
    "qoi": Capacity(_U8, True),
    "tga": Capacity(_U8, True, 65535),
    "tiff": Capacity(_ALL, True),
    "webp": Capacity(_U8, True, 16383, 80, True),
}
SUFFIXES: Final[dict[str, Format]] = {
    ".apng": "png",
    ".avif": "avif",
    ".bmp": "bmp",
    ".dib": "bmp",
    ".exr": "exr",
    ".gif": "gif",
    ".hdr": "hdr",
    ".heic": "heif",
    ".heif": "heif",
    ".hif": "heif",
    ".jfif": "jpeg",
    ".jp2": "jp2",
    ".jpe": "jpeg",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".jxl": "jxl",
    ".npy": "npy",
    ".pam": "pnm",
    ".pbm": "pnm",
    ".pfm": "pfm",
    ".pgm": "pnm",
    ".png": "png",
    ".pnm": "pnm",
    ".ppm": "pnm",
    ".qoi": "qoi",
    ".tga": "tga",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
}


def format_of(path: str) -> Format:
    """Return the format that the suffix of a path names.

    Raises:
        ValueError: It names none that can be written.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise ValueError(
            f"no format is known by the suffix {suffix!r}; name one of {', '.join(CAPACITIES)}"
        )
    return SUFFIXES[suffix]
