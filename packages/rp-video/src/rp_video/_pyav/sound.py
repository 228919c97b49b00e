"""The sound of a film that is written: copied where its format holds it, encoded where not."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import av
import numpy as np

from rp_core import av_time_base, check_wanted
from rp_video._pyav.opening import opened, translated
from rp_video._pyav.samples import LAYOUTS, decoded, joined, joined_rate, sliced
from rp_video._sound import ArraySound, FileSound, JoinedSound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_video._formats import Container
    from rp_video._pyav.samples import Chunk
    from rp_video._reporting import Report
    from rp_video._sound import Sound


class SoundTrack:
    """Writes sound piece by piece, up to the times that it is told."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._pieces = source.pieces()
        self._next = next(self._pieces, None)

    @classmethod
    def of(cls, output: Any, container: Container, sound: Sound | None) -> SoundTrack | None:
        """Add a track for a sound; None: there is none.

        Raises:
            ValueError: The file has no sound.
            DecodeError: The file cannot be read.
        """
        source: _Source | None = None
        if isinstance(sound, ArraySound):
            source = _Encoded(output, container, sound.rate, sliced(sound))
        elif isinstance(sound, JoinedSound):
            if rate := joined_rate(sound):
                source = _Encoded(output, container, rate, joined(sound, rate))
        elif sound is not None:
            source = _of_file(output, container, sound)
        return cls(source) if source else None

    def write_until(self, time: Fraction) -> None:
        """Write what begins before a time, in seconds."""
        while self._next is not None and self._next[0] <= time:
            self._source.write(self._next[1])
            self._next = next(self._pieces, None)

    def finish(self, end: Fraction | None, report: Report | None = None) -> None:
        """Write what is heard before a time, in seconds, and no more; None: all of it.

        Args:
            end: The time.
            report: Told the whole seconds that are written.
        """
        while self._next is not None and (end is None or self._next[0] < end):
            time, piece = self._next
            self._source.write(piece if end is None else self._source.cut(time, piece, end))
            if report:
                report(int(time))
            self._next = next(self._pieces, None)
        self._source.flush()
        self.close()

    def close(self) -> None:
        """Close the file that the sound comes from."""
        self._source.close()


def _of_file(output: Any, container: Container, sound: FileSound) -> _Source | None:
    with ExitStack() as stack:
        given = stack.enter_context(opened(sound.path))
        stream: Any = given.streams.best("audio")
        if stream is None:
            if sound.optional:
                return None
            raise ValueError(f"there is no sound in {sound.path}")
        name = stream.codec_context.codec.canonical_name
        if not container.sounds or name in container.sounds:
            return _Copied(output, given, stream, sound, stack.pop_all())
        rate = stream.codec_context.sample_rate
        chunks = decoded(given, stream, sound, rate)
        return _Encoded(output, container, rate, chunks, stack.pop_all())


class _Source(Protocol):
    def pieces(self) -> Iterator[tuple[Fraction, Any]]: ...
    def write(self, piece: Any) -> None: ...
    def cut(self, time: Fraction, piece: Any, end: Fraction) -> Any: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class _Copied:
    """Packets, as they are; the cut is at the nearest packet."""

    def __init__(
        self, output: Any, given: Any, stream: Any, sound: FileSound, stack: ExitStack
    ) -> None:
        self._output, self._given, self._stream, self._sound = output, given, stream, sound
        self._stack = stack
        self._track = output.add_stream_from_template(stream)

    def pieces(self) -> Iterator[tuple[Fraction, Any]]:
        base = av_time_base(self._stream)
        shift = round(self._sound.start / base)
        half = Fraction(1, 2)
        if self._sound.start > 0:
            with translated(self._sound.path):
                self._given.seek(shift, stream=self._stream)
        with translated(self._sound.path):
            for packet in self._given.demux(self._stream):
                check_wanted()
                if packet.pts is None or not packet.size:
                    continue
                middle = (packet.pts + half * (packet.duration or 0)) * base
                if self._sound.stop is not None and middle >= self._sound.stop:
                    return
                if middle < self._sound.start and self._sound.start > 0:
                    continue
                packet.pts -= shift
                packet.dts = packet.pts
                yield packet.pts * base, packet

    def write(self, piece: Any) -> None:
        piece.stream = self._track
        self._output.mux_one(piece)

    def cut(self, time: Fraction, piece: Any, end: Fraction) -> Any:  # noqa: ARG002
        return piece

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self._stack.close()


class _Encoded:
    """Samples, encoded as the format has it."""

    def __init__(
        self,
        output: Any,
        container: Container,
        rate: int,
        chunks: Iterator[Chunk],
        stack: ExitStack | None = None,
    ) -> None:
        self._output, self._rate, self._chunks = output, rate, chunks
        self._stack = stack or ExitStack()
        self._next = next(chunks, None)
        channels = len(self._next[1]) if self._next else 2
        rates = av.Codec(container.sound, "w").audio_rates
        fitting = rate if not rates or rate in rates else 48000
        self._track = output.add_stream(container.sound, rate=fitting, layout=LAYOUTS[channels - 1])
        self._at: int | None = None

    def pieces(self) -> Iterator[tuple[Fraction, Any]]:
        while self._next is not None:
            given = self._next
            if self._at is None:
                self._at = max(0, round(given[0] * self._rate))
            yield Fraction(self._at, self._rate), given[1]
            self._next = next(self._chunks, None)

    def write(self, piece: NDArray[np.float32]) -> None:
        layout = LAYOUTS[len(piece) - 1]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), "fltp", layout)
        frame.sample_rate, frame.pts = self._rate, self._at
        frame.time_base = Fraction(1, self._rate)
        self._at = (self._at or 0) + piece.shape[1]
        self._output.mux(self._track.encode(frame))

    def cut(self, time: Fraction, piece: Any, end: Fraction) -> Any:
        return piece[:, : max(1, round((end - time) * self._rate))]

    def flush(self) -> None:
        self._output.mux(self._track.encode(None))

    def close(self) -> None:
        self._stack.close()
