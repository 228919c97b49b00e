"""Save an animation."""

from __future__ import annotations

import os
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

from rp_image._capacities import format_of
from rp_image._encoding import Encoding, check_choices, check_writable
from rp_image._metadata import HOLDING, Metadata, insert
from rp_image._muxers import muxer_of
from rp_image._save import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rp_image._encoding import AlphaPolicy
    from rp_image._types import Format, Image

ANIMATED: Final = frozenset({"gif", "png", "webp"})
MOST_LOOPS: Final = {"gif": 65536, "png": (1 << 32) - 1, "webp": 65535}


def save_animation(
    images: Iterable[Image],
    path: str | os.PathLike[str],
    *,
    duration: float | Sequence[float] = 100,
    loop: int = 0,
    format: Format | None = None,  # noqa: A002
    quality: int | None = None,
    lossless: bool = False,
    alpha: AlphaPolicy = "error",
    background: float | Sequence[float] | None = None,
    exif: bytes | None = None,
    icc: bytes | None = None,
    xmp: bytes | None = None,
    durable: bool = False,
) -> None:
    """Save frames as an animated GIF, PNG (APNG) or WebP.

    Each frame is encoded before the next one is asked for. Of a frame, only the part is stored
    that differs from the one before it.

    Args:
        images: Arrays of one shape and type, as in `encode`: uint8, for PNG also uint16, or floats
            in 0..1. A GIF holds 256 colours a frame; what has more is reduced to the nearest.
        path: Destination; its folder must exist.
        duration: Milliseconds for which each frame is shown, or one number for each. GIF counts in
            10 ms: rounding is carried on, so that the sum stays right.
        loop: How often it is shown, at most 65535 times; 0: for ever.
        format: "gif", "png" or "webp"; default: by the suffix of `path`.
        quality: 1 to 100, for WebP (default 80).
        lossless: Whether WebP is to lose nothing.
        alpha: As in `encode`: what becomes of alpha in a GIF, which holds all or nothing.
        background: As in `encode`.
        exif: As in `encode`, for PNG and WebP.
        icc: As in `encode`, for PNG and WebP.
        xmp: As in `encode`, for PNG and WebP.
        durable: Whether to wait until the file is on the disk (fsync).

    Raises:
        TypeError: A frame is no array of such a type.
        ValueError: There is no frame, the frames differ in shape or type, the durations do not
            match them, or the format is not animated.
        EncodeError: No backend could encode a frame.
        OSError: The file could not be written; the old one stays.
    """
    path = os.fspath(path)
    name = format or format_of(path)
    making = Making(name, loop, quality, lossless, alpha, background, Metadata(exif, icc, xmp))
    write(path, making.encode(_timed(images, duration)), durable=durable)


@dataclass(frozen=True, slots=True)
class Making:
    """How frames are made into an animation."""

    format: Format
    loop: int
    quality: int | None
    lossless: bool
    alpha: AlphaPolicy
    background: float | Sequence[float] | None
    metadata: Metadata

    def __post_init__(self) -> None:
        """Refuse what makes no sense for any frame."""
        if self.format not in ANIMATED:
            names = ", ".join(sorted(ANIMATED))
            raise ValueError(f"{self.format} is not animated; name one of {names}")
        most = MOST_LOOPS[self.format]
        if not isinstance(self.loop, int) or isinstance(self.loop, bool):
            raise TypeError(f"loop must be an int, not {self.loop!r}")
        if not 0 <= self.loop <= most:
            raise ValueError(f"loop must be 0 to {most}, not {self.loop}")
        check_choices({"alpha": self.alpha, "quality": self.quality})
        if self.metadata and self.format not in HOLDING:
            raise ValueError(f"{self.format} holds no EXIF, colour profile or XMP")

    def encode(self, timed: Iterable[tuple[Image, float]]) -> bytes:
        """Encode frames, each with the milliseconds for which it is shown."""
        muxer = muxer_of(self.format)(loop=self.loop, quality=self.quality, lossless=self.lossless)
        before: Image | None = None
        kind = None
        for given, length in timed:
            check_writable(given)
            kind = kind or (given.shape, given.dtype)
            if (given.shape, given.dtype) != kind:
                raise ValueError(f"the frames differ: {kind[0]} and {given.shape}")
            image = self._held(given)
            muxer.add(image, before, length)
            before = image.copy() if image is given else image
        if before is None:
            raise ValueError("an animation needs at least one frame")
        data = muxer.finish()
        return insert(data, self.format, self.metadata.upright()) if self.metadata else data

    def _held(self, image: Image) -> Image:
        """Bring a frame to what the format holds."""
        metadata = Metadata(icc=self.metadata.icc)
        return Encoding(
            image,
            self.format,
            alpha=self.alpha,
            background=self.background,
            metadata=metadata,
        ).image


def _timed(
    images: Iterable[Image], duration: float | Sequence[float]
) -> Iterator[tuple[Image, float]]:
    lengths = None if isinstance(duration, Real) else list(duration)  # type: ignore[arg-type]
    count = 0
    for count, image in enumerate(images, 1):
        if lengths is not None and count > len(lengths):
            raise ValueError(f"there are {len(lengths)} durations, and more frames")
        length: Any = duration if lengths is None else lengths[count - 1]
        if not 0 <= length < 1 << 24:
            raise ValueError(f"a duration must be 0 ms or more, not {length}")
        yield image, float(length)
    if lengths is not None and count < len(lengths):
        raise ValueError(f"there are {len(lengths)} durations, but {count} frames")
