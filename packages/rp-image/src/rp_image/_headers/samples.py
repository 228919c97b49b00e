"""How the formats of science and medicine store plain samples."""

from __future__ import annotations

from typing import NamedTuple

from rp_image._errors import NoSuchFrameError


class Samples(NamedTuple):
    """Where samples are, and what they mean.

    Attributes:
        start: Where those of the first picture begin.
        kind: Their type, as numpy writes it.
        channels: How many there are to a pixel.
        is_planar: Whether each channel has a plane of its own.
        scale: What they are multiplied by, where the result is of floats.
        zero: What is added then.
        is_inverted: Whether 0 is white.
        is_ycc: Whether they are luma and chroma.
        refusal: Why they cannot be read, if so.
    """

    start: int
    kind: str
    channels: int = 1
    is_planar: bool = False
    scale: float = 1.0
    zero: float = 0.0
    is_inverted: bool = False
    is_ycc: bool = False
    refusal: str = ""


def check_index(index: int, frames: int) -> None:
    """Refuse the number of a picture that is not there."""
    if index >= frames:
        raise NoSuchFrameError.of(index, frames)
