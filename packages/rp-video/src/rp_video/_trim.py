"""Cut a part out of a film."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, TypeAlias

from rp_core import readable_path, writable_path
from rp_video._convert import convert
from rp_video._copying import copied
from rp_video._decoding import interval
from rp_video._sound import FileSound

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Progress
    from rp_video._types import Seconds

How: TypeAlias = Literal["copied", "encoded"]


def trim(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    start: Seconds | None = None,
    stop: Seconds | None = None,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    keep_audio: bool = True,
    progress: bool | Callable[[Progress], object] = False,
) -> How:
    """Cut the frames between two times out of a film, exactly these.

    Where that needs no decoding, they are copied: the first is a key frame, none depends on one
    that is left out, and the format of `dst` holds the codec. Otherwise they are encoded anew.

    Args:
        src: The film.
        dst: Destination, as in `save`; it may be `src`.
        start: As in `stream`.
        stop: As in `stream`.
        codec: As in `save`; where it is named, frames are encoded.
        crf: As in `save`; likewise.
        preset: As in `save`; likewise.
        keep_audio: Whether to keep its sound. Copied sound is cut at the nearest packet, about
            20 ms; encoded sound at the sample.
        progress: As in `save`.

    Returns:
        Which it was: "copied" or "encoded".

    Raises:
        DecodeError, CodecUnavailableError, EncodeError, OSError: As `convert`.
        TypeError, ValueError: An argument makes no sense, or there is no frame between the times.
    """
    source, target = readable_path(src), writable_path(dst)
    begin, end = interval(start, stop)
    may_copy = codec is None and crf is None and preset is None
    if may_copy and not target.lower().endswith(".gif"):
        from rp_video._pyav.remux import part_between

        part = part_between(source, begin, end)
        sound = FileSound(source, part.start_time, optional=True) if keep_audio else None
        if copied([part], target, sound, progress):
            return "copied"
    convert(
        src, dst, start=start, stop=stop, codec=codec, crf=crf, preset=preset,
        keep_audio=keep_audio, progress=progress,
    )  # fmt: skip
    return "encoded"
