"""Highlight code."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rp_core import check_int, is_url
from rp_text._ends import END, MARK, with_plain_ends
from rp_text._highlighter import Highlighting, painted
from rp_text._language import language_named, language_of, language_of_code
from rp_text._options import check_encoding
from rp_text._palette import palette
from rp_text._pieces import MAX_BYTES
from rp_text._read_text import read_text

if TYPE_CHECKING:
    from rp_text._palette import Palette, To
    from rp_text._pieces import Source

HighlightBackend: TypeAlias = Literal["pygments", "treesitter"]


def highlight(
    code: str,
    language: str | None = None,
    *,
    to: To = "terminal",
    style: str = "default",
    backend: HighlightBackend | None = None,
) -> str:
    """Colour code.

    All of the text comes back, whatever it is: code that is not well-formed is coloured as far as
    it goes, and code whose lexer fails is returned without colours.

    Args:
        code: The code.
        language: One of `languages()`, or another of its names, such as "py". None: what the first
            line shows (`#!/bin/sh`, `<?xml`, `<!doctype html>`), else none: plain text. Nothing is
            guessed.
        to: "terminal": escape sequences for 256 colours, which end with each line. "html": a `pre`
            element with its own colours.
        style: One of `styles()`.
        backend: "treesitter" is several times faster, knows ten languages (bash, c, css, go, html,
            java, javascript, json, python, rust) and tells fewer kinds of tokens apart; the colours
            are the same. None: "pygments".

    Returns:
        The code with colours; without them it is the code.

    Raises:
        NoBackendError: The backend that is named is not here, or does not know the language.
        TypeError, ValueError: An argument makes no sense.
    """
    if not isinstance(code, str):
        raise TypeError(f"code is a str, not {type(code).__name__!r}")
    colors = _checked(to, style)
    known = language_of_code(code) if language is None else language_named(language)
    ask = painted.using(backend)
    text = code.removeprefix(MARK)
    ends = END.findall(text) if "\r" in text else None
    plain = with_plain_ends(text)
    shown = ask(Highlighting(plain, known, colors, named=backend is not None))
    if ends:
        lines = shown.split("\n")
        shown = "".join([part for pair in zip(lines, [*ends, ""], strict=True) for part in pair])
    return colors.framed(code.removesuffix(text) + shown)


def _checked(to: To, style: str) -> Palette:
    if to not in {"terminal", "html"}:
        raise ValueError(f"to is 'terminal' or 'html', not {to!r}")
    if not isinstance(style, str):
        raise TypeError(f"a style is given by its name, not as {type(style).__name__!r}")
    return palette(style, to)


def highlight_file(
    source: Source,
    /,
    language: str | None = None,
    *,
    to: To = "terminal",
    style: str = "default",
    encoding: str = "auto",
    max_bytes: int = MAX_BYTES,
    urls: bool = True,
    backend: HighlightBackend | None = None,
) -> str:
    """Read code and colour it.

    Args:
        source: As in `read_text`.
        language: As in `highlight`. None: that of the name of the file, else of the first line.
        to: As in `highlight`.
        style: As in `highlight`.
        encoding: As in `read_text`.
        max_bytes: As in `read_text`.
        urls: Whether URLs may be read.
        backend: As in `highlight`.

    Returns:
        The code with colours.

    Raises:
        Exception: As `read_text` and `highlight`.
    """
    known = check_highlighting(
        language, to=to, style=style, encoding=encoding, max_bytes=max_bytes, backend=backend
    )
    code = read_text(source, encoding=encoding, newline="", max_bytes=max_bytes, urls=urls)
    known = known or language_of(name_of(source), code)
    return highlight(code, known, to=to, style=style, backend=backend)


def check_highlighting(
    language: str | None = None,
    *,
    to: To = "terminal",
    style: str = "default",
    encoding: str = "auto",
    max_bytes: int = MAX_BYTES,
    backend: HighlightBackend | None = None,
) -> str | None:
    """Return the first name of a language, where one is given.

    Raises:
        TypeError, ValueError, LookupError: An argument makes no sense.
    """
    _checked(to, style)
    check_encoding(encoding)
    check_int("max_bytes", max_bytes, 0)
    painted.using(backend)
    return None if language is None else language_named(language)


def name_of(source: Any) -> str:
    """Return the name of the file that a source is, as far as it has one."""
    if isinstance(source, (str, os.PathLike)):
        name = os.fspath(source)
        name = re.split(r"[?#]", name)[0] if is_url(name) else name
    else:
        name = getattr(source, "name", "")
    name = name if isinstance(name, str) else ""
    return re.sub(r"\.(?:gz|bz2|xz|zst)$", "", name)
