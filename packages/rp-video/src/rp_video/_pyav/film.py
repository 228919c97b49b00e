"""An open film: its decoded pictures, each with the time at which it is shown."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self

import av
import av.error

from rp_core import av_fraction, av_time_base, check_wanted
from rp_video._errors import DecodeError
from rp_video._formats import ALPHA_DECODERS
from rp_video._pyav.opening import best_video, opened, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.packet import Packet
    from av.video.frame import VideoFrame

# Closing would wait for decoder threads, which a forked child does not have.
_of_the_parent: Final[list[Any]] = []


class Film:
    """The best video stream of a file, and what decodes it; a context manager.

    Attributes:
        container: The open file.
        stream: The stream.
        time_base: Seconds per tick of the times.
        size: Width and height in which the film begins, as stored.
        damaged: How many packets did not decode so far.
    """

    def __init__(self, path: str, *, alpha: bool = False) -> None:
        self._stack = ExitStack()
        self._alpha = alpha
        self._process = os.getpid()
        self.path = path
        self.damaged = 0
        self._open()

    def _open(self) -> None:
        self._stack.close()
        self._has_moved = False
        with ExitStack() as stack:
            self.container = stack.enter_context(opened(self.path))
            self.stream = best_video(self.container, self.path)
            self.time_base = av_time_base(self.stream)
            self._context: Any = self.stream.codec_context
            self.size = self._context.width, self._context.height
            if self._alpha and has_side_alpha(self.stream):
                self._context = av.CodecContext.create(ALPHA_DECODERS[self.codec], "r")
                self._context.extradata = self.stream.codec_context.extradata
            self._stack = stack.pop_all()

    @property
    def codec(self) -> str:
        """Name of the codec, whichever decoder it is read with."""
        return self.stream.codec_context.codec.canonical_name

    @property
    def counts_in_storage_order(self) -> bool:
        """Whether the file has no times of presentation, but pictures out of order."""
        return self.container.format.name == "avi" and bool(self.stream.codec_context.has_b_frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if os.getpid() == self._process:
            self._stack.close()
        else:
            _of_the_parent.append(self)

    def seek(self, ticks: int | None) -> None:
        """Go to the last key frame that is not later; None: to the beginning."""
        if ticks is None:
            if self._has_moved:
                self._open()  # not every file can be sought in
            return
        self._has_moved = True
        with translated(self.path):
            self.container.seek(ticks, stream=self.stream)
        self._context.flush_buffers()

    def pictures(
        self, is_wanted: Callable[[int | None], bool] | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the pictures from here on, in the order in which they are shown, `pts` put right.

        Args:
            is_wanted: Says of a time of presentation whether its picture is needed; of the others,
                those are left out on which no other depends.
        """
        clock = _Clock(by_storage=self.counts_in_storage_order, step=self._ticks_per_frame())
        for packet in self._packets():
            if is_wanted is not None:
                self._context.skip_frame = "DEFAULT" if is_wanted(packet.pts) else "NONREF"
            for picture in self._decode(packet):
                picture.pts = clock.time(picture)
                yield picture

    def packets(self) -> Iterator[Packet[Any]]:
        """Yield the packets from here on, in storage order, those that only end the film aside."""
        return (packet for packet in self._packets() if packet.size)

    def _packets(self) -> Iterator[Packet[Any]]:
        self._has_moved = True
        with translated(self.path):
            for packet in self.container.demux(self.stream):
                check_wanted()
                yield packet

    def _decode(self, packet: Packet[Any]) -> list[VideoFrame]:
        try:
            decoded: list[VideoFrame] = self._context.decode(packet)
        except av.error.EOFError:
            return []
        except (av.error.InvalidDataError, av.error.UnknownError, av.error.PatchWelcomeError):
            self.damaged += 1
            return []
        except av.error.FFmpegError as error:
            # Also a PermissionError that has nothing to do with files.
            if isinstance(error, MemoryError):
                raise
            raise DecodeError(f"{self.path}: {error.strerror or error}") from error
        return decoded

    def _ticks_per_frame(self) -> int:
        rate = av_fraction(self.stream.guessed_rate) or av_fraction(self.stream.average_rate)
        return max(1, round(1 / rate / self.time_base)) if rate else 1


def has_side_alpha(stream: Any) -> bool:
    """Return whether a VP8 or VP9 stream carries its alpha beside the picture."""
    is_such = stream.codec_context.codec.canonical_name in ALPHA_DECODERS
    return is_such and stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE")) == "1"


class _Clock:
    """Tells when decoded pictures are shown.

    Where times of presentation go backwards more often than times of decoding, these are taken
    (as FFmpeg does, guess_correct_pts in libavcodec); where there are none, pictures are counted.
    """

    def __init__(self, *, by_storage: bool, step: int) -> None:
        self._by_storage = by_storage
        self._step = step
        self._last: int | None = None
        self._last_pts = self._last_dts = -(1 << 63)
        self._faults_pts = self._faults_dts = 0

    def time(self, picture: VideoFrame) -> int:
        """Return the time of the next picture, in ticks."""
        time = self._reported(picture)
        if time is None:
            length = 0 if self._by_storage else picture.duration
            time = 0 if self._last is None else self._last + (length or self._step)
        self._last = time
        return time

    def _reported(self, picture: VideoFrame) -> int | None:
        pts, dts = picture.pts, picture.dts
        if dts is not None:
            self._faults_dts += dts <= self._last_dts
            self._last_dts = dts
        if pts is not None:
            self._faults_pts += pts <= self._last_pts
            self._last_pts = pts
        if pts is None or self._by_storage:
            return dts
        return pts if self._faults_pts <= self._faults_dts or dts is None else dts
