"""What the header of an image says, read before any decoder runs."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rp_core import RpError
from rp_image._errors import DecodeError, NoSuchFrameError
from rp_image._sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._slices import Sliceable
    from rp_image._types import Format, ImageInfo


@dataclass(slots=True)
class Header:
    """The header of an image.

    Attributes:
        info: What it says.
        plain: Whether it is of the common kind that the fastest decoders are known to get right.
        defect: Why the container is not whole, where reading the header showed that.
        body: Where the pixels begin, where that matters.
        many_scans: Whether a JPEG may have more scans than one.
        animated: Whether there are frames beside the picture, which a decoder might take for it.
        key: Samples of the transparent colour, in the range of the decoded array.
        largest: Pixels of a buffer that is larger than the picture, such as a tile.
        index: Which frame or page this is the header of.
        details: What the decoders of this one format need to know.
    """

    info: ImageInfo
    plain: bool = True
    defect: str | None = None
    body: int = 0
    many_scans: bool = False
    animated: bool = False
    key: tuple[int, ...] | None = None
    largest: int = 0
    index: int = 0
    details: Any = None


def read_header(data: Sliceable, index: int = 0) -> Header:
    """Read the header of an image, or of one of the images in a file.

    Args:
        data: The file.
        index: Which one, where a file holds images that differ in size (pages of TIFF, sizes of
            ICO); the header of an animation is that of all its frames.

    Raises:
        FormatError: It is in no format that this package reads.
        DecodeError: The header is damaged or cut off.
        IndexError: There is no such page.
    """
    name = sniff(data)
    parser = parser_of(name)
    if hasattr(parser, "read_page"):
        return checked(name, parser.read_page, data, index)
    return checked(name, parser.read_header, data)


def checked(name: Format, parse: Callable[..., Header], *args: Any) -> Header:
    """Parse a header of a format, and say so if it is damaged."""
    try:
        header = parse(*args)
    except (RpError, NoSuchFrameError):
        raise
    except (struct.error, LookupError, EOFError, OverflowError, ValueError) as error:
        raise DecodeError(f"the {name} header is damaged or cut off") from error
    if not (header.info.width and header.info.height):
        raise DecodeError(f"the {name} header says {header.info.width} x {header.info.height}")
    return header


def parser_of(name: Format) -> Any:
    """Return the module that reads the headers of a format."""
    from importlib import import_module

    return import_module(f"rp_image._headers.{name}")
