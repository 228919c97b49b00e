"""Limits that hold on every backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rp_net._errors import ProtocolError

if TYPE_CHECKING:
    from rp_net._headers import Headers

MOST_FIELD: Final = 1 << 15
MOST_FIELDS: Final = 100
MOST_HEAD: Final = 1 << 16
MAX_BYTES: Final = 1 << 28
MAX_LINE: Final = 1 << 24
# A few bytes may well stand for many: below this much output the ratio says nothing.
RATIO_FROM: Final = 10 << 20
MOST_RATIO: Final = 200


def check_head(headers: Headers, where: str) -> None:
    """Refuse a flood of header fields.

    Raises:
        ProtocolError: There are more than 100, or more than 64 KiB of them, or one of 32 KiB; or
            two lengths that differ.
    """
    fields = headers._fields
    if len(fields) > MOST_FIELDS:
        raise ProtocolError(f"{where}: more than {MOST_FIELDS} header fields")
    size = 0
    lengths: list[str] = []
    for name, value in fields:
        one = len(name) + len(value)
        size += one + 4
        if name.lower() == "content-length":
            lengths.append(value)
        if one > MOST_FIELD:
            raise ProtocolError(f"{where}: a header field of more than {MOST_FIELD} bytes")
    if size > MOST_HEAD:
        raise ProtocolError(f"{where}: more than {MOST_HEAD} bytes of header fields")
    if len(set(lengths)) > 1:
        raise ProtocolError(f"{where}: two values of Content-Length")
