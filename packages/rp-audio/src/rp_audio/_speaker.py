"""The engines, as backends, and which of them are asked in which order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from rp_audio._engines.sapi import find_powershell
from rp_audio._errors import SpeechError, UnknownVoiceError
from rp_audio._players.programs import on_path
from rp_audio._speech import Speech
from rp_core import (
    Fallback,
    UnsupportedError,
    extra,
    is_macos,
    is_windows,
    system,
)

if TYPE_CHECKING:
    from types import ModuleType

NETWORK: Final = "edge"
_ALIASES: Final = {"espeak-ng": "espeak", "espeak_ng": "espeak", "edge-tts": "edge"}


speaker: Fallback[[Speech], bytes] = Fallback(
    "rp_audio.tts", error=SpeechError, final=(UnknownVoiceError,)
)


@speaker.via(install=system("say"), check=on_path("say", "macOS"))
def say(request: Speech) -> bytes:
    return _spoken("say", request)


@speaker.via(install=system("powershell"), check=find_powershell)
def sapi(request: Speech) -> bytes:
    return _spoken("sapi", request)


@speaker.via(install=system("espeak-ng"), check=on_path("espeak-ng", "espeak-ng"))
def espeak(request: Speech) -> bytes:
    return _spoken("espeak", request)


@speaker.via(needs="edge_tts", install=extra("edge"))
def edge(request: Speech) -> bytes:
    return _spoken("edge", request)


def _spoken(name: str, request: Speech) -> bytes:
    from rp_audio._pick_voice import with_voice

    data: bytes = engine_module(name).speak(with_voice(name, request))
    return data


def engine_module(name: str) -> ModuleType:
    """Return the module of an engine."""
    return import_module(f"rp_audio._engines.{name}")


def engine_name(engine: Any) -> str:
    """Return the name of an engine, if it is one.

    Raises:
        ValueError: There is no such engine.
    """
    name = _ALIASES.get(engine, engine) if isinstance(engine, str) else engine
    known = [backend.name for backend in speaker.backends]
    if name not in known:
        raise ValueError(f"engine must be one of {', '.join(known)}, not {engine!r}")
    return str(name)


def order_of(*, allow_network: bool) -> tuple[str, ...]:
    """Return the engines that are asked in turn where none is named, on this system."""
    native = ("say",) if is_macos() else ("sapi",) if is_windows() else ()
    return (*native, "espeak", *((NETWORK,) if allow_network else ()))


def usable(names: tuple[str, ...]) -> list[str]:
    """Return those of some engines that are there."""
    backends = {backend.name: backend for backend in speaker.backends}
    return [name for name in names if backends[name].state == "installed"]


def declined(name: str, language: str) -> UnsupportedError:
    """Return why an engine does not speak a language."""
    return UnsupportedError(f"{name} has no voice for the language {language!r}")
