"""The backends that write sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._errors import EncodeError
from rp_core import Fallback, extra, find_ffmpeg

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding

write_sound: Fallback[[Encoding], None] = Fallback("rp_audio.save", error=EncodeError)


@write_sound.via(needs="soundfile", when=lambda request: bool(request.format.libsndfile[0]))
def soundfile(request: Encoding) -> None:
    from rp_audio._libsndfile.encode import encode

    encode(request)


@write_sound.via(needs="av", install=extra("av"), when=lambda request: request.format.is_lossy)
def pyav(request: Encoding) -> None:
    from rp_audio._pyav.encode import encode

    encode(request)


@write_sound.via(
    install=extra("ffmpeg"), check=find_ffmpeg, when=lambda request: request.format.is_lossy
)
def ffmpeg(request: Encoding) -> None:
    from rp_audio._ffmpeg.encode import encode

    encode(request)
