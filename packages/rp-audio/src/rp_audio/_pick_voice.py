"""Which voice, and so which engine, speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rp_audio._errors import UnknownVoiceError
from rp_audio._speaker import NETWORK, declined, engine_module, usable
from rp_audio._voice import Voice, find_voice, voice_for

if TYPE_CHECKING:
    from rp_audio._speech import Speech


def with_voice(name: str, request: Speech) -> Speech:
    """Return a request with the voice of an engine that fits its language.

    Raises:
        UnsupportedError: The engine has none.
    """
    if request.voice is not None or request.language is None:
        return request
    limits = (request.timeout,) if name == NETWORK else ()
    voice = voice_for(engine_module(name).voices(*limits), request.language)
    if voice is None:
        raise declined(name, request.language)
    return replace(request, voice=voice)


def named_voice(voice: Any, engines: tuple[str, ...]) -> Voice:
    """Return a voice that was named, of the first of some engines that has it.

    Raises:
        TypeError: It is neither a name nor a `Voice`.
        UnknownVoiceError: None of the engines has it.
    """
    if isinstance(voice, Voice):
        if voice.engine not in engines:
            raise UnknownVoiceError(f"{voice.name!r} is a voice of {voice.engine!r}: name that")
        return voice
    if not isinstance(voice, str):
        raise TypeError(f"voice must be a name or a Voice, not {voice!r}")
    there = usable(engines)
    for name in there:
        if name == NETWORK:
            if len(engines) == 1 or engine_module(name).looks_like_its_voice(voice):
                found: Voice = engine_module(name).named(voice)
                return found
        elif own := _own(voice, name):
            return own
    asked = f"{', '.join(there)} has no" if there else "there is no engine here, and so no"
    raise UnknownVoiceError(f"{asked} voice {voice!r}; see voices(){_hint(voice, engines)}")


def _own(voice: str, engine: str) -> Voice | None:
    """Return a voice of an engine by its name, or by a language that it is for."""
    voices = engine_module(engine).voices()
    found = find_voice(voices, voice)
    if found is None:
        tags = [v for v in voices if voice.lower() in {v.language.lower(), *v.languages}]
        found = tags[0] if tags else None
    return found


def _hint(voice: str, engines: tuple[str, ...]) -> str:
    from rp_audio._engines.edge import looks_like_its_voice

    if NETWORK in engines or not looks_like_its_voice(voice):
        return ""
    return '; it looks like one of edge: engine="edge" sends the text to a service'
