"""espeak-ng, a program."""

from __future__ import annotations

import re
import shutil
from functools import cache
from typing import TYPE_CHECKING, Final

from rp_audio._engines.files import output_of
from rp_audio._voice import Voice, normal

if TYPE_CHECKING:
    from rp_audio._speech import Speech
    from rp_audio._voice import Gender

_PROGRAM: Final = "espeak-ng"
_USUAL_PRIORITY: Final = 5
_USUAL_WORDS_PER_MINUTE: Final = 175
_GENDERS: Final[dict[str, Gender]] = {"M": "male", "F": "female"}
_ROW: Final = re.compile(r"\s*\d+\s+(\S+)\s+\S*?/?([MF-])\s+(\S+)\s+(\S+)\s*(.*)")


def version() -> str:
    """Return its version."""
    return _version(shutil.which(_PROGRAM))


@cache
def _version(program: str | None) -> str:  # noqa: ARG001
    return (
        output_of([_PROGRAM, "--version"])
        .decode("utf-8", "replace")
        .partition("Data at")[0]
        .strip()
    )


def voices() -> tuple[Voice, ...]:
    """Return its voices, without those that need another program (MBROLA)."""
    return _voices(shutil.which(_PROGRAM))


@cache
def _voices(program: str | None) -> tuple[Voice, ...]:  # noqa: ARG001
    lines = output_of([_PROGRAM, "--voices"]).decode("utf-8", "replace").splitlines()[1:]
    found = (_voice(match.groups()) for line in lines if (match := _ROW.match(line)))
    return tuple(voice for voice in found if not voice.id.startswith("mb/"))


def speak(request: Speech) -> bytes:
    """Return a WAV file.

    Raises:
        SpeechError: It cannot speak the text.
    """
    words = round(_USUAL_WORDS_PER_MINUTE * request.rate)
    voice = ["-v", request.voice.id] if request.voice else []
    how = ["-b", "1", "-s", str(words), *voice]
    return output_of([_PROGRAM, *how, "--stdin", "--stdout"], request.text)


def _voice(fields: tuple[str, ...]) -> Voice:
    language, gender, name, file, others = fields
    found = re.findall(r"\((\S+) (\d+)\)", others)
    primary, *rest = normal(language).split("-")
    shown = "-".join([primary, *(part.upper() if len(part) == 2 else part for part in rest)])
    tags = tuple(tag for tag, _ in found)
    priority = next((int(number) for tag, number in found if tag == primary), _USUAL_PRIORITY)
    return Voice(
        name.replace("_", " "), shown, _GENDERS.get(gender), "espeak", file, tags, priority
    )
