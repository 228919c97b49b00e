"""Write the sound of a film to a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from rp_core import atomic_write, readable_path, writable_path
from rp_video._decoding import interval
from rp_video._formats import Container

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Progress
    from rp_video._trim import How
    from rp_video._types import Seconds

_FORMATS: Final = {
    ".m4a": Container("ipod", "", frozenset({"aac", "alac"}), "aac"),
    ".aac": Container("adts", "", frozenset({"aac"}), "aac"),
    ".mp3": Container("mp3", "", frozenset({"mp3"}), "libmp3lame"),
    ".opus": Container("opus", "", frozenset({"opus"}), "libopus"),
    ".ogg": Container("ogg", "", frozenset({"opus", "vorbis", "flac"}), "libopus"),
    ".flac": Container("flac", "", frozenset({"flac"}), "flac"),
    ".wav": Container("wav", "", frozenset({"pcm_s16le"}), "pcm_s16le"),
    ".mka": Container("matroska", "", frozenset(), "aac"),
}


def extract_audio(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    start: Seconds | None = None,
    stop: Seconds | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> How:
    """Write the sound of a film to a file: copied where the format holds it, and else encoded.

    Args:
        src: The film, or any file with sound.
        dst: Destination; its suffix names the format: .m4a .aac .mp3 .opus .ogg .flac .wav .mka.
        start: Time in seconds, as the file has it, at which to begin. None: at its beginning.
        stop: Time in seconds at which to end. None: at its end.
        progress: True shows a bar on stderr; a callable receives a `Progress`, in whole seconds of
            sound.

    Returns:
        Whether it was "copied", and cut at the nearest packet; or "encoded", cut at the sample.

    Raises:
        DecodeError: The file cannot be read.
        EncodeError: The sound could not be written.
        ValueError: There is no sound in it, or an argument makes no sense.
        OSError: A file could not be read or written.
    """
    source, target = readable_path(src), writable_path(dst)
    begin, end = interval(start, stop)
    suffix = os.path.splitext(target)[1].lower()
    if suffix not in _FORMATS:
        names = " ".join(_FORMATS)
        raise ValueError(f"sound is not written as {suffix!r}; name one of {names}")
    from rp_video._pyav.extract import extract

    with atomic_write(target) as file:
        return extract(source, file.name, _FORMATS[suffix], begin, end, progress)
