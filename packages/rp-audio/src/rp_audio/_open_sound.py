"""The backends that read sound; they give way to the next one before the first block only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rp_audio._decoding import Decoding, Opened
from rp_audio._errors import DecodeError
from rp_audio._padding import without_padding
from rp_core import Fallback, NoBackendError, extra, find_ffmpeg, resumed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_audio._encoded import Encoded

_BY_LIBSNDFILE: Final = frozenset(
    {"wav", "w64", "flac", "mp3", "ogg", "aiff", "caf", "au", "rifx", ""}
)
_BY_MINIAUDIO: Final = frozenset({"wav", "flac", "mp3", "ogg"})
_LOSSY: Final = frozenset({"mp3", "ogg", "m4a", "aac", "wma", "matroska"})
# The fastest first, as benchmarks/audio.py measures them.
_FASTEST: Final = ("soundfile", "pyav", "miniaudio", "ffmpeg")
_FASTEST_OGG: Final = ("pyav", "miniaudio", "soundfile", "ffmpeg")
_SEEK_SECONDS: Final = 10


def read_by_libsndfile(encoded: Encoded) -> bool:
    """Return whether libsndfile may read a file."""
    return encoded.format in _BY_LIBSNDFILE


def _is_rifx(encoded: Encoded) -> bool:
    """Return whether a WAV file has the big end of numbers first, which FFmpeg does not see."""
    return encoded.format == "rifx"


open_sound: Fallback[[Decoding], Opened] = Fallback("rp_audio.load", error=DecodeError)


@open_sound.via(needs="soundfile", when=lambda request: read_by_libsndfile(request.encoded))
def soundfile(request: Decoding) -> Opened:
    from rp_audio._libsndfile.decode import open_file

    return _begun(open_file(request), request)


@open_sound.via(needs="av", install=extra("av"), when=lambda request: not _is_rifx(request.encoded))
def pyav(request: Decoding) -> Opened:
    from rp_audio._pyav.decode import open_file

    return _begun(without_padding(open_file(request), request), request)


@open_sound.via(
    needs="miniaudio",
    install=extra("miniaudio"),
    when=lambda request: request.encoded.format in _BY_MINIAUDIO,
)
def miniaudio(request: Decoding) -> Opened:
    from rp_audio._by_miniaudio.decode import open_file

    return _begun(open_file(request), request)


@open_sound.via(
    install=extra("ffmpeg"), check=find_ffmpeg, when=lambda request: not _is_rifx(request.encoded)
)
def ffmpeg(request: Decoding) -> Opened:
    from rp_audio._ffmpeg.decode import open_file

    return _begun(without_padding(open_file(request), request), request)


def chosen(backend: str | Sequence[str] | None) -> Callable[[Decoding], Opened]:
    """Return what opens a request: by the backends that are named, or by the fastest that can.

    Raises:
        ValueError: There is no backend of that name.
    """
    if backend is not None:
        return open_sound.using(backend)

    def fastest(request: Decoding) -> Opened:
        # libsndfile finds a place in the middle of an Ogg file; FFmpeg decodes all before it.
        slow = request.encoded.format == "ogg" and request.start < _SEEK_SECONDS
        return open_sound.using(_FASTEST_OGG if slow else _FASTEST)(request)

    return fastest


def open_leniently(request: Decoding, ask: Callable[[Decoding], Opened]) -> Opened:
    """Open a file; where no backend gets past damage, give what comes before it.

    Raises:
        DecodeError: There is no sound in it.
        NoBackendError: Each backend is missing, or declines.
    """
    try:
        return ask(request)
    except NoBackendError:
        raise
    except DecodeError as error:
        request.tally.damaged = 0
        try:
            return ask(replace(request, lenient=True))
        except DecodeError:
            raise error from error.__cause__


def _begun(opened: Opened, request: Decoding) -> Opened:
    """Decode the first block, so that a backend that cannot fails before one is out."""
    first = next(opened.blocks, None)
    is_nothing = first is None and request.tally.end == 0 and request.last(opened.rate) != 0
    if is_nothing and request.encoded.format in _LOSSY:
        raise DecodeError(f"{request.encoded.name}: no sound of it decodes")
    return replace(opened, blocks=resumed(first, opened.blocks))
