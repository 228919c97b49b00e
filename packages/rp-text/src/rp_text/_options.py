"""The options of what reads text, checked."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from rp_core import check_int, text_encoding

_OF_WRITING: Final = frozenset({"namereplace", "xmlcharrefreplace"})


class LineOptions(NamedTuple):
    """How lines are to be read.

    Attributes:
        encoding: None: it is to be found.
        errors: As in `open`.
        max_line: Most characters of a line.
        urls: Whether URLs may be read.
        surrogates: Whether what is text already may have lone surrogates.
    """

    encoding: str | None
    errors: str
    max_line: int
    urls: bool
    surrogates: bool = True


def check_encoding(encoding: str, errors: str = "strict") -> str | None:
    """Return the encoding to read with; None: it is to be found.

    Raises:
        LookupError: There is no such encoding, or no such way to treat errors.
        TypeError: One of them is no str.
    """
    if not isinstance(errors, str):
        raise TypeError(f"errors is a str, not {errors!r}")
    codecs.lookup_error(errors)
    if errors in _OF_WRITING:
        raise LookupError(f"{errors!r} is for writing")
    return None if encoding == "auto" else text_encoding(encoding)


def check_line_options(
    *, encoding: str, errors: str, batch_bytes: int, max_line: int, urls: bool
) -> LineOptions:
    """Return the options of reading lines.

    Raises:
        TypeError, ValueError, LookupError: An argument makes no sense.
    """
    check_int("batch_bytes", batch_bytes, 1)
    check_int("max_line", max_line, 1)
    return LineOptions(check_encoding(encoding, errors), errors, max_line, urls)
