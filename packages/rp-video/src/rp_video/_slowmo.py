"""Slow a film down, with new frames between those it has."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import rp_core.sync
from rp_core import readable_path, require, writable_path
from rp_video._decoding import decoding_of
from rp_video._encoding import as_rate, choices_of, image_of
from rp_video._errors import DecodeError
from rp_video._flow import between, blend
from rp_video._look import look_of
from rp_video._probe import probe
from rp_video._save import write_film
from rp_video._stream import frames_of
from rp_video._types import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rp_core import Progress
    from rp_video._types import Frame, Rate

Interpolate: TypeAlias = Callable[[Image, Image, float], Image]
Method: TypeAlias = Literal["flow", "minterpolate", "blend"] | Interpolate
_NAMES: Final = ("flow", "minterpolate", "blend")
_NEAR: Final = 1e-4


class Pair(NamedTuple):
    """Two frames that follow each other, and the times between them that are wanted, 0 to 1."""

    before: Image
    after: Image
    times: tuple[float, ...]


def slowmo(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    factor: float,
    *,
    method: Method = "flow",
    rate: Rate | None = None,
    limit: int | None = None,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> None:
    """Write a film that is slower, with new frames between those it has; without its sound.

    The methods differ in kind, so one that is not installed is an error, and never another. The
    film lasts `factor` times as long: from the last frame on nothing is known, and it is held.

    Args:
        src: The film.
        dst: Destination, as in `save`; it may be `src`.
        factor: How many times as long it lasts, 1 to 100, not only whole numbers.
        method: "flow" moves pixels along the optical flow (OpenCV, extra `opencv`); "minterpolate"
            is FFmpeg's motion-compensated filter, several times slower; "blend" fades. A function
            `(before, after, t) -> image` of two images (H, W, 3), uint8, and a time between 0 and
            1, such as a model that you have; it is called in threads.
        rate: Frames a second of the new film. None: that of the old one.
        limit: How many pairs of frames may be in work at once. None: the CPU budget.
        codec: As in `save`.
        crf: As in `save`.
        preset: As in `save`.
        backend: As in `save`: what encodes.
        progress: As in `save`.

    Raises:
        MissingDependencyError: What the method needs is not installed; with the line to run.
        DecodeError, CodecUnavailableError, EncodeError, OSError: As `convert`.
        TypeError, ValueError: An argument makes no sense, or the function returned no image.
    """
    source, target = readable_path(src), writable_path(dst)
    slowness = _factor(factor)
    work = None if method == "minterpolate" else _work(method)
    choices = choices_of(target, rate=rate, codec=codec, crf=crf, preset=preset)
    info = probe(source)
    speed = as_rate(rate) or info.rate
    how: dict[str, Any] = {"backend": backend, "progress": progress, "look": look_of(info)}
    timed = replace(choices, rate=speed)
    request = decoding_of(source)
    with closing(frames_of(request, strict=False)) as frames:
        if work is None:
            from rp_video._pyav.minterpolate import slowed

            images: Any = slowed(frames, slowness, speed)
            write_film(timed, images, **how)
            return
        pairs = _pairs(frames, slowness, speed)
        with rp_core.sync.thread_map(work, pairs, limit=limit, cpu=True) as results:
            images = (image for made in results for image in made)
            write_film(timed, images, threads=1, **how)


def _factor(factor: object) -> Fraction:
    if isinstance(factor, bool) or not isinstance(factor, Real):
        raise TypeError(f"factor must be a number, not {factor!r}")
    if not math.isfinite(factor) or not 1 <= float(factor) <= 100:
        raise ValueError(f"factor must be 1 to 100, not {factor}")
    exact = Fraction(factor) if isinstance(factor, Rational) else Fraction(float(factor))
    return exact.limit_denominator(1000)


def _work(method: Any) -> Callable[[Pair], list[Image]]:
    """Return what makes the frames of a pair."""
    if method == "flow":
        require("cv2", extra="opencv", package="rp-video")
        return lambda pair: _made(pair, between)
    if method == "blend":
        return lambda pair: _made(pair, blend)
    if isinstance(method, str):
        names = ", ".join(_NAMES)
        raise ValueError(f"method must be one of {names}, not {method!r}")  # noqa: TRY004
    if not callable(method):
        raise TypeError(f"method must be a name or a function, not {method!r}")

    def each(before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        return [image_of(method(before, after, time)) for time in times]

    return lambda pair: _made(pair, each)


def _made(pair: Pair, make: Callable[[Image, Image, Sequence[float]], list[Image]]) -> list[Image]:
    """Make the frames of a pair; at time 0 it is the first, as it is."""
    moving = [time for time in pair.times if time > 0]
    made = iter(make(pair.before, pair.after, moving) if moving else [])
    return [next(made) if time > 0 else pair.before for time in pair.times]


def _pairs(frames: Iterable[Frame], factor: Fraction, rate: Fraction) -> Iterator[Pair]:
    """Yield pairs of frames with the times that are wanted between them."""
    before: Frame | None = None
    origin = 0.0
    count = 0
    for frame in frames:
        if before is None:
            before, origin = frame, frame.time
            continue
        times, count = _times(before, frame.time, origin, float(rate * factor), count)
        if times:
            yield Pair(before.image, frame.image, times)
        before = frame
    if before is None:
        raise DecodeError("there is no frame")
    end = before.time + before.duration
    times, count = _times(before, end, origin, float(rate * factor), count)
    yield Pair(before.image, before.image, (0.0,) * len(times))


def _times(
    before: Frame, end: float, origin: float, ticks: float, count: int
) -> tuple[tuple[float, ...], int]:
    """Return where between a frame and the next one new frames are wanted, and their number."""
    times: list[float] = []
    length = end - before.time
    while True:
        place = (origin + count / ticks - before.time) / length if length > 0 else 1.0
        if place > 1 - _NEAR:
            return tuple(times), count
        times.append(place if place > _NEAR else 0.0)
        count += 1
