"""From the bytes of a text to the text: its encoding is told, marked, or found."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from rp_core import bom_encoding, text_encoding

if TYPE_CHECKING:
    from rp_net._headers import Headers

# Text encodings of the web (the Encoding standard of WHATWG), by the names of Python's codecs:
# Python knows many that decode to bytes, run for long, or hide markup (utf-7, rot13, idna, zlib).
_ALLOWED: Final = frozenset(
    {
        "ascii", "big5", "big5hkscs", "cp866", "cp874", "cp949", "cp932", "euc_jp", "euc_kr",
        "gb18030", "gb2312", "gbk", "iso2022_jp", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman",
        "shift_jis", "tis-620", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be",
        "utf-32-le", "utf-8", "utf-8-sig",
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
    }
)  # fmt: skip
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_IN_MARKUP: Final = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""",
    re.IGNORECASE,
)
_SNIFFED: Final = 1024


def encoding_of(
    content: bytes, headers: Headers, encoding: str | None = None, *, whole: bool = True
) -> str:
    """Return the encoding of a text: a byte order mark, what is said, what markup says, or found.

    What is found is UTF-8 where the bytes are valid UTF-8, and Windows-1252 otherwise.

    Args:
        content: The text.
        headers: Of the response; a charset that is no text encoding of the web is passed over.
        encoding: What the caller says; it counts for more than all else.
        whole: Whether this is the whole text, which may then not end within a character.

    Raises:
        LookupError: The caller names an encoding that is none.
    """
    if encoding is not None:
        return text_encoding(encoding)
    if marked := bom_encoding(content):
        return marked
    told = _CHARSET.search(headers.get("content-type", ""))
    if told and (name := _allowed(told[1])):
        return name
    written = _IN_MARKUP.search(content[:_SNIFFED])
    if written and (name := _allowed(written[1].decode("ascii"))):
        return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content, whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _allowed(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    if name not in _ALLOWED:
        return ""
    # As every browser does: what calls itself Latin-1 or ASCII is written in Windows-1252.
    return "cp1252" if name in {"iso8859-1", "ascii"} else name
