"""Read the header of one image."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from rp_core import read_source
from rp_image._header import parser_of, read_header
from rp_image._slices import FileSlices

if TYPE_CHECKING:
    from rp_core import Source
    from rp_image._slices import Sliceable
    from rp_image._types import ImageInfo


def probe(source: Source, /, *, urls: bool = True) -> ImageInfo:
    """Read what the header of an image says; no pixel is decoded.

    Of a file, only the parts are read that hold the header; of a GIF all of it, which says nowhere
    how many frames there are.

    Args:
        source: As in `load`.
        urls: Whether URLs may be read.

    Returns:
        The `ImageInfo`: format, size, frames, colour model, bits, alpha, orientation, EXIF, ICC.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        FormatError: The content is in no format that this package reads.
        DecodeError: The header is damaged or cut off.
        TypeError: `source` is no source.
    """
    if isinstance(source, os.PathLike) or (isinstance(source, str) and os.path.isfile(source)):
        with open(source, "rb", buffering=0) as file:
            whole = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return _probe(FileSlices(file) if whole else read_source(file))
    return _probe(read_source(source, urls=urls))


def _probe(data: Sliceable) -> ImageInfo:
    info = read_header(data).info
    count = getattr(parser_of(info.format), "count_frames", None)
    return replace(info, frames=count(data)) if count else info
