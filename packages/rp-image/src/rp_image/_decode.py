"""Decode the bytes of one image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rp_core import Fallback, LimitExceededError, UnsupportedError, base, extra
from rp_image._errors import DamagedError, DecodeError, FormatError
from rp_image._jpeg import bare as bare_jpeg
from rp_image._pixels import apply_key, clear_outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._header import Header
    from rp_image._types import Format, Image, ImageInfo, Mode


# What libjpeg says where pixels are lost; what else it finds odd, browsers and cameras write.
_DAMAGE: Final = re.compile("premature end|bad Huffman code|bad arithmetic code|instead of RST")


@dataclass(frozen=True, slots=True)
class Encoded:
    """One image to be decoded.

    Attributes:
        data: The whole file.
        header: What its header says.
        mode: The mode that was asked for; a backend may use it to do less.
        strict: Whether damage that could be bridged is an error.
    """

    data: bytes
    header: Header
    mode: Mode
    strict: bool

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


def in_formats(*formats: Format, color: frozenset[str] = frozenset()) -> Callable[[Encoded], bool]:
    """Accept plain images of these formats, but for some colour models.

    Not where the header showed a defect: OpenCV allocates what a damaged length says.
    """

    def accepts(request: Encoded) -> bool:
        header = request.header
        usable = header.plain and header.defect is None
        return usable and header.info.format in formats and header.info.color not in color

    return accepts


@decode.via(needs="simplejpeg", install=base, when=in_formats("jpeg", color=frozenset({"cmyk"})))
def simplejpeg(request: Encoded) -> Decoded:
    """JPEG by libjpeg-turbo: strict, so that what it finds odd goes to the next."""
    from simplejpeg import decode_jpeg

    gray = request.info.color == "gray" and request.mode in {"gray", "native"}
    try:
        pixels = decode_jpeg(request.data, "GRAY" if gray else "RGB", strict=request.strict)
    except ValueError as error:
        if request.strict and _DAMAGE.search(str(error)):
            raise DamagedError(f"the jpeg is damaged: {error}") from error
        raise
    return Decoded(_checked(pixels, request.header))


@decode.via(
    needs="cv2",
    install=extra("opencv"),
    when=in_formats("jpeg", "png", "webp", "bmp", color=frozenset({"cmyk"})),
    check=lambda: _cv2().imdecode,
)
def opencv(request: Encoded) -> Decoded:
    """The common formats, 8 and 16 bits, with alpha."""
    import numpy as np

    cv2 = _cv2()
    data = _bare_png(request) if request.header.animated else request.data
    as_rgb = request.info.color != "gray" and not request.info.has_alpha
    rgb_flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    flags = rgb_flags if as_rgb else cv2.IMREAD_UNCHANGED
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise DecodeError("OpenCV cannot decode it")
    if pixels.ndim == 3 and not as_rgb:
        to_rgb = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        cv2.cvtColor(pixels, to_rgb, dst=pixels)
    return Decoded(_checked(pixels, request.header))


@decode.via(needs="PIL", install=base)
def pillow(request: Encoded) -> Decoded:
    """Every format, 8 bits a sample, and 16-bit gray PNG; of BMP only the plain kind."""
    from rp_image._pillow import open_image, to_array

    info, header = request.info, request.header
    if reason := _not_for_pillow(header):
        raise UnsupportedError(reason)
    with open_image(_for_pillow(request), info.format) as image:
        pixels = to_array(image)
    if header.frame:
        pixels = clear_outside(pixels, header.frame)
    is_upright = info.format == "tiff"
    return Decoded(_checked(pixels, header, turned=is_upright), is_upright)


@decode.via(install=base, when=lambda request: request.info.format == "bmp")
def numpy(request: Encoded) -> Decoded:
    """BMP of every kind."""
    from rp_image._bmp_pixels import decode as decode_bmp

    return Decoded(_checked(decode_bmp(request.data, strict=request.strict), request.header))


def check_size(header: Header, max_pixels: int | None) -> None:
    """Refuse an image of too many pixels, or with a tile of too many, before a decoder sees it.

    Raises:
        LimitExceededError: It has more than `max_pixels`.
    """
    info = header.info
    if max_pixels is None or max(info.width * info.height, header.largest) <= max_pixels:
        return
    what = f"{info.width} x {info.height}" if header.largest <= max_pixels else "a tile's"
    raise LimitExceededError(f"{what} pixels are more than max_pixels={max_pixels}")


def _checked(pixels: Image, header: Header, *, turned: bool = False) -> Image:
    """Refuse pixels that contradict the header, whose size was checked; apply a colour key."""
    info = header.info
    expected = (info.height, info.width)
    if turned and info.orientation > 4:
        expected = expected[::-1]
    if pixels.shape[:2] != expected:
        raise DecodeError(f"the decoder gave {pixels.shape}, the header says {expected}")
    return pixels if header.key is None else apply_key(pixels, header.key)


def _not_for_pillow(header: Header) -> str | None:
    """Return why Pillow would get an image wrong."""
    info = header.info
    if info.bits > 8 and (info.format, info.color) != ("png", "gray"):
        return f"Pillow reads {info.bits}-bit {info.format} as 8 bits"
    if info.bits > 8 and info.has_alpha and header.key is None:
        return "Pillow reads 16-bit gray with alpha as 8 bits"
    if info.format == "tiff" and not header.plain:
        return "Pillow reads TIFF of 8 bits a sample, unsigned, only"
    if info.format == "bmp" and not header.plain:
        return "Pillow takes some palettes, bit fields and run lengths wrongly"
    return None


def _for_pillow(request: Encoded) -> bytes:
    """Return the file without what Pillow warns of, or fails at, and no pixel depends on."""
    if request.info.format == "png":
        return _bare_png(request, check=request.strict)
    if request.info.format == "jpeg":
        return bare_jpeg(request.data)
    return request.data


def _bare_png(request: Encoded, *, check: bool = False) -> bytes:
    """Take out what is no pixel; for Pillow, also check what it does not."""
    from rp_image._png import bare, find_damage

    if check and (damage := find_damage(request.data)):
        raise DecodeError(damage)
    return bare(request.data, alpha=request.info.has_alpha)


def _cv2() -> Any:
    import cv2

    return cv2
