"""Give a film another sound."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from rp_core import readable_path, writable_path
from rp_video._copying import copied
from rp_video._decoding import decoding_of
from rp_video._encoding import choices_of
from rp_video._look import look_of
from rp_video._probe import probe
from rp_video._save import write_film
from rp_video._sound import sound_of
from rp_video._stream import frames_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Progress
    from rp_video._sound import Audio
    from rp_video._trim import How


def replace_audio(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    audio: Audio | None,
    *,
    progress: bool | Callable[[Progress], object] = False,
) -> How:
    """Give a film another sound, or none. Its frames are copied where the format holds them.

    Args:
        src: The film.
        dst: Destination, as in `save`; it may be `src`.
        audio: As in `save`; None: no sound.
        progress: As in `save`.

    Returns:
        Whether its frames were "copied" or "encoded".

    Raises:
        DecodeError, CodecUnavailableError, EncodeError, OSError: As `convert`.
        TypeError, ValueError: As `save`, of the sound.
    """
    from rp_video._pyav.remux import part_between

    source, target = readable_path(src), writable_path(dst)
    sound = sound_of(audio)
    if copied([part_between(source, None, None)], target, sound, progress):
        return "copied"
    choices = choices_of(target, rate=None, codec=None, crf=None, preset=None)
    with closing(frames_of(decoding_of(source), strict=False)) as frames:
        look = look_of(probe(source, count=False))
        write_film(choices, frames, sound=sound, progress=progress, look=look)
    return "encoded"
