"""A film written by FFmpeg in this process."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
from av.video.reformatter import VideoReformatter

from rp_core import av_time_base
from rp_video._errors import CodecUnavailableError, EncodeError
from rp_video._formats import raw_pixels
from rp_video._pyav.colors import conversion, tag
from rp_video._pyav.opening import create, translated
from rp_video._pyav.sound import SoundTrack

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from rp_video._encoding import Encoding, Timed

_FRAME_DURATION: Final = 1 << 8  # AV_CODEC_FLAG_FRAME_DURATION


class PyavWriter:
    """Writes frames, and the sound up to the same time between them."""

    def __init__(self, request: Encoding) -> None:
        self._request = request
        self._end = Fraction(0)
        self._sound: SoundTrack | None = None
        self._reformatter = VideoReformatter()
        with translated(request.target, EncodeError):
            self._container = create(request.path, request.container)
        try:
            self._stream = self._make_stream()
            self._sound = SoundTrack.of(self._container, request.container, request.sound)
            # Also a PermissionError, of a device that is not there, not of a file.
            with translated(request.target, CodecUnavailableError):
                self._container.start_encoding()
        except BaseException:
            self.abort()
            raise

    def _make_stream(self) -> Any:
        request = self._request
        try:
            stream: Any = self._container.add_stream(
                request.traits.encoder, rate=request.rate, options=request.options()
            )
        except (av.codec.codec.UnknownCodecError, ValueError) as error:
            raise CodecUnavailableError(f"no encoder for {request.codec}: {error}") from error
        if request.look.aspect != 1:
            stream.sample_aspect_ratio = request.look.aspect
            stream.codec_context.sample_aspect_ratio = request.look.aspect
        context = stream.codec_context
        stream.width, stream.height, stream.pix_fmt = request.width, request.height, request.pixels
        context.time_base = request.time_base
        context.thread_count = request.thread_count
        context.flags |= _FRAME_DURATION
        tag(context, request.pixels, request.look)
        return stream

    def prepare(self, frame: Timed) -> VideoFrame:
        """Convert a frame to the pixels of the film."""
        image, time, duration = frame
        pixels = self._request.pixels
        given = av.VideoFrame.from_numpy_buffer(image, raw_pixels(image.shape[2]))
        with translated(self._request.target, EncodeError):
            picture = self._reformatter.reformat(
                given, format=pixels, interpolation="AREA", threads=1, **conversion(pixels)
            )
            picture.pts, picture.duration = time, duration
            picture.time_base = self._request.time_base
        return picture

    def write(self, prepared: VideoFrame) -> None:
        """Add a picture."""
        end = (prepared.pts or 0) + prepared.duration
        with translated(self._request.target, EncodeError):
            self._mux(self._stream.encode(prepared))
        self._end = end * self._request.time_base

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            if self._sound and packet.dts is not None:
                self._sound.write_until(packet.dts * av_time_base(packet))
            self._container.mux_one(packet)

    def close(self) -> None:
        """Write what is left, and end the file."""
        with translated(self._request.target, EncodeError):
            self._mux(self._stream.encode(None))
            if self._sound:
                self._sound.finish(self._end)
            self._container.close()

    def abort(self) -> None:
        """Let go of everything."""
        with suppress(Exception):
            self._container.close()
        if self._sound:
            self._sound.close()
