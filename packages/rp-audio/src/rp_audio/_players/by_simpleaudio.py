"""Playing by simpleaudio."""

from __future__ import annotations

import sys
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from rp_audio._errors import PlaybackError
from rp_core import LimitExceededError, UnsupportedError

if TYPE_CHECKING:
    from rp_audio._performance import Performance

_MOST_BYTES: Final = 1 << 29
_POLL_SECONDS: Final = 0.01


def check() -> None:
    """Refuse Pythons on which it ends the process: from 3.12 on, after each sound.

    Raises:
        RuntimeError: This is one.
    """
    if sys.version_info >= (3, 12):
        raise RuntimeError("simpleaudio crashes Python 3.12 and later")


def play(performance: Performance) -> None:
    """Play, and return when all has been heard; all of it is in memory.

    Raises:
        PlaybackError: There is no device.
        LimitExceededError: It is too long.
        UnsupportedError: simpleaudio does not play such sound.
    """
    import simpleaudio

    feed = performance.feed
    feed.rewind()
    sound = bytearray()
    while (piece := feed.take()) is not None:
        sound += piece.tobytes()
        if len(sound) > _MOST_BYTES:
            raise LimitExceededError("simpleaudio has all of a sound in memory; this is too long")
    if not sound:
        return
    try:
        playing: Any = simpleaudio.play_buffer(bytes(sound), feed.channels, 2, feed.rate)
    except ValueError as error:
        raise UnsupportedError(str(error)) from error
    except Exception as error:  # its own errors have no class that can be named
        raise PlaybackError(f"simpleaudio: {error}") from error
    performance.begin()
    performance.when_stopped(playing.stop)
    while playing.is_playing():
        sleep(_POLL_SECONDS)
