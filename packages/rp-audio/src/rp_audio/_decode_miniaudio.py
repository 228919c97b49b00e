"""Samples of a file, decoded by miniaudio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import miniaudio
import numpy as np

from rp_audio._decoding import Opened
from rp_audio._errors import DecodeError
from rp_core import UnsupportedError, check_wanted

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._decoding import Decoding
    from rp_audio._encoded import Encoded
    from rp_audio._types import Samples

_FLOAT: Final = miniaudio.SampleFormat.FLOAT32
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
    name = "vorbis" if encoded.format == "ogg" else encoded.format
    look = getattr(miniaudio, f"{name}_get_file_info" if encoded.path else f"{name}_get_info")
    try:
        about = look(encoded.path or encoded.data)
    except miniaudio.MiniaudioError as error:
        raise DecodeError(f"{encoded.name}: {error}") from error
    if not about.sample_rate or not about.nchannels:
        raise UnsupportedError("miniaudio does not say what it is")
    return about


def _blocks(
    request: Decoding, about: Any, first: int, last: int | None
) -> Generator[Samples, None, None]:
    encoded, tally = request.encoded, request.tally
    size = min(request.chunk or _BLOCK, _BLOCK)
    options = {
        "output_format": _FLOAT,
        "nchannels": about.nchannels,
        "sample_rate": about.sample_rate,
        "frames_to_read": size,
        "seek_frame": first,
    }
    try:
        if encoded.path:
            parts = miniaudio.stream_file(encoded.path, **options)
        else:
            parts = miniaudio.stream_memory(encoded.data, **options)
        tally.end = first
        for part in parts:
            check_wanted()
            block = np.frombuffer(part, np.float32).reshape(-1, about.nchannels).copy()
            block = block if last is None else block[: last - tally.end]
            tally.end += len(block)
            if len(block):
                yield block
            if last is not None and tally.end >= last:
                return
    except miniaudio.MiniaudioError as error:
        raise DecodeError(f"{encoded.name}: {error}") from error
    tally.at_end = True
