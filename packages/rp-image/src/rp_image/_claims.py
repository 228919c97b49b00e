"""Which images a backend is for, by what their headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_image._headers.tiff import BY_CODECS as TIFF_BY_CODECS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from rp_image._decode import Encoded
    from rp_image._header import Header

    Claim: TypeAlias = Callable[[Header], bool]


def anything(_: Header) -> bool:
    """Accept every image of the format."""
    return True


def lzw_or_deflate(header: Header) -> bool:
    """Accept a TIFF in the schemes in which imagecodecs is faster than what all have."""
    return header.details.compression in TIFF_BY_CODECS


def plain(header: Header) -> bool:
    """Accept the common kind; not with a defect: OpenCV allocates what a damaged length says."""
    return header.plain and header.defect is None


def in_rgb(header: Header) -> bool:
    """Accept the common kind in RGB or gray, no palette and no inks."""
    return plain(header) and header.info.color in {"rgb", "gray"}


def deep_or_lossless(header: Header) -> bool:
    """Accept a JPEG of more than 8 bits, or of the lossless process, in gray or RGB."""
    return (header.info.bits > 8 or header.details) and header.info.color in {"rgb", "gray"}


def deep(header: Header) -> bool:
    """Accept the common kind of more than 8 bits a sample, of one frame."""
    return still(header) and header.info.bits > 8


def eight_bits(header: Header) -> bool:
    """Accept up to 8 bits a sample."""
    return header.info.bits <= 8


def still_eight_bits(header: Header) -> bool:
    """Accept up to 8 bits a sample, with no frames beside the picture."""
    return header.info.bits <= 8 and not header.animated


def plain_eight_bits(header: Header) -> bool:
    """Accept the common kind of 8 bits."""
    return plain(header) and header.info.bits == 8


def still(header: Header) -> bool:
    """Accept the common kind with no frames beside the picture."""
    return plain(header) and not header.animated


def unblocked(header: Header) -> bool:
    """Accept pixels that are not compressed by blocks."""
    return header.details is not None


def claims(**accepted: Claim) -> Callable[[Encoded], bool]:
    """Accept the formats that are named, each where its claim holds."""

    def accepts(request: Encoded) -> bool:
        claim = accepted.get(request.info.format)
        return claim is not None and claim(request.header)

    return accepts
