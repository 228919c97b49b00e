"""Read single frames, by their times or their numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rp_core import Fallback, file_key, readable_path
from rp_video._decoding import as_time
from rp_video._errors import DecodeError
from rp_video._frame_cache import kept_frames
from rp_video._sizes import check_size

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from rp_video._types import Frame, Seconds, Size


@dataclass(frozen=True, slots=True)
class Picking:
    """A request for single frames: their numbers, sorted and unique, or their times."""

    path: str
    numbers: tuple[int, ...]
    size: Size | None
    alpha: bool


pick: Fallback[[Picking], list[Frame]] = Fallback("rp_video.frames_at", error=DecodeError)


@pick.via(needs="av")
def pyav(request: Picking) -> list[Frame]:
    from rp_video._pyav.pick import pick as pick_frames

    return pick_frames(request.path, request.numbers, request.size, alpha=request.alpha)


def frames_at(
    path: str | os.PathLike[str],
    *,
    times: Iterable[Seconds] | None = None,
    indices: Iterable[int] | None = None,
    size: Size | None = None,
    alpha: bool = False,
    cache: bool = False,
) -> list[Frame]:
    """Read single frames of a film, exactly those that are asked for.

    They are decoded in the order of the film, each once, from the nearest key frame on, whatever
    the order in which they are asked for. Where its frames are is found by reading the file once,
    and remembered while the file stays as it is. In a file that is damaged within, numbers count
    the frames that it should have, while `stream` counts those that it still has.

    Args:
        path: The file.
        times: Seconds, as the file has them; each gives the frame that is shown then, from
            `VideoInfo.start` to the end of the last frame.
        indices: Numbers of frames; negative ones count from the end.
        size: As in `stream`.
        alpha: As in `stream`.
        cache: Whether to keep the frames, and look among those that were kept: at most 256 MiB in
            this process.

    Returns:
        A `Frame` for each time or number, in the order in which they were given.

    Raises:
        IndexError: There is no frame of that number.
        DecodeError: There is no film in the file, or a frame that is asked for does not decode.
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        TypeError, ValueError: Neither or both of times and indices are given; a time is outside the
            film; an argument makes no sense.
    """
    if (times is None) == (indices is None):
        raise ValueError("frames_at takes either times or indices")
    check_size(size)
    source = readable_path(path)
    if times is not None:
        wanted_times = [as_time("a time", time) or Fraction(0) for time in times]
        numbers = _numbers(source, wanted_times, None)
    else:
        wanted = list(indices or ())
        if bad := [i for i in wanted if isinstance(i, bool) or not hasattr(i, "__index__")]:
            raise TypeError(f"a number of a frame must be an int, not {bad[0]!r}")
        numbers = _numbers(source, None, [i.__index__() for i in wanted])
    return _gathered(Picking(source, tuple(numbers), size, bool(alpha)), cache=cache)


def _numbers(path: str, times: list[Fraction] | None, indices: list[int] | None) -> list[int]:
    from rp_video._pyav.pick import numbers_of

    return numbers_of(path, times, indices)


def _gathered(request: Picking, *, cache: bool) -> list[Frame]:
    """Take frames from those that are kept, and the others from the file, each once."""
    found: dict[int, Frame] = {}
    base = (file_key(request.path), request.size, request.alpha)
    if cache:
        kept = ((n, kept_frames.get((*base, n))) for n in set(request.numbers))
        found = {number: frame for number, frame in kept if frame}
    missing = tuple(sorted(set(request.numbers) - found.keys()))
    if missing:
        for frame in pick(replace(request, numbers=missing)):
            found[frame.index] = frame
            if cache:
                kept_frames.put((*base, frame.index), frame)
    return _in_order(request.numbers, found)


def _in_order(numbers: tuple[int, ...], found: dict[int, Frame]) -> list[Frame]:
    """Give each place a frame with an image of its own."""
    given: set[int] = set()
    frames = []
    for number in numbers:
        frame = found[number]
        frames.append(replace(frame, image=frame.image.copy()) if number in given else frame)
        given.add(number)
    return frames
