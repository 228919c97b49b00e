"""The sound of a file, written to another."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from rp_core import av_time_base, reporting
from rp_video._errors import EncodeError
from rp_video._pyav.opening import create, opened, translated
from rp_video._pyav.probe import audio_info
from rp_video._pyav.sound import SoundTrack
from rp_video._sound import FileSound

if TYPE_CHECKING:
    from rp_video._formats import Container
    from rp_video._reporting import ShowProgress
    from rp_video._trim import How


def extract(  # noqa: PLR0917
    source: str,
    path: str,
    container: Container,
    start: Fraction | None,
    stop: Fraction | None,
    progress: ShowProgress,
) -> How:
    """Write the sound of a file, copied where the format holds it.

    Raises:
        ValueError: There is none.
        DecodeError, EncodeError: It cannot be read, or written.
    """
    with opened(source) as given:
        stream: Any = given.streams.best("audio")
        if stream is None:
            raise ValueError(f"there is no sound in {source}")
        name = stream.codec_context.codec.canonical_name
        first = start if start is not None else _beginning(stream)
        info = audio_info(given)
    total = None if info is None or info.duration is None else ceil(info.duration)
    sound = FileSound(source, first, stop)
    with translated(path, EncodeError), create(path, container) as output:
        track = SoundTrack.of(output, container, sound)
        if track is not None:
            with closing(track), reporting(progress, total) as report:
                track.finish(None, report)
    return "copied" if not container.sounds or name in container.sounds else "encoded"


def _beginning(stream: Any) -> Fraction:
    return max(Fraction(0), (stream.start_time or 0) * av_time_base(stream))
