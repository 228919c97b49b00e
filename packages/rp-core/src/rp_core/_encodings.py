"""The names of text encodings, and the marks that some texts begin with."""

from __future__ import annotations

import codecs
import re
from typing import Final

# Codecs of Python that are no encodings of whole texts, or are attacks more often than texts.
_REFUSED: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\- ]{0,39}")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins like that one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_encoding(label: str) -> str:
    """Return Python's name for an encoding of text.

    Args:
        label: Any of its names, such as "latin1" or "UTF-8".

    Raises:
        LookupError: There is none of that name, it is not one of text ("rot13", "zlib"), or not
            one of whole texts ("idna", "unicode-escape"; and UTF-7, which hides markup).
        TypeError: It is no str.
    """
    if not isinstance(label, str):
        raise TypeError(f"an encoding is given by its name, not as {type(label).__name__!r}")
    if not _NAME.fullmatch(label):
        raise LookupError(f"unknown encoding: {label[:60]!r}")
    found = codecs.lookup(label)
    name = found.name.replace("_", "-")
    if name in _REFUSED or not getattr(found, "_is_text_encoding", True):
        raise LookupError(f"{label!r} is no encoding of text")
    return found.name


def bom_encoding(data: bytes) -> str | None:
    """Return the encoding whose byte order mark some bytes begin with; it takes the mark off."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)
