"""say, the program of macOS."""

from __future__ import annotations

import platform
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING, Final

from rp_audio._engines.files import output_of, spoken_file
from rp_audio._voice import Voice

if TYPE_CHECKING:
    from rp_audio._speech import Speech

_USUAL_WORDS_PER_MINUTE: Final = 175
_ROW: Final = re.compile(r"(.+?)\s+([a-z]{2,3}[_-]\S+)\s+#")


def version() -> str:
    """Return the version of the system that it is a part of."""
    return platform.mac_ver()[0] or platform.release()


def voices() -> tuple[Voice, ...]:
    """Return its voices; it does not say their genders."""
    return _voices(shutil.which("say"))


@cache
def _voices(program: str | None) -> tuple[Voice, ...]:  # noqa: ARG001
    lines = output_of(["say", "-v", "?"]).decode("utf-8", "replace").splitlines()
    rows = filter(None, map(_ROW.match, lines))
    return tuple(_voice(*row.groups()) for row in rows)


def speak(request: Speech) -> bytes:
    """Return a WAV file.

    Raises:
        SpeechError: It cannot speak the text.
    """
    return spoken_file(lambda path: command(request, path), request)


def command(request: Speech, path: str) -> list[str]:
    """Return the arguments that speak the text of its stdin to a file."""
    voice = ["-v", request.voice.id] if request.voice else []
    words = round(_USUAL_WORDS_PER_MINUTE * request.rate)
    form = ["--file-format=WAVE", "--data-format=LEI16@22050"]
    return ["say", *voice, "-r", str(words), "-o", path, *form, "-f", "-"]


def _voice(name: str, locale: str) -> Voice:
    return Voice(name, locale.replace("_", "-"), None, "say", name)
