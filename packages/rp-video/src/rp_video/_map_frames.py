"""Change every frame of a film with a function."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

import rp_core.sync
from rp_core import readable_path, writable_path
from rp_video._convert import first_of, sound_from
from rp_video._decoding import decoding_of
from rp_video._encoding import choices_of, image_of
from rp_video._look import look_of
from rp_video._probe import probe
from rp_video._save import write_film
from rp_video._stream import frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rp_core import Progress
    from rp_video._types import Frame, Image

_AHEAD: Final = 6  # so that the function goes on while the encoder takes its turn


def map_frames(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    fn: Callable[[Image], Image],
    *,
    limit: int | None = None,
    ordered: bool = True,
    keep_audio: bool = True,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    strict: bool = False,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> None:
    """Write a film whose frames are those of another, changed by a function, in parallel.

    At most `limit + 9` frames are in memory. Frames keep their times. The encoder has one thread:
    the others are the function's.

    Args:
        src: The film.
        dst: Destination, as in `save`; it may be `src`.
        fn: Function of an image (H, W, 3) RGB, uint8, that returns another; all of one size. It is
            called in threads, so it gains by them as far as it lets go of the GIL, as numpy, OpenCV
            and rp_image do. For a function of the time, take `stream` and `save`.
        limit: How many calls may run at once. None: the CPU budget; 0: one by one.
        ordered: Whether frames stay in order; else they are written as they come, each for as long
            as the first, for films in which the order is of no matter.
        keep_audio: As in `convert`.
        codec: As in `save`.
        crf: As in `save`.
        preset: As in `save`.
        strict: As in `convert`.
        backend: As in `save`: what encodes.
        progress: As in `save`.

    Raises:
        DecodeError, TruncatedError, CodecUnavailableError, EncodeError, OSError: As `convert`.
        TypeError, ValueError: `fn` returned no uint8 image; or an argument makes no sense.
        Exception: What `fn` raised, with a note of the frame.
    """
    source, target = readable_path(src), writable_path(dst)
    if not callable(fn):
        raise TypeError(f"fn must be a function, not {fn!r}")
    choices = choices_of(target, rate=None, codec=codec, crf=crf, preset=preset)

    def changed(frame: Frame) -> Frame:
        return replace(frame, image=image_of(fn(frame.image)))

    with closing(frames_of(decoding_of(source), strict=strict)) as frames:
        first = first_of(source, frames)
        items = chain([first], frames)
        work = rp_core.sync.thread_map(
            changed, items, limit=limit, buffer=_AHEAD, ordered=ordered, cpu=True
        )
        with work as results:
            write_film(
                choices,
                results if ordered else _in_a_row(results, first),
                sound=sound_from(source, first) if keep_audio else None,
                backend=backend,
                progress=progress,
                look=look_of(probe(source, count=False)),
                threads=1,
            )


def _in_a_row(frames: Iterable[Frame], first: Frame) -> Iterator[Frame]:
    """Give frames that come in any order the times of a steady film."""
    for count, frame in enumerate(frames):
        yield replace(frame, time=first.time + count * first.duration, duration=first.duration)
