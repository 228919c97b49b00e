"""Frames of a film, decoded by FFmpeg in this process."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rp_video._errors import DecodeError
from rp_video._pyav.film import Film
from rp_video._pyav.index import index_of
from rp_video._pyav.pixels import Pixels
from rp_video._ticks import tolerance
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from av.video.frame import VideoFrame

    from rp_video._decoding import Decoding
    from rp_video._pyav.index import FrameIndex


def frames(request: Decoding) -> Generator[Frame, None, None]:
    """Yield the frames that are asked for; the first is decoded before the second is asked for."""
    with Film(request.path, alpha=request.alpha) as film:
        first = 0
        if request.start is not None:
            index = index_of(Path(request.path))
            first = index.first_from(request.start)
            if first >= len(index):
                request.tally.count, request.tally.at_end = len(index), True
                request.tally.seen = True
                return
            numbered = _numbered_from(film, first)
        else:
            numbered = _numbered(film, film.pictures(), 0)
        pixels = Pixels(film, request.size, alpha=request.alpha)
        stop = None if request.stop is None else _ticks(request.stop, film.time_base)
        with closing(numbered):
            for number, picture, end in numbered:
                request.tally.seen = True
                time = picture.pts or 0
                if stop is not None and time >= stop:
                    return
                request.tally.count = number + 1
                request.tally.damaged = film.damaged
                if (number - first) % request.step == 0:
                    yield _frame(film, pixels, number, picture, end)
        request.tally.at_end = True


def _frame(film: Film, pixels: Pixels, number: int, picture: VideoFrame, end: int) -> Frame:
    time = picture.pts or 0
    duration = max(0, end - time) * film.time_base
    return Frame(pixels.array(picture), number, float(time * film.time_base), float(duration))


def _ticks(time: Fraction, time_base: Fraction) -> Fraction:
    return time / time_base - tolerance(time_base)


def _numbered(
    film: Film, pictures: Iterator[VideoFrame], number: int
) -> Generator[tuple[int, VideoFrame, int], None, None]:
    """Yield number, picture, and the time at which it has been shown: when the next one comes."""
    before: VideoFrame | None = None
    step = 0
    for picture in pictures:
        if before is not None:
            step = (picture.pts or 0) - (before.pts or 0)
            yield number, before, picture.pts or 0
            number += 1
        before = picture
    if before is not None:
        length = 0 if film.counts_in_storage_order else before.duration
        yield number, before, (before.pts or 0) + (length or step)


def _numbered_from(film: Film, first: int) -> Generator[tuple[int, VideoFrame, int], None, None]:
    """Go to a frame by way of a key frame, and number those from it on."""
    yield from _numbered(film, pictures_from(film, first), first)


def pictures_from(
    film: Film, number: int, is_wanted: Callable[[int | None], bool] | None = None
) -> Generator[VideoFrame, None, None]:
    """Yield the pictures of a film from a frame on.

    It is reached from a key frame; where that does not lead to its very time, from an earlier one,
    or else from the beginning, by counting.

    Args:
        film: The film, wherever it stands.
        number: Number of the frame.
        is_wanted: As in `Film.pictures`.
    """
    index = index_of(Path(film.path))
    wanted = int(index.times[number])
    for key in _starts(index, number):
        try:
            film.seek(key)
        except DecodeError:  # there are formats, and files, that cannot be sought in
            continue
        pictures = film.pictures(is_wanted)
        first = next((picture for picture in pictures if (picture.pts or 0) >= wanted), None)
        if first is not None and first.pts == wanted:
            yield first
            yield from pictures
            return
    film.seek(None)
    yield from islice(film.pictures(), number, None)


def _starts(index: FrameIndex, number: int) -> Iterator[int | None]:
    """Yield from where a frame may be reached: the key frame before it, one further back, None."""
    last = int(index.keys.searchsorted(index.times[number], side="right")) - 1
    for place in (last, last - 3):
        if place > 0:
            yield int(index.keys[place])
    if len(index.keys):
        yield None
