"""Samples of the sound of files, decoded piece by piece."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np

from rp_core import av_time_base, check_wanted
from rp_video._pyav.opening import opened, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_video._sound import ArraySound, FileSound, JoinedSound

    Chunk = tuple[Fraction, NDArray[np.float32]]

LAYOUTS: Final = ("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1")
_CHUNK: Final = 4096
_PREROLL: Final = Fraction(1, 4)


def decoded(
    given: Any, stream: Any, sound: FileSound, rate: int, layout: str | None = None
) -> Iterator[Chunk]:
    """Yield time and samples (channels, n) between the times of a sound, to the sample."""
    resampler = av.AudioResampler("fltp", layout, rate)
    if sound.start > 0:
        # Decoders need some packets before their samples are whole: Opus 80 ms, AAC and MP3 fewer.
        before = max(Fraction(0), sound.start - _PREROLL)
        with translated(sound.path):
            given.seek(round(before / av_time_base(stream)), stream=stream)
    time: Fraction | None = None
    with translated(sound.path):
        for frame in _frames(given, stream):
            check_wanted()
            if time is None and frame is not None:
                time = (frame.pts or 0) * av_time_base(frame)
            for part in resampler.resample(frame):
                samples: Any = part.to_ndarray()
                begin = time or Fraction(0)
                time = begin + Fraction(samples.shape[1], rate)
                first = max(0, round((sound.start - begin) * rate))
                last = None if sound.stop is None else round((sound.stop - begin) * rate)
                if last is not None and last <= 0:
                    return
                kept = samples[:, first:last]
                if kept.shape[1]:
                    yield begin + Fraction(first, rate) - sound.start, kept


def _frames(given: Any, stream: Any) -> Iterator[Any]:
    """Yield the decoded frames, and None for what the resampler holds back."""
    yield from given.decode(stream)
    yield None


def joined_rate(sound: JoinedSound) -> int | None:
    """Return the rate of the first film that has sound; None: none has."""
    for part, _ in sound.parts:
        with opened(part.path) as given:
            stream: Any = given.streams.best("audio")
            if stream is not None:
                rate: int = stream.codec_context.sample_rate
                return rate
    return None


def joined(sound: JoinedSound, rate: int) -> Iterator[Chunk]:
    """Yield the samples of films in stereo; where one has none, or ends early, is silence."""
    offset = Fraction(0)
    at = 0
    for part, length in sound.parts:
        end = round((offset + length) * rate)
        for time, samples in _part(part, rate):
            gap = min(end, round((offset + time) * rate)) - at
            if gap > 0:
                yield Fraction(at, rate), np.zeros((2, gap), np.float32)
                at += gap
            kept = samples[:, : max(0, end - at)]
            if kept.shape[1]:
                yield Fraction(at, rate), kept
                at += kept.shape[1]
        while at < end:
            count = min(_CHUNK, end - at)
            yield Fraction(at, rate), np.zeros((2, count), np.float32)
            at += count
        offset += length


def _part(part: FileSound, rate: int) -> Iterator[Chunk]:
    with opened(part.path) as given:
        stream: Any = given.streams.best("audio")
        if stream is not None:
            yield from decoded(given, stream, part, rate, "stereo")


def sliced(sound: ArraySound) -> Iterator[Chunk]:
    """Yield time and samples (channels, n) of an array."""
    for start in range(0, len(sound.samples), _CHUNK):
        yield Fraction(start, sound.rate), sound.samples[start : start + _CHUNK].T
