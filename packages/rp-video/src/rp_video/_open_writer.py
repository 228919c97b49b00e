"""The backends that write films; they give way to the next one before the first frame only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import Fallback, UnsupportedError, extra, find_ffmpeg
from rp_video._errors import CodecUnavailableError, DecodeError

if TYPE_CHECKING:
    from rp_video._encoding import Encoding, Writer

open_writer: Fallback[[Encoding], Writer] = Fallback(
    "rp_video.save", error=CodecUnavailableError, final=(ValueError, DecodeError)
)


@open_writer.via(needs="av")
def pyav(request: Encoding) -> Writer:
    from rp_video._pyav.encode import PyavWriter

    return PyavWriter(request)


@open_writer.via(install=extra("ffmpeg"), check=find_ffmpeg)
def ffmpeg(request: Encoding) -> Writer:
    from rp_video._ffmpeg.encode import PipeWriter

    return PipeWriter(request)


@open_writer.via(needs="cv2", install=extra("opencv"))
def opencv(request: Encoding) -> Writer:
    if not request.allow_lossy_codec:
        raise UnsupportedError("it writes MPEG-4 part 2 only; allow_lossy_codec=True allows that")
    from rp_video._opencv.encode import OpencvWriter

    return OpencvWriter(request)
