"""Voices, engines, and which of them fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Gender: TypeAlias = Literal["female", "male"]
State: TypeAlias = Literal["installed", "missing", "broken"]


# Three letters (ISO 639-2) and old ones for what BCP 47 has two for, of languages that are spoken.
_OLD_TAGS: Final = {
    "iw": "he", "in": "id", "ji": "yi", "no": "nb", "eng": "en", "deu": "de", "ger": "de",
    "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt", "nld": "nl", "dut": "nl",
    "rus": "ru", "jpn": "ja", "kor": "ko", "ara": "ar", "hin": "hi", "tur": "tr", "pol": "pl",
    "swe": "sv", "ell": "el", "gre": "el", "ces": "cs", "cze": "cs", "ukr": "uk",
    "zho": "zh", "chi": "zh",
}  # fmt: skip


# Where most speak a language whose region is not called like it.
_MAIN: Final = frozenset(
    {
        "ar-sa", "cs-cz", "da-dk", "el-gr", "en-us", "fa-ir", "he-il", "hi-in", "ja-jp", "ko-kr",
        "nb-no", "sv-se", "uk-ua", "vi-vn", "zh-cn",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of an engine; it can be given wherever the name of a voice can.

    Attributes:
        name: As the engine shows it.
        language: Language and region (BCP 47), such as "en-US".
        gender: Where the engine says it.
        engine: The engine that has it.
        id: What the engine calls it.
        languages: Further languages that it is for.
        priority: How its engine prefers it to others of a language: the lower, the more.
    """

    __module__ = "rp_audio"

    name: str
    language: str
    gender: Gender | None
    engine: str
    id: str
    languages: tuple[str, ...] = field(default=(), repr=False)
    priority: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that speaks.

    Attributes:
        name: "say", "sapi", "espeak" or "edge".
        state: "installed", "missing", or "broken".
        is_network: Whether it sends the text to a service.
        install: What installs it.
    """

    __module__ = "rp_audio"

    name: str
    state: State
    is_network: bool
    install: str


def normal(language: str) -> str:
    """Return a language as tags are compared: in small letters, with hyphens."""
    primary, *rest = language.strip().replace("_", "-").lower().split("-")
    return "-".join([_OLD_TAGS.get(primary, primary), *rest])


def find_voice(voices: Iterable[Voice], name: str) -> Voice | None:
    """Return the voice of a name, or of what its engine calls it; None: there is none."""
    wanted = _plain(name)
    for voice in voices:
        if wanted in {_plain(voice.name), _plain(voice.id), _plain(voice.id.rpartition("/")[2])}:
            return voice
    return None


def voice_for(voices: Sequence[Voice], language: str) -> Voice | None:
    """Return the voice that fits a language best; None: none does."""
    wanted = normal(language)
    ranked = [(rank, voice) for voice in voices if (rank := _rank(voice, wanted))]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(voice: Voice, wanted: str) -> tuple[int, ...] | None:
    """Return how far a voice is from a language; None: it is another one."""
    tags = [normal(voice.language), *map(normal, voice.languages)]
    if wanted in tags:
        return 0, tags.index(wanted), voice.priority
    primary = wanted.partition("-")[0]
    for place, tag in enumerate(tags):
        language, _, region = tag.partition("-")
        if language == primary:
            is_main = region in {"", language} or tag in _MAIN
            return 1, int(not is_main), place, voice.priority
    return None


def _plain(name: str) -> str:
    return name.strip().replace("_", " ").casefold()
