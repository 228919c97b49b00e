"""What an engine is asked to speak."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rp_audio._decibels import check_number
from rp_core import LimitExceededError

if TYPE_CHECKING:
    from rp_audio._voice import Voice

MOST_CHARACTERS: Final = 50_000
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Speech:
    """One request to speak.

    Attributes:
        text: Not blank, without control characters.
        voice: The voice; None: that which the engine takes for the language, or by itself.
        language: The language, in BCP 47; None: that of the voice.
        rate: How fast, as a factor of what is usual: 0.5 to 2.
        timeout: Seconds that an engine in the network may be silent.
    """

    text: str
    voice: Voice | None = None
    language: str | None = None
    rate: float = 1.0
    timeout: float = 30.0


def spoken_text(text: Any, max_chars: int | None = MOST_CHARACTERS) -> str:
    """Return a text as engines get it; control characters are spaces, and no markup is left in it.

    Raises:
        TypeError: It is no str.
        ValueError: It is blank, or cannot be encoded.
        LimitExceededError: It is too long.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {type(text).__name__!r}")
    if max_chars is not None and (isinstance(max_chars, bool) or not isinstance(max_chars, int)):
        raise TypeError(f"max_chars must be an int or None, not {max_chars!r}")
    if max_chars is not None and len(text) > max_chars:
        raise LimitExceededError(f"{len(text)} characters; at most {max_chars} are spoken at once")
    text.encode()
    # Between double brackets say has commands, and espeak-ng phonemes.
    plain = _CONTROL.sub(" ", text).replace("[[", "[ [")
    if not plain.strip():
        raise ValueError("there is nothing to speak: the text is blank")
    return plain


def check_rate(rate: Any) -> float:
    """Return a rate of speech, if it is one.

    Raises:
        TypeError, ValueError: It is none.
    """
    return check_number("rate", rate, 0.5, 2.0)
