"""A temporary WAV file, for programs that play nothing else."""

from __future__ import annotations

import os
import tempfile
import wave
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rp_core import check_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_audio._feed import Feed


@contextmanager
def wave_file(feed: Feed) -> Iterator[str]:
    """Write what a feed has to a file that is there for the block, for this user alone."""
    descriptor, path = tempfile.mkstemp(prefix="rp-audio-", suffix=".wav")
    try:
        with os.fdopen(descriptor, "wb") as file, wave.open(file, "wb") as writer:
            writer.setnchannels(feed.channels)
            writer.setsampwidth(2)
            writer.setframerate(feed.rate)
            while (piece := feed.take()) is not None:
                check_wanted()
                writer.writeframes(piece.tobytes())
        yield path
    finally:
        with suppress(OSError):
            os.unlink(path)
