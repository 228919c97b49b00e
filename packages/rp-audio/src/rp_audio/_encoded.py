"""A sound file that is to be read: a path that backends open themselves, or bytes."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from rp_audio._errors import DecodeError
from rp_audio._sniff import HEAD_BYTES, format_of, is_playlist, skip_id3
from rp_core import is_url, read_source, resolve_source

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rp_core import Source


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sound file.

    Attributes:
        path: Absolute path of a regular file; None: it is not in one.
        data: The bytes, where there is no path.
        format: What its first bytes say it is; "" for a format that is not known here.
    """

    path: str | None
    data: bytes
    format: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path or f"{len(self.data)} bytes"

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return open(self.path, "rb") if self.path else io.BytesIO(self.data)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return os.stat(self.path).st_size if self.path else len(self.data)


def encoded_of(source: Source | Encoded, *, urls: bool = True) -> Encoded:
    """Return the sound file that a source is; a regular file is left for backends to open.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        TypeError, ValueError, LimitExceededError: As `rp_core.read_source`.
    """
    if isinstance(source, Encoded):
        return source
    if isinstance(source, (str, os.PathLike)) and not is_url(source) and _is_regular(source):
        with open(source, "rb") as file:
            return Encoded(os.path.abspath(os.fspath(source)), b"", _format_in(file))
    data = read_source(source, urls=urls)
    return Encoded(None, data, _format_in(io.BytesIO(data)))


def fetch_first(
    source: Any, /, *_rest: Any, urls: bool = True, **_options: Any
) -> Callable[[], Awaitable[Any]] | None:
    """Say what to await on the caller's loop before a source is read on a thread."""
    return None if isinstance(source, tuple) else resolve_source(source, urls=urls)


def _is_regular(path: str | os.PathLike[str]) -> bool:
    """Return whether backends can open a file once more, which a pipe does not bear."""
    return stat.S_ISREG(os.stat(path).st_mode)


def _format_in(file: BinaryIO) -> str:
    head = file.read(HEAD_BYTES)
    if is_playlist(head):
        raise DecodeError("it is a list of other files, which are not read")
    if tag := skip_id3(head):
        file.seek(tag)
        return format_of(file.read(HEAD_BYTES)) or "mp3"
    return format_of(head)
