"""Samples of a file, decoded by FFmpeg in this process."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av.error
import numpy as np

from rp_audio._decoding import Opened
from rp_audio._errors import DecodeError
from rp_audio._pyav.frames import FrameReader
from rp_audio._pyav.opening import best_audio, opened, translated
from rp_core import av_time_base, check_wanted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rp_audio._decoding import Decoding
    from rp_audio._types import Samples

_BLOCK: Final = 1 << 20
_MOST_AT_ONCE: Final = 1 << 28
# A decoder needs some packets before its samples are whole: Opus 80 ms, AAC and MP3 fewer.
_PREROLL: Final = Fraction(1, 2)
_SEEK_SECONDS: Final = 5


def open_file(request: Decoding) -> Opened:
    """Open a file, to give its samples from the start on that is asked for.

    Raises:
        DecodeError: FFmpeg does not read it.
        LimitExceededError: It has more samples than there may be.
    """
    with ExitStack() as stack:
        container = stack.enter_context(opened(request.encoded))
        stream = best_audio(container, request.encoded.name)
        track = _Track(request, container, stream)
        frames = track.frames()
        head = next(frames, None)
        if head is None:
            raise DecodeError(f"{request.encoded.name}: no sound of it decodes")
        basin = _Basin(request, track, FrameReader(head))
        blocks = _blocks(basin, head, frames, stack.pop_all())
        return Opened(track.rate, basin.channels, blocks)


class _Track:
    """The sound of one file, frame by frame.

    Attributes:
        rate: Samples a second, as they are decoded: some codecs double that of the container.
        start: Number of the first sample of the first frame.
        end: Number of the sample before which the last packet so far ends; None: nobody says.
    """

    def __init__(self, request: Decoding, container: Any, stream: Any) -> None:
        self._request, self._container, self._stream = request, container, stream
        self.rate = int(stream.codec_context.sample_rate)
        self.start = 0
        self.end: int | None = None
        # Only these containers count time in samples, and say when the last packet ends.
        self._is_exact = request.encoded.format == "m4a"
        self._base = av_time_base(stream)

    @property
    def length(self) -> int:
        """About how many samples there are; 0: nobody says."""
        return round((self._stream.duration or 0) * self._base * self.rate)

    def frames(self) -> Iterator[Any]:
        """Yield the decoded frames; the first one tells the rate and the start."""
        self._seek()
        frames = self._decoded()
        for first in frames:
            self.rate = int(first.sample_rate)
            if self._is_exact and first.pts is not None:
                self.start = max(0, round(first.pts * av_time_base(first) * self.rate))
            yield first
            break
        yield from frames

    def _seek(self) -> None:
        # Behind the end nothing is found; at the end a frame is, and is dropped.
        start = min(Fraction(self._request.start), Fraction(self.length, self.rate))
        if self._is_exact and start > _SEEK_SECONDS:
            ticks = round((start - _PREROLL) / self._base)
            with translated(self._request.encoded.name):
                self._container.seek(ticks, stream=self._stream)

    def _decoded(self) -> Iterator[Any]:
        ticks, seconds = self._base.numerator, self._base.denominator
        with translated(self._request.encoded.name):
            for packet in self._container.demux(self._stream):
                check_wanted()
                if self._is_exact and packet.pts is not None and packet.duration:
                    self.end = (packet.pts + packet.duration) * ticks * self.rate // seconds
                try:
                    yield from packet.decode()
                except av.error.InvalidDataError:
                    self._request.tally.damaged += 1


def _blocks(
    basin: _Basin, head: Any, frames: Iterator[Any], stack: ExitStack
) -> Generator[Samples, None, None]:
    with stack:
        yield from basin.fill(head)
        for frame in frames:
            if basin.is_done:
                break
            yield from basin.fill(frame)
        else:
            basin.note_end()
        yield from basin.rest()


class _Basin:
    """Collects the samples of frames into blocks."""

    def __init__(self, request: Decoding, track: _Track, reader: FrameReader) -> None:
        self._request, self._track, self._reader = request, track, reader
        self._first, self._last = request.first(track.rate), request.last(track.rate)
        self._at = track.start
        self.channels = reader.channels
        self._size = self._block_size()
        self._block: Samples = np.empty((self._size, self.channels), np.float32)
        self._filled = self._total = 0
        request.tally.end = 0

    def _block_size(self) -> int:
        """Return how many samples a block has: all, where no chunk is asked for and it is known."""
        if self._request.chunk is not None:
            return self._request.chunk
        length = self._track.length
        wanted = max(0, (length if self._last is None else min(length, self._last)) - self._first)
        self._request.check_size(wanted, self.channels)
        return min(wanted + _BLOCK // 16, _MOST_AT_ONCE) if wanted else _BLOCK

    @property
    def is_done(self) -> bool:
        """Whether all is there that was asked for."""
        return self._last is not None and self._at >= self._last

    def note_end(self) -> None:
        """Take note that the file has no more."""
        self._request.tally.at_end = True

    def fill(self, frame: Any) -> Iterator[Samples]:
        """Add the samples of a frame, and yield the blocks that are full."""
        if not self._reader.fits(frame):
            for part in self._reader.fitted(frame):
                yield from self._pour(part)
        else:
            yield from self._pour(frame)

    def _pour(self, frame: Any) -> Iterator[Samples]:
        at, count = self._at, frame.samples
        self._at = at + count
        end = count if self._track.end is None else max(0, min(count, self._track.end - at))
        if self._last is not None:
            end = min(end, self._last - at)
        begin = max(0, self._first - at)
        self._request.tally.end = at + end
        while begin < end:
            part = min(end - begin, self._size - self._filled)
            rows = self._block[self._filled : self._filled + part]
            self._reader.read(frame, begin, begin + part, rows)
            self._filled += part
            begin += part
            if self._filled == self._size:
                yield self._full()

    def _full(self) -> Samples:
        full = self._block
        self._total += self._size
        self._request.check_size(self._total, self.channels)
        self._block = np.empty((self._size, self.channels), np.float32)
        self._filled = 0
        return full

    def rest(self) -> Iterator[Samples]:
        """Yield what is left."""
        if self._filled:
            yield self._block[: self._filled]
