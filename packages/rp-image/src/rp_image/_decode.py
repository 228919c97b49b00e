"""Decode the bytes of one image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rp_core import Fallback, LimitExceededError, UnsupportedError, base, extra
from rp_image._errors import DecodeError, FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "rp_image.load", error=DecodeError, final=(FormatError,)
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
    pixels = decode_jpeg(request.data, "GRAY" if gray else "RGB", strict=request.strict)
    return Decoded(_of_size(pixels, request.info))


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
    pixels = cv2.imdecode(np.frombuffer(request.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise DecodeError("OpenCV cannot decode it")
    if pixels.ndim == 3:
        to_rgb = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        cv2.cvtColor(pixels, to_rgb, dst=pixels)
    return Decoded(_of_size(pixels, request.info))


@decode.via(needs="PIL", install=base)
def pillow(request: Encoded) -> Decoded:
    """Every format, 8 bits a sample, and 16-bit gray PNG."""
    from rp_image._pillow import open_image, to_array

    info = request.info
    if info.bits > 8 and (info.format, info.color) != ("png", "gray"):
        raise UnsupportedError(f"Pillow reads {info.bits}-bit {info.format} as 8 bits")
    if info.bits > 8 and info.has_alpha:
        raise UnsupportedError("Pillow reads 16-bit gray with alpha as 8 bits")
    if info.format == "tiff" and not request.header.plain:
        raise UnsupportedError("Pillow reads TIFF of 8 bits a sample, unsigned, only")
    if info.format == "png" and request.strict:
        _check_sums(request.data)
    with open_image(request.data, info.format) as image:
        pixels = to_array(image)
    is_upright = info.format == "tiff"
    return Decoded(_of_size(pixels, info, turned=is_upright), is_upright)


def check_size(info: ImageInfo, max_pixels: int | None) -> None:
    """Refuse an image of too many pixels, before any decoder sees it.

    Raises:
        LimitExceededError: It has more than `max_pixels`.
    """
    if max_pixels is not None and info.width * info.height > max_pixels:
        raise LimitExceededError(
            f"{info.width} x {info.height} pixels are more than max_pixels={max_pixels}"
        )


def _of_size(pixels: Image, info: ImageInfo, *, turned: bool = False) -> Image:
    """Refuse pixels that contradict the header, whose size is the one that was checked."""
    expected = (info.height, info.width)
    if turned and info.orientation > 4:
        expected = expected[::-1]
    if pixels.shape[:2] != expected:
        raise DecodeError(f"the decoder gave {pixels.shape}, the header says {expected}")
    return pixels


def _check_sums(data: bytes) -> None:
    """Do for Pillow what OpenCV does itself."""
    from rp_image._png import find_wrong_sum

    if defect := find_wrong_sum(data):
        raise DecodeError(defect)


def _cv2() -> Any:
    import cv2

    return cv2
