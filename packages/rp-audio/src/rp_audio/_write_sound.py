"""The backends that write sound; they give way to the next one before it flows only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._errors import EncodeError
from rp_audio._source_error import SourceError
from rp_core import Fallback, extra, find_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_audio._encoding import Encoding

write_sound: Fallback[[Encoding], None] = Fallback(
    "rp_audio.save", error=EncodeError, final=(EncodeError, SourceError)
)


@write_sound.via(needs="soundfile", when=lambda request: bool(request.format.libsndfile[0]))
def soundfile(request: Encoding) -> None:
    from rp_audio._libsndfile.encode import encode

    _written(encode, request)


@write_sound.via(needs="av", install=extra("av"), when=lambda request: request.format.is_lossy)
def pyav(request: Encoding) -> None:
    from rp_audio._pyav.encode import encode

    _written(encode, request)


@write_sound.via(
    install=extra("ffmpeg"), check=find_ffmpeg, when=lambda request: request.format.is_lossy
)
def ffmpeg(request: Encoding) -> None:
    from rp_audio._ffmpeg.encode import encode

    _written(encode, request)


def _written(encode: Callable[[Encoding], None], request: Encoding) -> None:
    """Write a file; once samples were taken, which are taken once, an error is final."""
    try:
        encode(request)
    except EncodeError as error:
        if request.flow.has_begun:
            raise
        raise RuntimeError(str(error)) from error
