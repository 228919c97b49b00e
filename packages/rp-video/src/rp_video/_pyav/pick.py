"""Single frames of a film, by way of its index."""

from __future__ import annotations

from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from rp_video._errors import DecodeError
from rp_video._pyav.decode import pictures_from
from rp_video._pyav.film import Film
from rp_video._pyav.index import index_of
from rp_video._pyav.pixels import Pixels
from rp_video._ticks import tolerance
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from rp_video._pyav.index import FrameIndex
    from rp_video._types import Size


def numbers_of(
    path: str, times: Sequence[Fraction] | None, indices: Sequence[int] | None
) -> list[int]:
    """Return the numbers of frames that are given by times, or by numbers from either end.

    Raises:
        IndexError: There is no frame of that number.
        ValueError: A time is outside the film.
    """
    index = index_of(Path(path))
    if times is not None:
        return [_number_at(index, time) for time in times]
    for number in indices or ():
        if not -len(index) <= number < len(index):
            raise IndexError(f"there is no frame {number}: the film has {len(index)}")
    return [number % len(index) for number in indices or ()]


def _number_at(index: FrameIndex, time: Fraction) -> int:
    number = index.shown_at(time)
    if number < 0 or time > index.end + tolerance(index.time_base) * index.time_base:
        start, end = float(index.start), float(index.end)
        raise ValueError(
            f"there is no frame at {float(time)} s: the film runs from {start} to {end} s"
        )
    return number


def pick(path: str, numbers: Sequence[int], size: Size | None, *, alpha: bool) -> list[Frame]:
    """Return the frames of the given numbers, which are sorted and unique.

    Raises:
        DecodeError: One of them does not decode.
    """
    index = index_of(Path(path))
    picked: list[Frame] = []
    with Film(path, alpha=alpha) as film:
        pixels = Pixels(film, size, alpha=alpha)
        for group in _by_key_frame(index, numbers):
            picked += _decoded(film, index, group, pixels)
    if len(picked) != len(numbers):
        lost = sorted(set(numbers) - {frame.index for frame in picked})
        raise DecodeError(f"{path}: frame {lost[0]} does not decode")
    return picked


def _by_key_frame(index: FrameIndex, numbers: Sequence[int]) -> Iterator[list[int]]:
    """Put those together that follow the same key frame; without key frames, all."""
    places = index.keys.searchsorted(index.times[list(numbers)], side="right")
    for _, group in groupby(zip(places, numbers, strict=True), key=itemgetter(0)):
        yield [number for _, number in group]


def _decoded(film: Film, index: FrameIndex, numbers: list[int], pixels: Pixels) -> Iterator[Frame]:
    times = {int(index.times[number]): number for number in numbers}
    by_time = bool(len(index.keys))
    pictures = pictures_from(film, numbers[0], times.__contains__ if by_time else None)
    with closing(pictures):
        for count, picture in enumerate(pictures, numbers[0]):
            time = picture.pts or 0
            number = times.get(time) if by_time else count
            if number is not None and number in numbers:
                seconds = float(time * film.time_base)
                image, duration = pixels.array(picture), float(index.duration(number))
                yield Frame(image, number, seconds, duration)
            if number == numbers[-1]:
                return
