"""What kind of image the bytes hold: found by content, before any decoder runs."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError, FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._slices import Sliceable
    from rp_image._types import Format, ImageInfo

_MAGIC: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"BM", "bmp"),
)


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
        frame: Left, top, right and bottom of the picture, where it does not fill the canvas.
        largest: Pixels of a buffer that is larger than the picture, such as a tile.
    """

    info: ImageInfo
    plain: bool = True
    defect: str | None = None
    body: int = 0
    many_scans: bool = False
    animated: bool = False
    key: tuple[int, ...] | None = None
    frame: tuple[int, int, int, int] | None = None
    largest: int = 0


def sniff(data: Sliceable) -> Format:
    """Return the format of the content.

    Raises:
        FormatError: It is in no format that this package reads.
    """
    head = data[0:16]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    what = f"the first bytes are {head!r}" if head else "it is empty"
    raise FormatError(f"this is no BMP, GIF, JPEG, PNG, TIFF or WebP image: {what}")


def read_header(data: Sliceable) -> Header:
    """Read the header of an image.

    Raises:
        FormatError: It is in no format that this package reads.
        DecodeError: The header is damaged or cut off.
    """
    name = sniff(data)
    try:
        header = _parser(name)(data)
    except (struct.error, IndexError, EOFError) as error:
        raise DecodeError(f"the {name} header is damaged or cut off") from error
    if not (header.info.width and header.info.height):
        raise DecodeError(f"the {name} header says {header.info.width} x {header.info.height}")
    return header


def _parser(name: Format) -> Callable[[Sliceable], Header]:
    from importlib import import_module

    parser: Callable[[Sliceable], Header] = import_module(f"rp_image._{name}").read_header
    return parser
