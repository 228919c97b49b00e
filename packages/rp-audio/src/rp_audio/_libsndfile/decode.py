"""Samples of a file, decoded by libsndfile."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_audio._decoding import Opened
from rp_audio._errors import DecodeError
from rp_audio._libsndfile.opening import CHANNELS_OF_OGG, UNKNOWN, opened, translated
from rp_core import check_wanted

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._decoding import Decoding
    from rp_audio._types import Samples

_PIECE: Final = 1 << 20
_MOST_AT_ONCE: Final = 1 << 28
_STEP: Final = 1 << 10
# libsndfile does not find a place in the last page of a Vorbis file, and does not say so.
_LAST_SECONDS: Final = 30
# The frames of an MP3 need some before them.
_PREROLL: Final = 1 << 16


def open_file(request: Decoding) -> Opened:
    """Open a file, to give its samples from the start on that is asked for.

    Raises:
        DecodeError: libsndfile does not read it.
        LimitExceededError: It has more samples than there may be.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opened(request.encoded))
        known = file.frames if file.frames < UNKNOWN else None
        first, last = request.first(file.samplerate), request.last(file.samplerate)
        end = min((n for n in (known, last) if n is not None), default=None)
        if end is not None:
            request.check_size(max(0, end - first), file.channels)
        # Integers, and what MP3 makes of its own, have no NaN; to look for them costs 3 % of MP3.
        is_whole = file.subtype.startswith(("PCM_", "MPEG_"))
        order = CHANNELS_OF_OGG.get(file.channels) if file.format == "OGG" else None
        blocks = _blocks(request, file, first, last, stack.pop_all())
        if order:
            blocks = (np.ascontiguousarray(block[:, order]) for block in blocks)
        return Opened(file.samplerate, file.channels, blocks, is_whole)


def _blocks(
    request: Decoding, file: Any, first: int, last: int | None, stack: ExitStack
) -> Generator[Samples, None, None]:
    tally = request.tally
    with stack:
        begin = tally.end = _seek(request, file, first)
        while last is None or tally.end < last:
            count = _next_count(request, file, tally.end, last)
            try:
                block = _read(request, file, count)
            except DecodeError:
                if not request.lenient and tally.end == begin:
                    raise
                tally.damaged += 1
                block = _salvaged(request, tally.end, count)
            tally.end += len(block)
            if len(block):
                yield block
            if len(block) < count:
                tally.at_end = True
                return


def _seek(request: Decoding, file: Any, first: int) -> int:
    """Go to a sample, or to the end if there are not so many; return where that is."""
    if not first:
        return 0
    place = min(first, file.frames)
    if file.subtype == "VORBIS":
        place = min(place, max(0, file.frames - _LAST_SECONDS * file.samplerate))
    elif file.subtype.startswith("MPEG"):
        place = max(0, place - _PREROLL)
    at = 0
    if place:
        with translated(request.encoded.name):
            at = file.seek(place)
    while at < first and (skipped := len(_read(request, file, min(_PIECE, first - at)))):
        at += skipped
    return at


def _next_count(request: Decoding, file: Any, at: int, last: int | None) -> int:
    """Return how many samples to read at once: all of them, where no chunk is asked for."""
    left = file.frames - at
    if last is not None:
        left = min(left, last - at)
    if request.chunk is not None:
        return request.chunk if last is None else min(request.chunk, last - at)
    # One more than there should be, so that the end is seen to be the end.
    count = left + (last is None or last > file.frames)
    return count if 0 < count <= _MOST_AT_ONCE else _PIECE


def _read(request: Decoding, file: Any, count: int) -> Samples:
    """Read so many samples, or as many as there are; stop where nobody wants them any more."""
    # Into an array of ours: soundfile reads no further than the header says, which may be wrong.
    block: Samples = np.empty((count, file.channels), np.float32)
    done = 0
    while done < count:
        check_wanted()
        piece = block[done : done + _PIECE]
        with translated(request.encoded.name):
            got = len(file.read(out=piece))
        done += got
        if got < len(piece):
            break
    return block[:done]


def _salvaged(request: Decoding, at: int, count: int) -> Samples:
    """Read what comes before damage, from a sample on: by small steps, as a failed one is lost."""
    with opened(request.encoded) as file:
        parts = [np.empty((0, file.channels), np.float32)]
        with suppress(DecodeError):
            _seek(request, file, at)
            done = 0
            while done < count and len(part := _read(request, file, min(_STEP, count - done))):
                parts.append(part)
                done += len(part)
    return np.concatenate(parts)
