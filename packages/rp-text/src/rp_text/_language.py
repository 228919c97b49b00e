"""Which language code is in: by name, by the name of its file, or by its first line.

Nothing is guessed: pygments' own guessing loads all of its lexers, which takes most of a second.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from rp_text._ends import MARK

TEXT: Final = "text"
# Suffixes of several languages: the one that most such files are written in.
_OF_SUFFIX: Final = {
    ".as": "actionscript3", ".asm": "nasm", ".bas": "vb.net", ".cl": "common-lisp", ".cp": "cpp",
    ".def": "modula2", ".ecl": "ecl", ".feature": "gherkin", ".fs": "fsharp", ".g": "antlr",
    ".gd": "gdscript", ".h": "c", ".hh": "cpp", ".i": "swig", ".inc": "php", ".inf": "ini",
    ".j": "objective-j", ".lean": "lean4", ".m": "objective-c", ".mm": "objective-c++",
    ".n": "nemerle", ".pl": "perl", ".pm": "perl", ".pro": "prolog", ".prolog": "prolog",
    ".rl": "ragel-em", ".s": "gas", ".sql": "sql", ".t": "perl", ".toc": "tex", ".ttl": "turtle",
    ".txt": TEXT, ".u": "ucode", ".v": "verilog", ".xsl": "xslt", ".xslt": "xslt",
}  # fmt: skip
_FIRST_LINES: Final = (
    (re.compile(r"#!.*\bpython"), "python"),
    (re.compile(r"#!.*\b(?:ba|da|k|z)?sh\b"), "bash"),
    (re.compile(r"#!.*\bnode\b"), "javascript"),
    (re.compile(r"#!.*\bruby"), "ruby"),
    (re.compile(r"#!.*\bperl"), "perl"),
    (re.compile(r"<\?php"), "php"),
    (re.compile(r"<\?xml"), "xml"),
    (re.compile(r"<(?:!doctype html|html)\b", re.IGNORECASE), "html"),
    (re.compile(r"diff --git |--- a/"), "diff"),
    (re.compile(r'\{\s*(?:"|$)|\[\s*[{\["]'), "json"),
)


def languages() -> list[str]:
    """Return the names of the languages that can be highlighted, sorted; most have others too."""
    return sorted(set(_first_names().values()))


def language_named(name: str) -> str:
    """Return the first name of a language.

    Args:
        name: Any of its names, such as "py"; case does not matter.

    Raises:
        TypeError: It is no str.
        ValueError: There is no such language.
    """
    if not isinstance(name, str):
        raise TypeError(f"a language is given by its name, not as {type(name).__name__!r}")
    found = _first_names().get(name.lower())
    if found is None:
        raise ValueError(f"no language {name[:60]!r} is known; see languages()")
    return found


def language_of(name: str, code: str = "") -> str:
    """Return the language of a file, by its name, else by its first line; else "text"."""
    base = os.path.basename(name)
    exact, wild = _patterns()
    if base in exact:
        return exact[base]
    for suffix in [base[at:] for at, sign in enumerate(base) if sign == "."]:
        for case in (suffix, suffix.lower()):  # .R is another language than .r
            if found := _OF_SUFFIX.get(case) or exact.get(f"*{case}"):
                return found
    found = next((language for pattern, language in wild if fnmatchcase(base, pattern)), None)
    return found or language_of_code(code)


def language_of_code(code: str) -> str:
    """Return the language that the first line shows, else "text"."""
    line = code[:256].lstrip(f"{MARK} \t\r\n").partition("\n")[0]
    return next((name for start, name in _FIRST_LINES if start.match(line)), TEXT)


@cache
def _first_names() -> dict[str, str]:
    from pygments.lexers import get_all_lexers

    return {
        alias.lower(): aliases[0]
        for _, aliases, _, _ in get_all_lexers(plugins=False)
        for alias in aliases
    }


@cache
def _patterns() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the languages by exact names and suffixes of files, and by other patterns."""
    from pygments.lexers import get_all_lexers

    exact: dict[str, str] = {}
    wild: list[tuple[str, str]] = []
    for _, aliases, patterns, _ in get_all_lexers(plugins=False):
        for pattern in patterns if aliases else ():
            plain = pattern.removeprefix("*")
            if re.search(r"[*?\[]", plain):
                wild.append((pattern, aliases[0]))
            else:
                exact.setdefault(pattern, aliases[0])
    return exact, wild
