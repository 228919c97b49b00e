"""Which format the bytes are in: found by content, never by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rp_image._errors import FormatError

if TYPE_CHECKING:
    from rp_image._slices import Sliceable
    from rp_image._types import Format

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
    (b"qoif", "qoi"),
    (b"8BPS\0\1", "psd"),
    (b"8BPS\0\2", "psd"),
    (b"DDS ", "dds"),
    (b"#?RADIANCE", "hdr"),
    (b"#?RGBE", "hdr"),
    (b"v/1\x01", "exr"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"\x93NUMPY", "npy"),
    (b"SIMPLE  =", "fits"),
    (b"IIRO", "raw"),  # Olympus.
    (b"IIRS", "raw"),
    (b"IIU\0", "raw"),  # Panasonic.
    (b"FUJIFILMCCD-RAW", "raw"),
    (b"FOVb", "raw"),  # Sigma.
)
_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIF: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_REFUSED: Final = (
    (re.compile(rb"\s*%PDF-"), "PDF"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "PostScript"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE|svg)", re.IGNORECASE), "SVG or XML"),
    (re.compile(rb"\x1f\x8b"), "gzip"),
)
_PNM: Final = re.compile(rb"P[1-7][\s#]")
_PFM: Final = re.compile(rb"P[Ff]4?[\s#]")


def sniff(data: Sliceable) -> Format:
    """Return the format of the content.

    Raises:
        FormatError: It is in no format that this package reads.
    """
    head = data[0:512]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if found := _by_structure(head) or _by_guess(data, head):
        return found
    for pattern, refused in _REFUSED:
        if pattern.match(head):
            raise FormatError(f"{refused} is no raster image, and is not rendered")
    what = f"the first bytes are {head[:16]!r}" if head else "it is empty"
    raise FormatError(f"this is no image of a format that rp_image reads: {what}")


def _by_structure(head: bytes) -> Format | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if _PNM.match(head):
        return "pnm"
    if _PFM.match(head):
        return "pfm"
    return "dicom" if head[128:132] == b"DICM" else None


def _by_brand(head: bytes) -> Format | None:
    """Tell the formats that share a container apart (ISO/IEC 14496-12; 23008-12; AVIF 1.1)."""
    end = max(16, min(int.from_bytes(head[:4]), len(head)))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    if brands[0] == b"crx ":
        return "raw"
    if brands[0] in {b"jp2 ", b"jpx "}:
        return "jp2"
    if brands[0] in _AVIF or (brands[0] not in _HEIF - {b"mif1", b"msf1"} and _AVIF & {*brands}):
        return "avif"
    return "heif" if _HEIF & {*brands} else None


def _by_guess(data: Sliceable, head: bytes) -> Format | None:
    """Recognise the formats without a magic number by headers that hang together."""
    from rp_image._headers import ico, spe, tga

    if ico.matches(head, len(data)):
        return "ico"
    if tga.matches(head, data):
        return "tga"
    return "spe" if spe.matches(data) else None
