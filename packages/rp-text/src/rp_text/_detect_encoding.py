"""Find the encoding of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import check_int
from rp_text._encoding import Encoding, encoding_of
from rp_text._pieces import MAX_BYTES, gathered

if TYPE_CHECKING:
    from rp_text._pieces import Source


def detect_encoding(
    source: Source, /, *, max_bytes: int = MAX_BYTES, urls: bool = True
) -> Encoding:
    """Find the encoding of a text: what `read_text` reads it with.

    Args:
        source: As in `read_text`; of text files it is "utf-8".
        max_bytes: As in `read_text`.
        urls: Whether URLs may be read.

    Returns:
        An `Encoding`: its name, how sure that is, and whether the text begins with a mark.

    Raises:
        DecodeError: It is no text.
        Exception: As `read_text`.
    """
    check_int("max_bytes", max_bytes, 0)
    data = gathered(source, max_bytes=max_bytes, urls=urls)
    return Encoding("utf-8") if isinstance(data, str) else encoding_of(data)
