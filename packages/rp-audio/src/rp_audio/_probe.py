"""Say what a sound file is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._encoded import encoded_of
from rp_audio._errors import DecodeError
from rp_audio._open_sound import read_by_libsndfile
from rp_core import Fallback, extra, find_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_audio._encoded import Encoded
    from rp_audio._types import AudioInfo
    from rp_core import Source

describe: Fallback[[Encoded], AudioInfo] = Fallback("rp_audio.probe", error=DecodeError)


@describe.via(needs="soundfile", when=read_by_libsndfile)
def soundfile(encoded: Encoded) -> AudioInfo:
    from rp_audio._libsndfile.probe import probe

    return probe(encoded)


@describe.via(needs="av", install=extra("av"))
def pyav(encoded: Encoded) -> AudioInfo:
    from rp_audio._pyav.probe import probe

    return probe(encoded)


@describe.via(install=extra("ffmpeg"), check=find_ffmpeg)
def ffmpeg(encoded: Encoded) -> AudioInfo:
    from rp_audio._ffmpeg.probe import probe

    return probe(encoded)


def probe(
    source: Source, /, *, urls: bool = True, backend: str | Sequence[str] | None = None
) -> AudioInfo:
    """Say what a sound file is, from its headers; nothing is decoded.

    Args:
        source: As in `load`.
        urls: Whether URLs may be read.
        backend: "soundfile", "pyav" or "ffmpeg" alone, or an order of these. None: the first that
            can.

    Returns:
        Its format, codec, rate, channels, and where the file says so, its length: that which the
        file should have, and which one that is cut off does not.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        DecodeError: There is no sound in the file.
        NoBackendError: Each backend is missing, or declines.
        TypeError, ValueError: An argument makes no sense.
    """
    ask = describe.using(backend)
    encoded = encoded_of(source, urls=urls)
    if not encoded.size:
        raise DecodeError(f"{encoded.name}: it is empty")
    return ask(encoded)
