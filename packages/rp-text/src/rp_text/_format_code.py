"""Format code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from rp_core import check_int
from rp_text._ends import END, MARK, with_plain_ends
from rp_text._errors import FormatError
from rp_text._formatter import LANGUAGES, Formatting, formatted
from rp_text._write_text import encoded

if TYPE_CHECKING:
    from collections.abc import Callable

FormatBackend: TypeAlias = Literal["ruff", "black", "autopep8", "json", "selectolax"]
LINE_LENGTH: Final = 88
TIMEOUT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Formatted:
    """Code that was formatted.

    Attributes:
        text: The code.
        backend: What formatted it; two of them differ in places.
        changed: Whether it is another text than before.
    """

    __module__ = "rp_text"

    text: str
    backend: str
    changed: bool


def format_code(
    code: str,
    language: str,
    *,
    line_length: int = LINE_LENGTH,
    timeout: float = TIMEOUT,
    backend: FormatBackend | None = None,
) -> Formatted:
    r"""Format code.

    Python keeps its syntax tree, apart from blanks of docstrings, JSON its values as they are
    written, HTML what is shown of it; what is formatted once stays as it is. Each end of a line
    becomes what the first one is, and a byte order mark stays. No configuration of a project is
    looked for.

    Args:
        code: The code.
        language: "python", "json" or "html".
        line_length: Of Python: where lines are to be broken.
        timeout: Seconds that ruff may take.
        backend: Of Python "ruff", "black", or "autopep8", which only repairs, and gives code that
            is not well-formed back as it is. None: ruff, else black. Of JSON "json", of HTML
            "selectolax".

    Returns:
        A `Formatted`: the text, what formatted it, and whether it has changed.

    Raises:
        FormatError: The code is not well-formed, and `.line` and `.column` say where; or every
            formatter failed, and `.attempts` says how.
        EncodeError: It has lone surrogates.
        LimitExceededError: JSON or HTML is nested too deeply.
        NoBackendError: There is no formatter for the language.
        TypeError, ValueError: An argument makes no sense.
    """
    known = check_formatting(language, line_length=line_length, timeout=timeout, backend=backend)
    if not isinstance(code, str):
        raise TypeError(f"code is a str, not {type(code).__name__!r}")
    encoded(code, "utf-8")
    return formatted_by(
        code,
        formatted.using(backend),
        Formatting(code, known, line_length, timeout, named=backend is not None),
    )


def check_formatting(
    language: str,
    *,
    line_length: int = LINE_LENGTH,
    timeout: float = TIMEOUT,
    backend: FormatBackend | None = None,
) -> str:
    """Return the language, as the backends know it.

    Raises:
        TypeError, ValueError: An argument makes no sense.
    """
    check_int("line_length", line_length, 1, 320)
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
        raise ValueError(f"timeout is a number of seconds above 0, not {timeout!r}")
    formatted.using(backend)
    if not isinstance(language, str):
        raise TypeError(f"a language is given by its name, not as {type(language).__name__!r}")
    if language.lower() not in LANGUAGES:
        known = ", ".join(sorted(set(LANGUAGES.values())))
        raise ValueError(f"no formatter for {language[:60]!r}; there are those of {known}")
    return LANGUAGES[language.lower()]


def formatted_by(
    code: str, ask: Callable[[Formatting], tuple[str, str]], request: Formatting
) -> Formatted:
    """Return what a backend makes of code."""
    text, backend = ask(request._replace(code=prepared(code)))
    return finished(code, text, backend)


def prepared(code: str) -> str:
    r"""Return code without a byte order mark, with \n at the ends of its lines.

    Raises:
        FormatError: There are two marks.
    """
    plain = code.removeprefix(MARK)
    if plain.startswith(MARK):
        raise FormatError("there are two byte order marks", line=1, column=1)
    return with_plain_ends(plain)


def finished(code: str, text: str, backend: str) -> Formatted:
    """Return formatted code with the mark and the line ends that the code had."""
    first = END.search(code)
    if first and first[0] != "\n":
        text = text.replace("\n", first[0])
    if code.startswith(MARK):
        text = MARK + text
    return Formatted(text, backend, text != code)


def request_for(code: str, language: str, name: str, options: dict[str, Any]) -> Formatting:
    """Return the request for the code of a file."""
    return Formatting(
        code,
        language,
        options.get("line_length", LINE_LENGTH),
        options.get("timeout", TIMEOUT),
        is_stub=name.lower().endswith(".pyi"),
        named=options.get("backend") is not None,
    )
