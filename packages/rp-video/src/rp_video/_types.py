"""Arrays, records and literals of rp_video."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image: TypeAlias = NDArray[Any]
    """uint8, C-contiguous, writable: (H, W, 3) RGB, or (H, W, 4) RGBA with straight alpha."""
else:
    Image = Any  # Not numpy's, which is imported when it is needed.

Size: TypeAlias = tuple[int | None, int | None]
Rate: TypeAlias = int | float | Fraction
Seconds: TypeAlias = float | Fraction


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a film.

    Attributes:
        image: uint8 array (H, W, 3) RGB, or (H, W, 4) RGBA; upright.
        index: Its number in the film, from 0 on.
        time: When it is shown, in seconds, as the file has it; the first at `VideoInfo.start`.
        duration: For how long, in seconds: until the next one.
    """

    __module__ = "rp_video"

    image: Image
    index: int
    time: float
    duration: float


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """The sound of a film.

    Attributes:
        codec: Such as "aac".
        rate: Samples a second.
        channels: Number of channels.
        duration: Seconds; None where the file does not say.
    """

    __module__ = "rp_video"

    codec: str
    rate: int
    channels: int
    duration: float | None


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a film is.

    Attributes:
        width: Pixels per row of a frame as it is shown: upright.
        height: Rows of a frame as it is shown.
        rate: Frames a second, on average.
        duration: Seconds from the first frame to the end of the last; None where nobody says.
        frames: How many there are, counted; None where they were not.
        start: Time of the first frame in seconds, as the file has it.
        rotation: Degrees by which the stored picture is turned clockwise to be upright: 0, 90, 180
            or 270.
        is_mirrored: Whether the stored picture is mirrored, sideways, before it is turned.
        format: Format of the file, such as "mp4" or "webm".
        codec: Such as "h264", "hevc", "vp9" or "av1".
        pixel_format: How pixels are stored, as FFmpeg names it, such as "yuv420p10le".
        bits: Bits per sample.
        has_alpha: Whether it has transparency.
        primaries: Colour primaries as ITU-T H.273 numbers them: 1 is BT.709, 9 is BT.2020, 2 is
            not said.
        transfer: Transfer characteristics likewise: 1 is BT.709, 16 is PQ (SMPTE ST 2084), 18 is
            HLG (ARIB STD-B67). Frames are not tone-mapped: they have the values of the file.
        pixel_aspect: Width of a pixel by its height, upright; frames have the pixels as stored.
        audio: Its sound; None: it has none.
    """

    __module__ = "rp_video"

    width: int
    height: int
    rate: Fraction
    duration: float | None
    frames: int | None
    start: float
    rotation: int
    is_mirrored: bool
    format: str
    codec: str
    pixel_format: str
    bits: int
    has_alpha: bool
    primaries: int
    transfer: int
    pixel_aspect: Fraction
    audio: AudioInfo | None

    @property
    def is_hdr(self) -> bool:
        """Whether its transfer is PQ or HLG."""
        return self.transfer in {16, 18}


DecodeBackend: TypeAlias = Literal["pyav", "ffmpeg", "opencv"]
EncodeBackend: TypeAlias = Literal["pyav", "ffmpeg", "opencv"]
