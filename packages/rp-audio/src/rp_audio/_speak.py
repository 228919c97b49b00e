"""Speak text aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._decibels import check_number
from rp_audio._play import play
from rp_audio._speech import MOST_CHARACTERS
from rp_audio._start import start
from rp_audio._tts import tts

if TYPE_CHECKING:
    from rp_audio._sync_playback import Playback
    from rp_audio._voice import Voice


def speak(
    text: str,
    /,
    *,
    voice: str | Voice | None = None,
    language: str | None = None,
    engine: str | None = None,
    rate: float = 1.0,
    volume: float = 1.0,
    allow_network: bool = False,
    cache: bool = False,
    timeout: float = 30.0,
    max_chars: int | None = MOST_CHARACTERS,
) -> None:
    """Speak text aloud, and return when it has been heard; cancelling ends it at once.

    Args:
        text: As in `tts`.
        voice: As in `tts`.
        language: As in `tts`.
        engine: As in `tts`.
        rate: As in `tts`.
        volume: As in `play`.
        allow_network: As in `tts`.
        cache: As in `tts`.
        timeout: As in `tts`.
        max_chars: As in `tts`.

    Raises:
        Exception: As `tts` and `play`.
    """
    factor = check_number("volume", volume, 0, 1)
    speech = tts(
        text, voice=voice, language=language, engine=engine, rate=rate, cache=cache,
        allow_network=allow_network, timeout=timeout, max_chars=max_chars,
    )  # fmt: skip
    play(speech, volume=factor)


def start_speaking(
    text: str,
    /,
    *,
    voice: str | Voice | None = None,
    language: str | None = None,
    engine: str | None = None,
    rate: float = 1.0,
    volume: float = 1.0,
    allow_network: bool = False,
    cache: bool = False,
    timeout: float = 30.0,
    max_chars: int | None = MOST_CHARACTERS,
) -> Playback:
    """Begin to speak text aloud, and return as soon as it is heard.

    Args:
        text: As in `tts`.
        voice: As in `tts`.
        language: As in `tts`.
        engine: As in `tts`.
        rate: As in `tts`.
        volume: As in `play`.
        allow_network: As in `tts`.
        cache: As in `tts`.
        timeout: As in `tts`.
        max_chars: As in `tts`.

    Returns:
        The `Playback`, as of `start`.

    Raises:
        Exception: As `tts` and `start`.
    """
    factor = check_number("volume", volume, 0, 1)
    speech = tts(
        text, voice=voice, language=language, engine=engine, rate=rate, cache=cache,
        allow_network=allow_network, timeout=timeout, max_chars=max_chars,
    )  # fmt: skip
    return start(speech, volume=factor)
