"""Make speech of text."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict, overload

from rp_audio._decibels import check_number
from rp_audio._errors import UnknownVoiceError
from rp_audio._heard import heard
from rp_audio._pick_voice import named_voice
from rp_audio._save import choices_of, save
from rp_audio._speaker import engine_name, order_of, speaker
from rp_audio._speech import MOST_CHARACTERS, Speech, check_rate, spoken_text
from rp_audio._speech_store import identity, remembered
from rp_core import (
    Batch,
    NoBackendError,
    UnsupportedError,
    atomic_write,
    split_options,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from typing import Unpack

    from rp_audio._types import Audio
    from rp_audio._voice import Voice
    from rp_core import OnError, Progress

_LIMIT: Final = 3


class SpeechOptions(TypedDict, total=False):
    """The options of `tts`, for the operations that build on it."""

    voice: str | Voice | None
    language: str | None
    engine: str | None
    rate: float
    allow_network: bool
    cache: bool
    timeout: float
    max_chars: int | None


class TtsManyOptions(SpeechOptions, total=False):
    """The options of `tts_many`, beside `on_error` and `limit`."""

    progress: bool | Callable[[Progress], object] | None


class Choices(NamedTuple):
    """How something is to be spoken, checked."""

    order: tuple[str, ...]
    voice: Voice | None
    language: str | None
    rate: float
    who: tuple[str, str] | None
    timeout: float
    max_chars: int | None


@overload
def tts(text: str, /, *, path: None = None, **options: Unpack[SpeechOptions]) -> Audio: ...
@overload
def tts(
    text: str, /, *, path: str | os.PathLike[str], **options: Unpack[SpeechOptions]
) -> Path: ...
def tts(
    text: str,
    /,
    *,
    voice: str | Voice | None = None,
    language: str | None = None,
    engine: str | None = None,
    rate: float = 1.0,
    path: str | os.PathLike[str] | None = None,
    allow_network: bool = False,
    cache: bool = False,
    timeout: float = 30.0,
    max_chars: int | None = MOST_CHARACTERS,
) -> Audio | Path:
    """Make speech of text.

    Args:
        text: Plain text; markup is read out as it is.
        voice: A `Voice`, or its name (see `voices`); it says the engine, too.
        language: Such as "en-US" or "de" (BCP 47): the voice that fits it best.
        engine: "say" (macOS), "sapi" (Windows), "espeak" (espeak-ng), or "edge". None: those of
            this system, in this order, without the last.
        rate: How fast, as a factor of what is usual, 0.5 to 2.
        path: Where to write it, in a format that `save` has. None: it is returned.
        allow_network: Whether "edge", which sends the text to a service of Microsoft, may be asked
            after the others.
        cache: Whether to keep speech on disk, and to take it from there.
        timeout: Seconds that a service may be silent; one that is, is asked once more.
        max_chars: The most characters of text. None: any number.

    Returns:
        The speech, an `Audio` with one channel; or the path that was written.

    Raises:
        ValueError: The text is blank, or an option makes no sense.
        UnknownVoiceError: No engine here has the voice, or one for the language.
        LimitExceededError: The text is too long.
        SpeechError: Each engine failed; `.attempts` says why.
        NoBackendError: There is no engine; the message says what to install.
        EncodeError, OSError: As `save`, where there is a path.
        TypeError: An argument has the wrong type.
    """
    choices = choices_from(
        voice=voice, language=language, engine=engine, rate=rate, allow_network=allow_network,
        cache=cache, timeout=timeout, max_chars=max_chars,
    )  # fmt: skip
    plain = spoken_text(text, max_chars)
    if path is None:
        return heard(speech_of(plain, choices))
    choices_of(path)
    data = speech_of(plain, choices)
    if _is_mp3(data) and os.fspath(path).lower().endswith(".mp3"):
        with atomic_write(path) as file:
            file.write(data)
    else:
        save(path, heard(data))
    return Path(path)


def tts_many(
    texts: Iterable[str] | AsyncIterable[str],
    *,
    limit: int | None = _LIMIT,
    on_error: OnError = "raise",
    **options: Unpack[TtsManyOptions],
) -> Batch[Any]:
    """Make speech of many texts, a few at a time.

    Args:
        texts: Any iterable of what `tts` takes; with `await`, also an async iterable.
        limit: How many are spoken at once; those of the engines on this machine at most as many as
            the CPU budget that all rp packages share allows.
        on_error: As in `load_many`.
        **options: Those of `tts`, for every text, and `progress`, as in `load_many`.

    Returns:
        The speech of each, in the order of `texts`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        Exception: What `tts` raised first, with a note of the text.
    """
    own, rest = split_options(dict(options), SpeechOptions, TtsManyOptions)
    choices = choices_from(**own)
    return Batch(
        partial(_spoken, choices), texts, None, None, {"limit": limit, "on_error": on_error, **rest}
    )


def _spoken(choices: Choices, text: str) -> Audio:
    return heard(speech_of(spoken_text(text, choices.max_chars), choices))


def choices_from(
    *,
    voice: str | Voice | None = None,
    language: str | None = None,
    engine: str | None = None,
    rate: float = 1.0,
    allow_network: bool = False,
    cache: bool = False,
    timeout: float = 30.0,
    max_chars: int | None = MOST_CHARACTERS,
) -> Choices:
    """Return the options of `tts`, checked; a voice that is named says the engine.

    Raises:
        TypeError, ValueError: As `tts`.
    """
    if language is not None and (not isinstance(language, str) or not language.strip()):
        raise ValueError(f'language must be a tag such as "en-US", not {language!r}')
    check_rate(rate)
    check_number("timeout", timeout, 0.01, 3600)
    order = order_of(allow_network=allow_network) if engine is None else (engine_name(engine),)
    chosen = None if voice is None else named_voice(voice, order)
    if chosen is not None:
        order = (chosen.engine,)
    who = identity(order) if cache else None
    return Choices(order, chosen, language, rate, who, timeout, max_chars)


def speech_of(text: str, choices: Choices) -> bytes:
    """Return the bytes of a sound file.

    Raises:
        Exception: As `tts`.
    """
    request = Speech(text, choices.voice, choices.language, choices.rate, choices.timeout)
    try:
        if choices.who:
            return remembered(request, choices.who, choices.order)
        return speaker.using(choices.order)(request)
    except NoBackendError as error:
        if any(isinstance(attempt.error, UnsupportedError) for attempt in error.attempts):
            message = f"no engine has a voice for the language {choices.language!r}"
            raise UnknownVoiceError(message, error.attempts) from error
        raise


def _is_mp3(data: bytes) -> bool:
    return data[:3] == b"ID3" or data[:1] == b"\xff"
