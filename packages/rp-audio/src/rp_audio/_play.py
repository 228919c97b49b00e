"""Play sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._decibels import check_number
from rp_audio._feed import feed_of
from rp_audio._performance import Performance
from rp_audio._player import chosen_player

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_audio._types import Sound
    from rp_core import Source


def play(
    source: Source | Sound,
    /,
    *,
    volume: float = 1.0,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> None:
    """Play sound, and return when it has ended; cancelling ends it at once.

    It is decoded as it is heard, and goes to the device as 16-bit samples.

    Args:
        source: An `Audio`, samples and their rate, or what `load` takes.
        volume: A factor from 0, silent, to 1, as it is.
        urls: Whether URLs may be read.
        backend: "afplay" (macOS), "winsound" (Windows), "pw_play", "paplay", "aplay" (Linux),
            "miniaudio", "sounddevice" or "simpleaudio" alone, or an order of these. None: those of
            this system, in this order: the first that has a device.

    Raises:
        PlaybackError: There is no device; `.attempts` says why, backend by backend.
        DeviceLostError: It went away while the sound was played.
        NoBackendError: There is nothing to play with; the message says what to install.
        DecodeError, OSError: As `load`.
        TypeError, ValueError: It is no sound, or an argument makes no sense.
    """
    performance_of(source, volume=volume, urls=urls, backend=backend).run()


def performance_of(
    source: Source | Sound,
    *,
    volume: float,
    urls: bool,
    backend: str | Sequence[str] | None,
) -> Performance:
    """Return what is to be played, ready to begin.

    Raises:
        Exception: As `play`, where it is no sound.
    """
    ask = chosen_player(backend)
    factor = check_number("volume", volume, 0, 1)
    return Performance(feed_of(source, volume=factor, urls=urls), ask)
