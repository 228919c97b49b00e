"""Arrays, records and literals of rp_image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image: TypeAlias = NDArray[Any]
    """C-contiguous, writable: (H, W, 3) RGB, (H, W, 4) RGBA with straight alpha, or (H, W) gray.
    uint8 for up to 8 bits a sample, uint16 full scale for 9 to 16, float32 for float."""
else:
    Image = Any  # Not numpy's: headers are read without it.

Format: TypeAlias = Literal[
    "avif",
    "bmp",
    "dds",
    "dicom",
    "exr",
    "fits",
    "gif",
    "hdr",
    "heif",
    "ico",
    "jp2",
    "jpeg",
    "jxl",
    "npy",
    "pfm",
    "png",
    "pnm",
    "psd",
    "qoi",
    "raw",
    "spe",
    "tga",
    "tiff",
    "webp",
]
Mode: TypeAlias = Literal["auto", "rgb", "rgba", "gray", "native"]
Color: TypeAlias = Literal["gray", "rgb", "palette", "cmyk", "lab"]
Sample: TypeAlias = Literal["unsigned", "signed", "float"]
DType: TypeAlias = Literal["uint8", "uint16", "float32"]

MAX_PIXELS: Final = 178_956_970
"""Default limit on the pixels of one image: a quarter of a gigabyte of RGB, and a bit more."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What the header of an image file says.

    Attributes:
        format: Format of the content, whatever the name of the file.
        width: Pixels per row as stored, before the orientation is applied.
        height: Rows as stored, before the orientation is applied.
        frames: Number of frames or pages; of an animated JPEG XL 2, as it does not say how many.
        color: Colour model of the file. `load` converts palettes, CMYK and Lab to RGB.
        bits: Bits per sample, 1 to 64.
        sample: Whether samples are unsigned or signed integers, or floats.
        has_alpha: Whether the file has transparency: an alpha channel or a transparent colour.
        orientation: Orientation as EXIF counts, 1 (upright) to 8, also where a container says it
            in another way. `load` applies it.
        exif: EXIF block, from its TIFF header on.
        icc: Embedded colour profile. That of a JPEG XL is packed among its pixels, and not here.
        xmp: XMP packet.
    """

    __module__ = "rp_image"

    format: Format
    width: int
    height: int
    frames: int = 1
    color: Color = "rgb"
    bits: int = 8
    sample: Sample = "unsigned"
    has_alpha: bool = False
    orientation: int = 1
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None

    @property
    def channels(self) -> int:
        """Channels of the upright array that `load(..., mode="native")` gives: 1 to 4."""
        return (1 if self.color == "gray" else 3) + self.has_alpha

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the array that `load` gives: upright, RGB or RGBA."""
        size = (self.width, self.height) if self.orientation > 4 else (self.height, self.width)
        return (*size, 4 if self.has_alpha else 3)

    @property
    def dtype(self) -> DType:
        """Type of the samples that `load` gives."""
        if self.sample != "unsigned" or self.bits > 16:
            return "float32"
        return "uint8" if self.bits <= 8 else "uint16"
