"""Opening a file with libsndfile, and what its errors mean."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import soundfile

from rp_audio._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_audio._encoded import Encoded

# What libsndfile says of the length where it does not know it.
UNKNOWN: Final = 1 << 62


@contextmanager
def translated(name: str, kind: type[Exception] = DecodeError) -> Iterator[None]:
    """Turn errors of libsndfile into ours."""
    try:
        yield
    except soundfile.SoundFileRuntimeError as error:
        reason = getattr(error, "error_string", "") or str(error) or "it is damaged"
        raise kind(f"{name}: {reason}") from error


class _Memory(io.BytesIO):
    """Bytes in which libsndfile may look for what is before them, as it does in damaged files."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place; stay where that is none, as an error here would only be printed."""
        try:
            return super().seek(offset, whence)
        except ValueError:
            return self.tell()


@contextmanager
def opened(encoded: Encoded) -> Iterator[Any]:
    """Open a file for reading; it is closed at the end of the block."""
    with translated(encoded.name):
        file = soundfile.SoundFile(encoded.path or _Memory(encoded.data))
    try:
        yield file
    finally:
        file.close()
