"""Decode the bytes of one image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_core import Fallback, LimitExceededError, UnsupportedError, base, extra
from rp_image._claims import (
    anything,
    claims,
    deep,
    deep_or_lossless,
    eight_bits,
    in_rgb,
    lzw_or_deflate,
    plain,
    plain_eight_bits,
    still,
    still_eight_bits,
    unblocked,
)
from rp_image._errors import DamagedError, DecodeError, FormatError
from rp_image._pixels import apply_key

if TYPE_CHECKING:
    from rp_image._header import Header
    from rp_image._types import Format, Image, ImageInfo, Mode


@dataclass(frozen=True, slots=True)
class Encoded:
    """One image to be decoded.

    Attributes:
        data: The whole file.
        header: What its header says.
        mode: The mode that was asked for; a backend may use it to do less.
        strict: Whether damage that could be bridged is an error.
        least: Height and width, as stored, that are enough: a codec that can decode at a reduced
            scale may give any size from there up. None: the whole size.
        inks: Whether CMYK is to be left as it is, for a colour profile.
    """

    data: bytes
    header: Header
    mode: Mode = "auto"
    strict: bool = True
    least: tuple[int, int] | None = None
    inks: bool = False

    @property
    def info(self) -> ImageInfo:
        """What the header says."""
        return self.header.info


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pixels as stored, 1 to 4 channels; `is_upright` where the decoder turned them itself."""

    pixels: Image
    is_upright: bool = False


decode: Fallback[[Encoded], Decoded] = Fallback(
    "rp_image.load", error=DecodeError, final=(DamagedError, FormatError)
)


@decode.via(needs="simplejpeg", install=base, when=claims(jpeg=in_rgb))
def simplejpeg(request: Encoded) -> Decoded:
    """JPEG by libjpeg-turbo: strict, so that what it finds odd goes to the next."""
    from rp_image._decoders.jpeg import decode_jpeg

    return _checked(decode_jpeg(request), request)


@decode.via(
    needs="imagecodecs",
    install=extra("codecs"),
    when=claims(
        png=plain,
        avif=still,
        webp=plain,
        jxl=plain,
        jp2=in_rgb,
        jpeg=deep_or_lossless,
        qoi=plain,
        tiff=lzw_or_deflate,
    ),
)
def codecs(request: Encoded) -> Decoded:
    """The codecs of imagecodecs, called by the format that was found."""
    from rp_image._decoders.codecs import decode_by

    return _checked(decode_by(request), request, upright=request.info.format == "jxl")


@decode.via(
    needs="cv2",
    install=extra("opencv"),
    when=claims(jpeg=in_rgb, png=plain, webp=plain, bmp=in_rgb, avif=deep, jp2=in_rgb, hdr=plain),
    check=lambda: __import__("cv2").imdecode,
)
def opencv(request: Encoded) -> Decoded:
    """The common formats, 8 and 16 bits, with alpha; Radiance HDR."""
    from rp_image._decoders.opencv import decode_cv2

    return _checked(decode_cv2(request), request)


@decode.via(
    install=base,
    when=claims(
        bmp=anything,
        dds=unblocked,
        dicom=anything,
        fits=anything,
        hdr=anything,
        ico=anything,
        npy=anything,
        pfm=anything,
        pnm=anything,
        psd=anything,
        qoi=anything,
        spe=anything,
        tga=anything,
        tiff=anything,
    ),
)
def numpy(request: Encoded) -> Decoded:
    """The formats of plain or simply packed samples, in every variant."""
    from rp_image._decoders import numpy_decoder

    return _checked(numpy_decoder(request.info.format)(request), request)


@decode.via(
    needs="PIL",
    install=base,
    when=claims(
        jpeg=eight_bits,
        png=anything,
        gif=anything,
        webp=anything,
        avif=eight_bits,
        bmp=in_rgb,
        dds=plain,
        jp2=plain_eight_bits,
        psd=plain,
        tiff=anything,
    ),
)
def pillow(request: Encoded) -> Decoded:
    """Every common format, 8 bits a sample, and 16-bit gray PNG; libtiff for any TIFF."""
    from rp_image._decoders.pillow import decode_pillow

    pixels, upright = decode_pillow(request)
    return _checked(pixels, request, upright=upright)


@decode.via(needs="tifffile", install=extra("tiff"), when=claims(tiff=anything))
def tiff(request: Encoded) -> Decoded:
    """TIFF in every compression, by tifffile and imagecodecs."""
    from rp_image._decoders.tiff import decode_tifffile

    return _checked(decode_tifffile(request), request)


@decode.via(needs="OpenEXR", install=extra("exr"), when=claims(exr=plain))
def exr(request: Encoded) -> Decoded:
    """EXR of one picture, by OpenEXR."""
    from rp_image._decoders.exr import decode_exr

    return _checked(decode_exr(request), request)


@decode.via(needs="pillow_heif", install=extra("heif"), when=claims(heif=anything))
def heif(request: Encoded) -> Decoded:
    """HEIC by libheif, which turns and crops."""
    from rp_image._decoders.heif import decode_heif

    return _checked(decode_heif(request), request, upright=True)


@decode.via(needs="pillow_jxl", install=extra("jxl"), when=claims(jxl=still_eight_bits))
def jxl(request: Encoded) -> Decoded:
    """JPEG XL by libjxl's plugin for Pillow, which turns."""
    from rp_image._decoders.pillow import decode_jxl

    return _checked(decode_jxl(request), request, upright=True)


@decode.via(needs="rawpy", install=extra("raw"), when=claims(raw=anything))
def raw(request: Encoded) -> Decoded:
    """Camera raw files, developed by LibRaw."""
    from rp_image._decoders.raw import decode_raw

    return _checked(decode_raw(request), request, upright=True)


@decode.via(needs="imageio", install=extra("imageio"), when=claims(spe=anything))
def imageio(request: Encoded) -> Decoded:
    """SPE, by imageio's plugin."""
    from rp_image._decoders.imageio import decode_imageio

    return _checked(decode_imageio(request), request)


def check_size(header: Header, max_pixels: int | None) -> None:
    """Refuse an image of too many pixels, or that needs buffers of as many, before it is decoded.

    Raises:
        LimitExceededError: It has more than `max_pixels`.
    """
    info = header.info
    if max_pixels is None or max(info.width * info.height, header.largest) <= max_pixels:
        return
    what = f"{info.width} x {info.height} pixels"
    if info.width * info.height <= max_pixels:
        what = f"tiles, channels or parts of {header.largest} pixels"
    raise LimitExceededError(f"{what} are more than max_pixels={max_pixels}")


_REDUCED: Final[frozenset[Format]] = frozenset({"jpeg"})


def _checked(pixels: Image, request: Encoded, *, upright: bool = False) -> Decoded:
    """Refuse pixels that contradict the header, whose size was checked; apply a colour key."""
    info, key = request.info, request.header.key
    expected = (info.height, info.width)
    if upright and info.orientation > 4:
        expected = expected[::-1]
    reduced = request.least is not None and info.format in _REDUCED
    if pixels.shape[:2] != expected and not reduced:
        raise DecodeError(f"the decoder gave {pixels.shape}, the header says {expected}")
    if pixels.dtype != info.dtype:
        raise UnsupportedError(f"it gives {pixels.dtype}, not {info.dtype}")
    return Decoded(pixels if key is None else apply_key(pixels, key), upright)
