"""What a backend is asked for when a film is written."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from rp_core import check_int, cpu_limit
from rp_video._formats import CODECS, Codec, Container, codec_of, container_of
from rp_video._types import Frame

if TYPE_CHECKING:
    from rp_video._sound import Sound
    from rp_video._types import Image, Rate

TICKS: Final = 90_000
"""Ticks of a second in which frames that have times of their own are counted: as in MPEG."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file says of how its pixels are meant.

    Attributes:
        aspect: Width of a pixel by its height.
        primaries: Colour primaries, as ITU-T H.273 numbers them.
        transfer: Transfer characteristics, likewise.
    """

    aspect: Fraction = Fraction(1)
    primaries: int = 1
    transfer: int = 1


@dataclass(frozen=True, slots=True)
class Encoding:
    """One request to write a film.

    Attributes:
        path: Where to write; not the destination itself.
        target: The destination, for what is said of it.
        container: Its format.
        codec: Its codec.
        width: Pixels per row, even where pixels share their colours.
        height: Rows, likewise.
        rate: Frames a second, at least about.
        time_base: Seconds per tick of the times of frames.
        crf: Quality; None: as the codec has it.
        preset: Speed; None: as the codec has it.
        alpha: Whether frames are RGBA.
        sound: Its sound.
        look: What the file says of its pixels.
        threads: How many threads may encode; 0: as many as the budget has.
        allow_lossy_codec: Whether MPEG-4 part 2 may stand in for H.264.
    """

    path: str
    target: str
    container: Container
    codec: str
    width: int
    height: int
    rate: Fraction
    time_base: Fraction
    crf: int | None = None
    preset: str | None = None
    alpha: bool = False
    sound: Sound | None = None
    look: Look = Look()
    threads: int = 0
    allow_lossy_codec: bool = False

    @property
    def traits(self) -> Codec:
        """How the codec is encoded."""
        return CODECS[self.codec]

    @property
    def pixels(self) -> str:
        """How pixels are stored."""
        return (self.traits.alpha if self.alpha else None) or self.traits.pixels

    @property
    def thread_count(self) -> int:
        """How many threads may encode, as FFmpeg takes it: 0 leaves it to the encoder."""
        if self.threads:
            return self.threads
        return 0 if cpu_limit() >= (os.cpu_count() or 1) else cpu_limit()

    def options(self) -> dict[str, str]:
        """Return the options of the encoder, as FFmpeg names them."""
        options = dict(self.traits.options)
        crf = self.traits.crf if self.crf is None else self.crf
        if crf is not None:
            options["crf"] = str(crf)
        if self.container.muxer == "avi" and self.codec in {"h264", "hevc", "mpeg4"}:
            options["bf"] = "0"  # an AVI says nothing of the order in which frames are shown
        if preset := self.preset or self.traits.preset:
            options["cpu-used" if self.codec == "vp9" else "preset"] = preset
        return options


class Timed(NamedTuple):
    """A frame to be written.

    Attributes:
        image: uint8 (H, W, 3) or (H, W, 4), C-contiguous, of the size of the film.
        time: When it is shown, in ticks.
        duration: For how many ticks.
    """

    image: Image
    time: int
    duration: int


class Writer(Protocol):
    """A film that is being written."""

    def prepare(self, frame: Timed) -> Any:
        """Convert a frame to what is encoded; called in another thread, one frame ahead."""
        ...

    def write(self, prepared: Any) -> None:
        """Add a frame that was prepared."""
        ...

    def close(self) -> None:
        """Write what is left, and end the file."""
        ...

    def abort(self) -> None:
        """Let go of everything; what has been written is of no use."""
        ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller of `save` chose, checked before any work."""

    path: str
    container: Container
    codec: str
    rate: Fraction | None
    crf: int | None
    preset: str | None


def choices_of(path: str, *, rate: Rate | None, codec: Any, crf: Any, preset: Any) -> Choices:
    """Refuse what makes no sense.

    Raises:
        TypeError, ValueError: As `save`.
    """
    name = codec_of(path, codec)
    most = {"h264": 51, "hevc": 51}.get(name, 63)
    if crf is not None:
        check_int(f"crf of {name}", crf, 0, most)
        if CODECS[name].crf is None:
            raise ValueError(f"{name} has no crf")
    if preset is not None and not isinstance(preset, str):
        raise TypeError(f"preset must be a string, not {preset!r}")
    if preset is not None and CODECS[name].preset is None:
        raise ValueError(f"{name} has no preset")
    return Choices(path, container_of(path), name, as_rate(rate), crf, preset)


def as_rate(rate: Rate | None) -> Fraction | None:
    """Return a rate as a fraction: 29.97 is 30000/1001.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above 0, or above 1000.
    """
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, Real):
        raise TypeError(f"rate must be a number of frames a second, not {rate!r}")
    if not math.isfinite(rate) or not 0 < rate <= 1000:
        raise ValueError(f"rate must be above 0 and at most 1000, not {rate}")
    if isinstance(rate, Rational) or float(rate).is_integer():
        return Fraction(rate)
    ntsc = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
    if ntsc and abs(ntsc - Fraction(float(rate))) < Fraction(5, 1000):
        return ntsc
    return Fraction(float(rate)).limit_denominator(100_000)


def image_of(item: object) -> Image:
    """Return the image of a frame that was given, as uint8 RGB or RGBA.

    Raises:
        TypeError: It is neither an array of uint8 nor a `Frame`.
        ValueError: It is not (H, W), (H, W, 3) or (H, W, 4), or it has no pixels.
    """
    import numpy as np

    image = item.image if isinstance(item, Frame) else item
    if not isinstance(image, np.ndarray):
        raise TypeError(f"a frame must be an array or a Frame, not {type(item).__name__!r}")
    if image.dtype != np.uint8:
        raise TypeError(f"a frame must be uint8, not {image.dtype}")
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    if image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ValueError(f"a frame must be (H, W), (H, W, 3) or (H, W, 4), not {image.shape}")
    if not image.size:
        raise ValueError(f"a frame must have pixels, not {image.shape}")
    return image


def same_shape(shape: tuple[int, ...], image: Image) -> tuple[int, ...]:
    """Return the shape of a frame, if it is that of those before, of which `()` is none.

    Raises:
        ValueError: It is not.
    """
    if shape and image.shape != shape:
        raise ValueError(f"the size of frames changes: {shape}, then {image.shape}")
    return tuple(image.shape)
