"""The speech of Windows (SAPI), through PowerShell."""

from __future__ import annotations

import math
import os
import platform
import shutil
from functools import cache
from typing import TYPE_CHECKING, Final

from rp_audio._engines.files import output_of, spoken_file
from rp_audio._voice import Voice
from rp_core import MissingDependencyError

if TYPE_CHECKING:
    from rp_audio._speech import Speech
    from rp_audio._voice import Gender

_GENDERS: Final[dict[str, Gender]] = {"Male": "male", "Female": "female"}
_MOST_RATE: Final = 10  # which is three times as fast as usual
_BEGIN: Final = (
    "$ErrorActionPreference = 'Stop'; "
    "[Console]::InputEncoding = [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); "
    "Add-Type -AssemblyName System.Speech; "
    "$speaker = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
)
# What is to be spoken, and how, comes by stdin and the environment: none of it is code.
_SPEAK: Final = _BEGIN + (
    "if ($env:RP_AUDIO_VOICE) { $speaker.SelectVoice($env:RP_AUDIO_VOICE) }; "
    "$speaker.Rate = [int]$env:RP_AUDIO_RATE; "
    "$speaker.SetOutputToWaveFile($env:RP_AUDIO_PATH); "
    "$speaker.Speak([Console]::In.ReadToEnd()); $speaker.Dispose()"
)
_LIST: Final = _BEGIN + (
    "$speaker.GetInstalledVoices() | Where-Object { $_.Enabled } | ForEach-Object { "
    "'{0}|{1}|{2}' -f $_.VoiceInfo.Name, $_.VoiceInfo.Culture.Name, $_.VoiceInfo.Gender }"
)


def find_powershell() -> str:
    """Return the path of PowerShell.

    Raises:
        MissingDependencyError: There is none.
    """
    found = shutil.which("powershell") or shutil.which("powershell.exe")
    if found is None:
        raise MissingDependencyError("PowerShell is not on PATH; it is a part of Windows")
    return found


def version() -> str:
    """Return the version of the system that it is a part of."""
    return platform.version()


def voices() -> tuple[Voice, ...]:
    """Return its voices."""
    return _voices(find_powershell())


@cache
def _voices(program: str) -> tuple[Voice, ...]:  # noqa: ARG001
    lines = output_of(shell(_LIST)).decode("utf-8", "replace").splitlines()
    rows = (line.strip().split("|") for line in lines)
    return tuple(_voice(*row) for row in rows if len(row) == 3)


def speak(request: Speech) -> bytes:
    """Return a WAV file.

    Raises:
        SpeechError: It cannot speak the text.
    """
    return spoken_file(lambda _: shell(_SPEAK), request, lambda path: environment(request, path))


def shell(script: str) -> list[str]:
    """Return the arguments that run a script."""
    return [find_powershell(), "-NoProfile", "-NonInteractive", "-Command", script]


def environment(request: Speech, path: str) -> dict[str, str]:
    """Return the environment of the script: with the voice, the rate from -10 to 10, the path."""
    rate = round(_MOST_RATE * math.log(request.rate, 3))
    voice = request.voice.id if request.voice else ""
    own = {"RP_AUDIO_VOICE": voice, "RP_AUDIO_RATE": str(rate), "RP_AUDIO_PATH": path}
    return {**os.environ, **own}


def _voice(name: str, culture: str, gender: str) -> Voice:
    return Voice(name, culture, _GENDERS.get(gender), "sapi", name)
