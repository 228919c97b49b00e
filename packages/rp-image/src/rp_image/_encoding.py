"""One image to be encoded, checked against what its format can hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np

from rp_image._capacities import CAPACITIES, COLOR_ONLY
from rp_image._depth import as_uint8
from rp_image._headers.exif import is_readable
from rp_image._metadata import EXIF_READERS, HOLDING, PROFILED, Metadata
from rp_image._pixels import opaque, stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rp_image._types import Format, Image

AlphaPolicy: TypeAlias = Literal["error", "drop", "composite"]
_MOST_HDR: Final = 2.0**127 * 511 / 512  # From here up, the exponent is rounded over its end.


@dataclass(slots=True)
class Encoding:
    """One image to be encoded.

    Attributes:
        image: Pixels, brought to what the format holds.
        format: The format.
        quality: 1 to 100, or None where that has no meaning.
        lossless: Whether a lossy format is to lose nothing.
        alpha: What becomes of alpha where the format has none.
        background: Colour that alpha is composited over, in the range of the image.
        clip: Whether floats outside 0..1 are clipped.
        metadata: What goes with the pixels.
    """

    image: Image
    format: Format
    quality: int | None = None
    lossless: bool = False
    alpha: AlphaPolicy = "error"
    background: float | Sequence[float] | None = None
    clip: bool = False
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        """Refuse what the format cannot hold."""
        self._check_options()
        check_writable(self.image)
        height, width = self.image.shape[:2]
        longest = CAPACITIES[self.format].longest
        if max(height, width) > longest:
            raise ValueError(f"{self.format} cannot hold {width} x {height} pixels")
        self.metadata = self.metadata.upright()
        if self.metadata and self.format not in HOLDING:
            raise ValueError(f"{self.format} holds no EXIF, colour profile or XMP")
        if self.metadata.icc and self.format not in PROFILED:
            raise ValueError(f"no backend writes the colour profile of a {self.format}")
        exif = self.metadata.exif
        if exif and self.format in EXIF_READERS and not is_readable(exif):
            raise ValueError("the EXIF block is damaged")
        self.image = _in_float32(self.image)
        self._check_gif()
        unheld = not CAPACITIES[self.format].alpha or self._is_gif_without_alpha
        if self.has_alpha and unheld:
            self.image = self._without_alpha(self.image)
        self._check_samples()
        self._check_profile()
        self.image = self._of_known_depth(self.image)
        self.image = np.ascontiguousarray(self.image, self.image.dtype.newbyteorder("="))

    @property
    def channels(self) -> int:
        """1 (gray), 2 (gray with alpha), 3 or 4."""
        return 1 if self.image.ndim == 2 else int(self.image.shape[2])

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return self.channels in {2, 4}

    def _check_options(self) -> None:
        check_choices({"format": self.format, "alpha": self.alpha, "quality": self.quality})
        capacity = CAPACITIES[self.format]
        if self.lossless and not capacity.lossless:
            what = "lossy" if capacity.quality else "lossless anyway"
            raise ValueError(f"{self.format} has no lossless mode: it is {what}")
        if self.quality is None:
            self.quality = None if self.lossless else capacity.quality
            return
        if capacity.quality is None:
            raise ValueError(f"{self.format} is lossless: it has no quality")
        if self.lossless:
            raise ValueError("a lossless image has no quality")

    @property
    def _is_gif_without_alpha(self) -> bool:
        return self.format == "gif" and self.alpha != "error"

    def _check_samples(self) -> None:
        """Refuse samples that only some formats hold."""
        image = self.image
        if self.format == "hdr" and not ((image >= 0) & (image < _MOST_HDR)).all():
            raise ValueError(f"hdr holds samples from 0 to {_MOST_HDR:.3g}")
        if self.format == "jxl" and not np.isfinite(image).all():
            raise ValueError("jxl holds finite samples only")

    def _check_gif(self) -> None:
        """Refuse alpha between none and all, unless it is to go."""
        image = self.image
        if self.format == "gif" and self.has_alpha and self.alpha == "error":
            alpha = image[:, :, -1]
            most = np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
            if ((alpha > 0) & (alpha < most)).any():
                raise ValueError("a gif holds alpha of none or all only; drop it or composite it")

    def _check_profile(self) -> None:
        """Refuse a profile for other colours; of a PNG, make gray with a profile for RGB RGB."""
        if not self.metadata.icc:
            return
        space = self.metadata.icc[16:20]
        gray = self.channels < 3 and self.format not in COLOR_ONLY
        if space not in ({b"RGB ", b"GRAY"} if gray else {b"RGB "}):
            raise ValueError(f"the colour profile is for {space!r}, not for this picture")
        if space == b"RGB " and gray and self.format == "png":
            self.image = stack(self.image, self.channels, alpha=self.has_alpha)

    def _of_known_depth(self, image: Image) -> Image:
        """Scale floats for a format of integers; refuse a depth that would be lost."""
        dtypes = CAPACITIES[self.format].dtypes
        if image.dtype.kind == "f":
            return image if "float32" in dtypes else as_uint8(image, clip=self.clip)
        if str(image.dtype.newbyteorder("=")) not in dtypes:
            held = " or ".join(sorted(dtypes))
            raise ValueError(f"{self.format} holds {held} samples, not {image.dtype}; convert them")
        return image

    def _without_alpha(self, image: Image) -> Image:
        if self.alpha == "error":
            raise ValueError(
                f"{self.format} cannot hold alpha; "
                'ask for alpha="drop" or alpha="composite", or choose another format'
            )
        color = image[:, :, :-1]
        if self.alpha == "composite":
            from rp_image._composite import color_of, composite

            white = opaque(image.dtype) if self.background is None else self.background
            below = color_of(white, image.dtype)
            if len(below) != 3:
                raise ValueError(f"the background is one number or three, not {white!r}")
            color = composite(image, below)
            if self.channels == 2 and len({*below.tolist()}) == 1:
                color = color[:, :, :1]
        return color[:, :, 0] if color.ndim == 3 and color.shape[2] == 1 else color


def _in_float32(image: Image) -> Image:
    """Return floats as float32; refuse those that it does not hold."""
    if image.dtype.kind != "f":
        return image
    with np.errstate(over="ignore"):
        floats = image.astype(np.float32)
    if image.itemsize > floats.itemsize and (np.isinf(floats) & np.isfinite(image)).any():
        raise ValueError("a sample is beyond the range of float32")
    return floats


def check_choices(options: Mapping[str, Any]) -> None:
    """Refuse options of `encode` that make no sense for any image."""
    name, alpha, quality = options.get("format"), options.get("alpha"), options.get("quality")
    if name is not None and name not in CAPACITIES:
        raise ValueError(f"cannot write {name!r}, only {', '.join(CAPACITIES)}")
    if "alpha" in options and alpha not in get_args(AlphaPolicy):
        raise ValueError(f"alpha must be error, drop or composite, not {alpha!r}")
    if options.get("background") is not None:
        from rp_image._composite import color_of

        color_of(options["background"], np.dtype(np.float32))
    if quality is None:
        return
    if not isinstance(quality, int) or isinstance(quality, bool):
        raise TypeError(f"quality must be an int, not {quality!r}")
    if not 1 <= quality <= 100:
        raise ValueError(f"quality must be 1 to 100, not {quality}")


def check_writable(image: object) -> None:
    """Refuse what is no array of an image."""
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, not {type(image).__name__!r}")
    unsigned = image.dtype.kind == "u" and image.dtype.itemsize <= 2
    if not unsigned and image.dtype.kind != "f":
        raise TypeError(f"image must be uint8, uint16 or float, not {image.dtype}; scale it first")
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in {2, 3, 4})):
        raise ValueError(f"image must be (H, W) or (H, W, C) with C 2 to 4, not {image.shape}")
    if not image.size:
        raise ValueError(f"image has no pixels: {image.shape}")
