"""Write a film anew: in another format, size, rate, or only a part of it."""

from __future__ import annotations

import os
from contextlib import closing
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

from rp_core import readable_path, writable_path
from rp_video._decoding import decoding_of
from rp_video._encoding import as_rate, choices_of
from rp_video._errors import DecodeError
from rp_video._formats import CODECS
from rp_video._look import look_of
from rp_video._probe import probe
from rp_video._save import write_film
from rp_video._sound import FileSound, Sound
from rp_video._stream import frames_of
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rp_core import Progress
    from rp_video._types import Rate, Seconds, Size


def convert(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    size: Size | None = None,
    rate: Rate | None = None,
    start: Seconds | None = None,
    stop: Seconds | None = None,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    keep_audio: bool = True,
    strict: bool = False,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> None:
    """Write a film anew: in another format, size or rate, or a part of it.

    It is upright and has 8 bits; transparency stays where the codec holds it. Its matrix is that of
    BT.709; what is of a wide gamut or HDR is not mapped to another, and says so still. Memory does
    not grow with its length.

    Args:
        src: The film.
        dst: Destination, as in `save`; it may be `src`. A .gif gets a palette, and has no sound.
        size: As in `stream`.
        rate: Frames a second: frames are left out, or shown again, so that each moment has the one
            that was shown then. None: frames keep their times.
        start: As in `stream`.
        stop: As in `stream`.
        codec: As in `save`.
        crf: As in `save`.
        preset: As in `save`.
        keep_audio: Whether to keep its sound: copied where the format holds it, and else encoded.
        strict: As in `stream`; the destination is then left as it was.
        backend: As in `save`: what encodes.
        progress: As in `save`.

    Raises:
        DecodeError, TruncatedError: As `stream`.
        CodecUnavailableError, EncodeError: As `save`.
        TypeError, ValueError: An argument makes no sense.
        OSError: A file could not be read or written.
    """
    source, target = readable_path(src), writable_path(dst)
    speed = as_rate(rate)
    is_gif = target.lower().endswith(".gif")
    choices = None if is_gif else choices_of(target, rate=rate, codec=codec, crf=crf, preset=preset)
    holds_alpha = choices is None or CODECS[choices.codec].alpha is not None
    info = probe(source, count=False)
    alpha = holds_alpha and info.has_alpha
    request = decoding_of(source, start=start, stop=stop, size=size, alpha=alpha)
    with closing(frames_of(request, strict=strict)) as frames:
        first = first_of(source, frames)
        timed = chain([first], frames)
        steady = at_rate(timed, speed) if speed else timed
        if choices is None:
            from rp_video._save_gif import save_gif

            save_gif(target, steady, rate=speed, backend=backend, progress=progress)
            return
        write_film(
            choices,
            steady,
            sound=sound_from(source, first) if keep_audio else None,
            look=look_of(info, first),
            backend=backend,
            progress=progress,
        )


def first_of(path: str, frames: Iterator[Frame]) -> Frame:
    """Return the first frame.

    Raises:
        DecodeError: There is none.
    """
    first = next(frames, None)
    if first is None:
        raise DecodeError(f"{path}: there is no frame between start and stop")
    return first


def sound_from(path: str, first: Frame) -> Sound:
    """Return the sound of a film from the time of a frame on, if it has any."""
    return FileSound(path, Fraction(first.time).limit_denominator(10**9), optional=True)


def at_rate(frames: Iterable[Frame], rate: Fraction) -> Iterator[Frame]:
    """Yield, for each tick of a rate, the frame that is shown then."""
    held: Frame | None = None
    origin: Any = None
    tick = 0
    for frame in frames:
        origin = frame.time if origin is None else origin
        while held is not None and origin + float(tick / rate) < frame.time - 0.0005:
            yield held
            tick += 1
        held = frame
    while held is not None and origin + float(tick / rate) < held.time + held.duration - 0.0005:
        yield held
        tick += 1
