"""edge-tts, which sends the text to a service of Microsoft."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from rp_audio._errors import UnknownVoiceError
from rp_audio._voice import Voice
from rp_core import blocking, cached

if TYPE_CHECKING:
    from rp_audio._speech import Speech
    from rp_audio._voice import Gender

_NAME: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]+)+-[A-Za-z]+Neural")
_GENDERS: Final[dict[str, Gender]] = {"Male": "male", "Female": "female"}


@cache
def version() -> str:
    """Return the version of edge-tts; that of the service nobody knows."""
    from importlib.metadata import version

    return version("edge-tts")


@cached(maxsize=1, copy=False, key=lambda *_: "edge")
def voices(seconds: float | None = None) -> tuple[Voice, ...]:
    """Return the voices of the service, which may be silent for some seconds.

    Raises:
        SpeechError: It does not answer.
    """
    from rp_audio._engines.edge_service import list_voices

    return tuple(map(_voice, blocking(list_voices, module="rp_audio")(seconds)))


def looks_like_its_voice(name: str) -> bool:
    """Return whether a name is formed as the voices of the service are."""
    return _NAME.fullmatch(name) is not None


def named(name: str) -> Voice:
    """Return the voice of a name, without asking the service.

    Raises:
        UnknownVoiceError: No voice of the service is named like that.
    """
    if not looks_like_its_voice(name):
        raise UnknownVoiceError(f"edge has no voice {name!r}; they are named as en-US-EmmaNeural")
    return Voice(name, "-".join(name.split("-")[:-1]), None, "edge", name)


def speak(request: Speech) -> bytes:
    """Return an MP3 file.

    Raises:
        SpeechError: The service does not answer, or not with all of the speech.
    """
    from rp_audio._engines.edge_service import speak_pieces

    return blocking(speak_pieces, module="rp_audio")(request)


def _voice(about: dict[str, Any]) -> Voice:
    name = about["ShortName"]
    return Voice(name, about["Locale"], _GENDERS.get(about.get("Gender", "")), "edge", name)
