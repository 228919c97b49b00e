"""Encode one image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp_core import Fallback, base, extra
from rp_image._encoding import Encoding
from rp_image._errors import EncodeError
from rp_image._metadata import Metadata, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_image._encoding import AlphaPolicy
    from rp_image._types import Format, Image

encode_image: Fallback[[Encoding], bytes] = Fallback("rp_image.encode", error=EncodeError)
_SPLICED = frozenset({"jpeg", "jxl", "png", "webp"})


def _in(*formats: Format) -> Callable[[Encoding], bool]:
    """Accept images for these formats; metadata only where it is put in afterwards."""

    def accepts(request: Encoding) -> bool:
        bare = not request.metadata or request.format in _SPLICED
        return request.format in formats and bare

    return accepts


@encode_image.via(needs="simplejpeg", install=base, when=_in("jpeg"))
def simplejpeg(request: Encoding) -> bytes:
    """JPEG by libjpeg-turbo, chroma halved both ways (4:2:0)."""
    from simplejpeg import encode_jpeg

    if request.channels == 1:
        gray = request.image.reshape(*request.image.shape[:2], 1)
        return encode_jpeg(gray, request.quality, "GRAY", "Gray")  # type: ignore[no-any-return]
    return encode_jpeg(request.image, request.quality, "RGB", "420")  # type: ignore[no-any-return]


@encode_image.via(
    needs="cv2",
    install=extra("opencv"),
    when=_in("jpeg", "png", "webp"),
    check=lambda: __import__("cv2").imencode,
)
def opencv(request: Encoding) -> bytes:
    """JPEG, PNG with 8 and 16 bits, lossy WebP."""
    from rp_image._encoders.opencv import encode_cv2

    return encode_cv2(request)


@encode_image.via(
    needs="imagecodecs", install=extra("codecs"), when=_in("jp2", "jxl", "png", "qoi")
)
def codecs(request: Encoding) -> bytes:
    """JPEG 2000, JPEG XL, PNG with 16 bits and QOI by imagecodecs."""
    from rp_image._encoders.codecs import encode_by

    return encode_by(request)


def _is_plain(request: Encoding) -> bool:
    if request.format == "tiff":
        return request.image.dtype != "uint8" or bool(request.metadata)
    return request.format in {"hdr", "npy", "pfm", "pnm", "tga"}


@encode_image.via(install=base, when=_is_plain)
def numpy(request: Encoding) -> bytes:
    """The formats of plain samples, and TIFF of more bits or with metadata."""
    from rp_image._encoders import numpy_encoder

    return numpy_encoder(request.format)(request)


@encode_image.via(
    needs="PIL",
    install=base,
    when=lambda request: (
        request.format in {"avif", "bmp", "gif", "jp2", "jpeg", "png", "tiff", "webp"}
    ),
)
def pillow(request: Encoding) -> bytes:
    """The common formats, 8 bits a sample, and 16-bit gray PNG."""
    from rp_image._encoders.pillow import encode_pillow

    return encode_pillow(request)


@encode_image.via(
    needs="pillow_heif", install=extra("heif"), when=lambda request: request.format == "heif"
)
def heif(request: Encoding) -> bytes:
    """HEIC by libheif and x265."""
    from rp_image._encoders.pillow import encode_heif

    return encode_heif(request)


@encode_image.via(
    needs="pillow_jxl", install=extra("jxl"), when=lambda request: request.format == "jxl"
)
def jxl(request: Encoding) -> bytes:
    """JPEG XL of 8 bits by libjxl's plugin for Pillow, with metadata."""
    from rp_image._encoders.pillow import encode_jxl

    return encode_jxl(request)


@encode_image.via(needs="OpenEXR", install=extra("exr"), when=_in("exr"))
def exr(request: Encoding) -> bytes:
    """EXR of floats, by OpenEXR."""
    from rp_image._encoders.exr import encode

    return encode(request)


def encode(
    image: Image,
    format: Format,  # noqa: A002
    *,
    quality: int | None = None,
    lossless: bool = False,
    alpha: AlphaPolicy = "error",
    background: float | Sequence[float] | None = None,
    clip: bool = False,
    exif: bytes | None = None,
    icc: bytes | None = None,
    xmp: bytes | None = None,
    backend: str | Sequence[str] | None = None,
) -> bytes:
    """Encode an image: AVIF, BMP, EXR, GIF, HDR, HEIF, JPEG (2000, XL), NPY, PFM, PNG and others.

    Nothing is converted silently: what a format cannot hold is an error. A GIF keeps the 256
    colours that fit the image best.

    Args:
        image: Array (H, W) gray, (H, W, 2) gray with alpha, (H, W, 3) RGB or (H, W, 4) RGBA with
            straight alpha; uint8, uint16 full scale, or float. Floats in 0..1 become 8 bits where a
            format holds integers.
        format: Such as "png"; "pnm" stands for PBM, PGM, PPM and PAM.
        quality: 1 to 100, for JPEG and JPEG XL (default 90), WebP (80), AVIF and HEIF (75), JPEG
            2000 (90).
        lossless: Whether WebP, JPEG 2000 or JPEG XL is to lose nothing.
        alpha: Where the format has no alpha: "error", "drop" it, or "composite" over `background`.
        background: Colour, one number or three, in the range of the image; default: white.
        clip: Whether floats outside 0..1 are clipped where they become integers; otherwise they
            are an error.
        exif: EXIF block, as `ImageInfo.exif` has it. Its orientation is written as upright, which
            the image is; in a TIFF its thumbnail is left out.
        icc: Colour profile, as `ImageInfo.icc` has it; of the pixels as they are. Not for JPEG XL,
            whose profiles no backend writes.
        xmp: XMP packet.
        backend: Use only this backend, or these in order.

    Returns:
        The bytes of the file.

    Raises:
        TypeError: `image` is no array of such a type.
        ValueError: The format is unknown or cannot hold the image or its metadata, a float is out
            of range, or an option makes no sense.
        EncodeError: No backend could encode it.
        NoBackendError: None that is installed is able to.
    """
    metadata = Metadata(exif, icc, xmp)
    request = Encoding(image, format, quality, lossless, alpha, background, clip, metadata)
    return encode_request(request, backend)


def encode_request(request: Encoding, backend: Any) -> bytes:
    """Encode what was checked, and put its metadata in."""
    data = encode_image.using(backend)(request)
    if request.metadata and request.format in _SPLICED:
        return insert(data, request.format, request.metadata)
    return data
