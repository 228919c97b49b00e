"""The padding at the end of Vorbis, of which FFmpeg leaves a part."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rp_audio._ogg import vorbis_end

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._decoding import Decoding, Opened
    from rp_audio._types import Samples

_MOST: Final = 1 << 13  # the samples of the largest block


def without_padding(opened: Opened, request: Decoding) -> Opened:
    """Return a file whose sound ends where the file says that it does."""
    end = vorbis_end(request.encoded)
    if end is None:
        return opened
    left = end - request.first(opened.rate)
    return replace(opened, blocks=_trimmed(opened.blocks, left, request))


def _trimmed(
    blocks: Generator[Samples, None, None], left: int, request: Decoding
) -> Generator[Samples, None, None]:
    """Yield blocks, and of the last ones what is before the end.

    What is far behind it is no padding: the file was cut at its beginning, and counts from there.
    """
    held: list[Samples] = []
    with closing(blocks):
        for block in blocks:
            left -= len(block)
            held.append(block)
            if left >= 0 or left < -_MOST:
                yield from held
                held.clear()
    room = sum(map(len, held)) + left if held else 0
    request.tally.end += left if held else 0
    for block in held:
        if room > 0:
            yield block[:room]
        room -= len(block)
