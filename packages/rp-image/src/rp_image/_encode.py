"""Encode one image. Backends are asked top to bottom, the fastest faithful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import Fallback, UnsupportedError, base, extra
from rp_image._errors import EncodeError
from rp_image._types import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._types import Image

FORMATS: Final = ("bmp", "jpeg", "png", "tiff", "webp")
_DEFAULT_QUALITY: Final[dict[str, int]] = {"jpeg": 90, "webp": 80}
_WITHOUT_ALPHA: Final = frozenset({"bmp", "jpeg"})
_LARGEST: Final = {"jpeg": 65535, "webp": 16383}


@dataclass(slots=True)
class Encoding:
    """One image to be encoded, checked against what its format can hold."""

    image: Image
    format: Format
    quality: int | None

    def __post_init__(self) -> None:
        """Refuse what the format cannot hold."""
        if self.format not in FORMATS:
            raise ValueError(f"cannot write {self.format!r}, only {', '.join(FORMATS)}")
        _check_array(self.image)
        self._check_quality()
        height, width = self.image.shape[:2]
        if max(height, width) > _LARGEST.get(self.format, 1 << 31):
            raise ValueError(f"{self.format} cannot hold {width} x {height} pixels")
        if self.format in _WITHOUT_ALPHA and self.channels == 4:
            raise ValueError(f"{self.format} cannot hold alpha; drop it or composite it first")
        if self.image.dtype.itemsize == 2 and self.format != "png":
            raise ValueError(f"{self.format} is written with 8 bits a sample, not 16")
        self.image = np.ascontiguousarray(self.image, self.image.dtype.newbyteorder("="))

    @property
    def channels(self) -> int:
        """1 (gray), 3 or 4."""
        return 1 if self.image.ndim == 2 else int(self.image.shape[2])

    def _check_quality(self) -> None:
        if self.quality is None:
            self.quality = _DEFAULT_QUALITY.get(self.format)
            return
        if self.format not in _DEFAULT_QUALITY:
            raise ValueError(f"{self.format} is lossless: it has no quality")
        if not isinstance(self.quality, int) or isinstance(self.quality, bool):
            raise TypeError(f"quality must be an int, not {self.quality!r}")
        if not 1 <= self.quality <= 100:
            raise ValueError(f"quality must be 1 to 100, not {self.quality}")


encode: Fallback[[Encoding], bytes] = Fallback("rp_image.save", error=EncodeError)


def in_formats(*formats: Format) -> Callable[[Encoding], bool]:
    """Accept images for these formats."""
    return lambda request: request.format in formats


@encode.via(needs="simplejpeg", install=base, when=in_formats("jpeg"))
def simplejpeg(request: Encoding) -> bytes:
    """JPEG by libjpeg-turbo, chroma halved both ways (4:2:0)."""
    from simplejpeg import encode_jpeg

    if request.channels == 1:
        gray = request.image.reshape(*request.image.shape[:2], 1)
        return encode_jpeg(gray, request.quality, "GRAY", "Gray")  # type: ignore[no-any-return]
    return encode_jpeg(request.image, request.quality, "RGB", "420")  # type: ignore[no-any-return]


@encode.via(
    needs="cv2",
    install=extra("opencv"),
    when=in_formats("jpeg", "png", "webp"),
    check=lambda: _cv2().imencode,
)
def opencv(request: Encoding) -> bytes:
    """JPEG, PNG with 8 and 16 bits, lossy WebP."""
    cv2 = _cv2()
    image = request.image
    if request.channels > 1:
        image = cv2.cvtColor(
            image,
            cv2.COLOR_RGB2BGR if request.channels == 3 else cv2.COLOR_RGBA2BGRA,
        )
    flags = {"jpeg": cv2.IMWRITE_JPEG_QUALITY, "webp": cv2.IMWRITE_WEBP_QUALITY}
    flag = flags.get(request.format)
    done, data = cv2.imencode(
        f".{request.format}", image, [] if flag is None else [flag, request.quality]
    )
    if not done:
        raise EncodeError("OpenCV cannot encode it")
    return bytes(data)


@encode.via(needs="PIL", install=base)
def pillow(request: Encoding) -> bytes:
    """Every format, 8 bits a sample, and 16-bit gray PNG."""
    from io import BytesIO

    from PIL import Image

    if request.image.dtype == np.uint16 and request.channels > 1:
        raise UnsupportedError("Pillow writes 16 bits a sample for gray only")
    options: dict[str, Any] = {} if request.quality is None else {"quality": request.quality}
    if request.format == "tiff":
        options["compression"] = "tiff_adobe_deflate"
    buffer = BytesIO()
    Image.fromarray(request.image).save(buffer, request.format, **options)
    return buffer.getvalue()


def _check_array(image: object) -> None:
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, not {type(image).__name__!r}")
    if image.dtype.kind != "u" or image.dtype.itemsize > 2:
        raise TypeError(f"image must be uint8 or uint16, not {image.dtype}; scale it first")
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in {3, 4})):
        raise ValueError(f"image must be (H, W), (H, W, 3) or (H, W, 4), not {image.shape}")
    if not image.size:
        raise ValueError(f"image has no pixels: {image.shape}")


def _cv2() -> Any:
    import cv2

    return cv2
