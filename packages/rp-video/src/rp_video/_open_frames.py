"""The backends that read frames; they give way to the next one before the first frame only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import Fallback, extra, find_ffmpeg, resumed
from rp_video._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rp_video._decoding import Decoding
    from rp_video._types import Frame

open_frames: Fallback[[Decoding], Iterator[Frame]] = Fallback("rp_video.stream", error=DecodeError)


@open_frames.via(needs="av")
def pyav(request: Decoding) -> Iterator[Frame]:
    from rp_video._pyav.decode import frames

    return _begun(frames(request), request)


@open_frames.via(install=extra("ffmpeg"), check=find_ffmpeg)
def ffmpeg(request: Decoding) -> Iterator[Frame]:
    from rp_video._ffmpeg.decode import frames

    return _begun(frames(request), request)


@open_frames.via(needs="cv2", install=extra("opencv"))
def opencv(request: Decoding) -> Iterator[Frame]:
    from rp_video._opencv.decode import frames

    return _begun(frames(request), request)


def _begun(frames: Generator[Frame, None, None], request: Decoding) -> Iterator[Frame]:
    """Decode the first frame, so that a backend that cannot fails before one is out."""
    first = next(frames, None)
    if first is None and not request.tally.seen:
        raise DecodeError(f"{request.path}: no picture of it decodes")
    return resumed(first, frames)
