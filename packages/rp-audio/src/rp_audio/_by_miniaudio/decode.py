"""Samples of a file, decoded by miniaudio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import miniaudio
import numpy as np

from rp_audio import _mpeg, _ogg
from rp_audio._decoding import Opened
from rp_audio._errors import DecodeError
from rp_core import UnsupportedError, check_wanted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rp_audio._decoding import Decoding
    from rp_audio._encoded import Encoded
    from rp_audio._types import Samples

_FLOAT: Final = miniaudio.SampleFormat.FLOAT32
_FEW_CHANNELS: Final = 2
_BLOCK: Final = 1 << 16


def open_file(request: Decoding) -> Opened:
    """Open a file, to give its samples from the start on that is asked for.

    Raises:
        DecodeError: miniaudio does not read it.
        LimitExceededError: It has more samples than there may be.
        UnsupportedError: It has parts that miniaudio passes over.
    """
    about = _describe(request.encoded)
    first, last = request.first(about.sample_rate), request.last(about.sample_rate)
    end = about.num_frames if last is None else min(last, about.num_frames)
    request.check_size(max(0, end - first), about.nchannels)
    return Opened(about.sample_rate, about.nchannels, _blocks(request, about, first, last))


def _describe(encoded: Encoded) -> Any:
    with encoded.open() as file:
        if encoded.format == "mp3" and _mpeg.goes_on(file, encoded.size):
            raise UnsupportedError("miniaudio reads the first of joined MP3s only")
        if encoded.format == "ogg" and not _ogg.is_single(file, encoded.size):
            raise UnsupportedError("miniaudio reads the first of joined Ogg streams only")
    name = "vorbis" if encoded.format == "ogg" else encoded.format
    look = getattr(miniaudio, f"{name}_get_file_info" if encoded.path else f"{name}_get_info")
    try:
        about = look(encoded.path or encoded.data)
    except miniaudio.MiniaudioError as error:
        raise DecodeError(f"{encoded.name}: {error}") from error
    if not about.sample_rate or not about.nchannels:
        raise UnsupportedError("miniaudio does not say what it is")
    if encoded.format == "ogg" and about.nchannels > _FEW_CHANNELS:
        raise UnsupportedError("miniaudio has the channels of Vorbis in another order")
    if not about.num_frames and encoded.format != "mp3":
        raise UnsupportedError("miniaudio does not decode it")
    if about.sample_format is miniaudio.SampleFormat.UNSIGNED8:
        raise UnsupportedError("silence of 8 bits is none in miniaudio")
    return about


def _blocks(
    request: Decoding, about: Any, first: int, last: int | None
) -> Generator[Samples, None, None]:
    encoded, tally = request.encoded, request.tally
    tally.end = 0
    # It does not seek behind the end, and in bytes not at all.
    place = first if encoded.path and first < about.num_frames else 0
    at = place
    try:
        for part in _parts(encoded, about, min(request.chunk or _BLOCK, _BLOCK), place):
            check_wanted()
            block = np.frombuffer(part, np.float32).reshape(-1, about.nchannels)
            end = len(block) if last is None else min(len(block), last - at)
            tally.end = at + max(0, end)
            begin = max(0, first - at)
            at += len(block)
            if begin < end:
                yield block[begin:end].copy()
            if last is not None and tally.end >= last:
                return
    except miniaudio.MiniaudioError as error:
        raise DecodeError(f"{encoded.name}: {error}") from error
    tally.at_end = True


def _parts(encoded: Encoded, about: Any, size: int, place: int) -> Iterator[Any]:
    """Return the samples piece by piece: of a file from a place on, of bytes all."""
    options: dict[str, Any] = {
        "output_format": _FLOAT,
        "nchannels": about.nchannels,
        "sample_rate": about.sample_rate,
        "frames_to_read": size,
    }
    if encoded.path:
        return iter(miniaudio.stream_file(encoded.path, seek_frame=place, **options))
    return iter(miniaudio.stream_memory(encoded.data, **options))
