"""Limits that hold on every backend."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from rp_net._errors import ProtocolError

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._url import Url

_LENGTH: Final = re.compile(r"[0-9]{1,18}")
MOST_FIELD: Final = 1 << 15
MOST_FIELDS: Final = 100
MOST_HEAD: Final = 1 << 16
MAX_BYTES: Final = 1 << 28
MAX_LINE: Final = 1 << 24
# A few bytes may well stand for many: below this much output the ratio says nothing.
RATIO_FROM: Final = 10 << 20
MOST_RATIO: Final = 200


def check_head(headers: Headers, url: Url) -> None:
    """Refuse a flood of header fields.

    Raises:
        ProtocolError: There are more than 100, or more than 64 KiB of them, or one of 32 KiB; or
            two lengths that differ.
    """
    fields = headers._fields
    size = sum(map(len, chain.from_iterable(fields))) + 4 * len(fields)
    length = headers.index().get("content-length")
    flaw = ""
    if len(fields) > MOST_FIELDS:
        flaw = f"more than {MOST_FIELDS} header fields"
    elif size > MOST_HEAD:
        flaw = f"more than {MOST_HEAD} bytes of header fields"
    elif size > MOST_FIELD and any(len(n) + len(v) > MOST_FIELD for n, v in fields):
        flaw = f"a header field of more than {MOST_FIELD} bytes"
    elif length and not length.isdigit() and len({*length.split(", ")}) > 1:
        flaw = "two values of Content-Length"
    elif length and not _LENGTH.fullmatch(length.partition(",")[0]):
        flaw = "a Content-Length that is no number of bytes"
    if flaw:
        raise ProtocolError(f"{url.authority}: {flaw}")
