"""Of what an unfinished file is the beginning, and where that is kept: beside it, as JSON."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._url import Url

_MOST_JSON: Final = 1 << 16
_VISIBLE: Final = re.compile(r"[\x20-\x7e]{1,4096}")
_OLD_ENOUGH: Final = timedelta(seconds=60)


class Origin(NamedTuple):
    """What a server said of the content that a file is to become.

    Attributes:
        key: Stands for the URL, which may hold secrets.
        length: Bytes of the whole, where the server said so.
        etag, modified: ETag and Last-Modified as they came.
        dated: Whether Last-Modified tells two contents apart.
    """

    key: str
    length: int | None = None
    etag: str | None = None
    modified: str | None = None
    dated: bool = False

    @classmethod
    def of(cls, url: Url, length: int | None, headers: Headers, *, coded: bool) -> Origin:
        """Return what a response says; of a coded body nothing that parts could be told by."""
        if coded:
            return cls(key_of(url), length)
        etag, modified = headers.get("etag"), headers.get("last-modified")
        dated = etag is None and modified is not None and _is_strong(headers)
        return cls(key_of(url), length, etag, modified, dated)

    @property
    def validator(self) -> str | None:
        """What If-Range takes: a strong ETag, or a date that is as good (RFC 9110, 8.8.2.2)."""
        if self.etag is not None:
            return self.etag if _is_strong_etag(self.etag) else None
        return self.modified if self.dated else None

    def is_of(self, headers: Headers) -> bool:
        """Return whether a later response may speak of the same content."""
        etag, modified = headers.get("etag"), headers.get("last-modified")
        if etag is not None and self.etag is not None:
            return etag == self.etag
        return modified is None or self.modified is None or modified == self.modified

    @classmethod
    def read(cls, path: str) -> Origin | None:
        """Return what is kept beside a file; None: nothing, or nothing sound."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(f"{path}.json", flags)
            with open(descriptor, "rb") as file:
                origin = cls(**json.loads(file.read(_MOST_JSON)))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return origin if origin._is_sound() else None

    def write(self, path: str) -> None:
        """Keep it beside a file, if there is a validator; it is of no use otherwise."""
        if self.validator is None:
            self.forget(path)
            return
        temporary = f"{path}.{os.urandom(4).hex()}.json"
        try:
            with open(temporary, "xb") as file:
                file.write(json.dumps(self._asdict()).encode())
            os.replace(temporary, f"{path}.json")
        except OSError:  # without it, the next attempt begins anew
            with suppress(OSError):
                os.unlink(temporary)

    @staticmethod
    def forget(path: str) -> None:
        """Drop what is kept beside a file."""
        with suppress(FileNotFoundError):
            os.unlink(f"{path}.json")

    def _is_sound(self) -> bool:
        texts = [text for text in (self.etag, self.modified) if text is not None]
        length = self.length
        return (
            isinstance(self.key, str)
            and isinstance(self.dated, bool)
            and (length is None or (type(length) is int and length >= 0))
            and all(isinstance(text, str) and _VISIBLE.fullmatch(text) for text in texts)
        )


def key_of(url: Url) -> str:
    """Return what stands for a URL."""
    return hashlib.sha256(str(url).encode()).hexdigest()


def _is_strong(headers: Headers) -> bool:
    try:
        made = parsedate_to_datetime(headers["last-modified"])
        return parsedate_to_datetime(headers["date"]) - made >= _OLD_ENOUGH
    except (KeyError, ValueError, TypeError):
        return False


def _is_strong_etag(etag: str) -> bool:
    return len(etag) > 1 and etag[0] == etag[-1] == '"'
