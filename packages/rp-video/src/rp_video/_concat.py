"""Put films one after the other."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from rp_core import readable_path, writable_path
from rp_video._convert import first_of
from rp_video._copying import copied
from rp_video._decoding import decoding_of
from rp_video._encoding import choices_of
from rp_video._look import look_of
from rp_video._probe import probe
from rp_video._save import write_film
from rp_video._sizes import check_size
from rp_video._sound import FileSound, JoinedSound
from rp_video._stream import frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from rp_core import Progress
    from rp_video._trim import How
    from rp_video._types import Frame, Size, VideoInfo


def concat(
    srcs: Iterable[str | os.PathLike[str]],
    dst: str | os.PathLike[str],
    *,
    size: Size | None = None,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    keep_audio: bool = True,
    progress: bool | Callable[[Progress], object] = False,
) -> How:
    """Put films one after the other.

    Where all are encoded alike, and the format of `dst` holds their codec, the frames are copied.
    Otherwise they are encoded anew. The sound is joined at the sample: where a film has none, or
    it ends early, there is silence.

    Args:
        srcs: The films.
        dst: Destination, as in `save`; it may be one of them.
        size: Size of the frames, as in `stream`; they are then encoded. None: that of the films,
            which must be the same.
        codec: As in `save`; where it is named, frames are encoded.
        crf: As in `save`; likewise.
        preset: As in `save`; likewise.
        keep_audio: Whether to keep their sounds.
        progress: As in `save`.

    Returns:
        Which it was: "copied" or "encoded".

    Raises:
        DecodeError, CodecUnavailableError, EncodeError, OSError: As `convert`.
        TypeError, ValueError: There is no film, their sizes differ, or an argument makes no sense.
    """
    if isinstance(srcs, (str, bytes, os.PathLike)):
        raise TypeError("concat takes the paths of several films")
    sources, target = [readable_path(src) for src in srcs], writable_path(dst)
    if not sources:
        raise ValueError("concat needs at least one film")
    check_size(size)
    choices = choices_of(target, rate=None, codec=codec, crf=crf, preset=preset)
    infos = [probe(source) for source in sources]
    sound = _joined(sources, infos) if keep_audio else None
    if size is None and codec is None and crf is None and preset is None:
        from rp_video._pyav.remux import part_between

        if copied(
            [part_between(source, None, None) for source in sources], target, sound, progress
        ):
            return "copied"
    if size is None and len({(info.width, info.height) for info in infos}) > 1:
        sizes = ", ".join(sorted({f"{info.width}x{info.height}" for info in infos}))
        raise ValueError(f"the sizes of the films differ: {sizes}; name a size")
    frames = _in_a_row(sources, infos, size)
    with closing(frames):
        first = first_of(sources[0], frames)
        look = look_of(infos[0], first)
        write_film(choices, chain([first], frames), sound=sound, progress=progress, look=look)
    return "encoded"


def _joined(sources: Sequence[str], infos: Sequence[VideoInfo]) -> JoinedSound:
    return JoinedSound(
        tuple(
            (
                FileSound(source, Fraction(info.start).limit_denominator(10**9), optional=True),
                Fraction(info.duration or 0).limit_denominator(10**9),
            )
            for source, info in zip(sources, infos, strict=True)
        )
    )


def _in_a_row(
    sources: Sequence[str], infos: Sequence[VideoInfo], size: Size | None
) -> Generator[Frame, None, None]:
    offset = 0.0
    for source, info in zip(sources, infos, strict=True):
        with closing(frames_of(decoding_of(source, size=size), strict=False)) as frames:
            for frame in frames:
                yield replace(frame, time=frame.time - info.start + offset)
        offset += info.duration or 0.0
