"""Opening a file with libsndfile, what its errors mean, and what it does not read rightly."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import soundfile

from rp_audio import _mpeg, _ogg
from rp_audio._errors import DecodeError
from rp_core import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_audio._encoded import Encoded

# What libsndfile says of the length where it does not know it.
UNKNOWN: Final = 1 << 62
_OPUS_RATE: Final = 48_000
# Where the channels of WAV files are among those of Vorbis and Opus, by their number
# (Vorbis I, 4.3.9).
CHANNELS_OF_OGG: Final = {
    3: (0, 2, 1),
    5: (0, 2, 1, 3, 4),
    6: (0, 2, 1, 5, 3, 4),
    7: (0, 2, 1, 6, 5, 3, 4),
    8: (0, 2, 1, 7, 5, 6, 3, 4),
}


class _Sequential(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read on from where it is.

    soundfile goes to where it should be after each read, at which the decoder of MP3 forgets what
    the next frame needs.
    """

    def seekable(self) -> bool:
        """Return False."""
        return False


@contextmanager
def translated(name: str, kind: type[Exception] = DecodeError) -> Iterator[None]:
    """Turn errors of libsndfile into ours."""
    try:
        yield
    except soundfile.SoundFileRuntimeError as error:
        reason = getattr(error, "error_string", "") or str(error) or "it is damaged"
        raise kind(f"{name}: {reason}") from error


@contextmanager
def opened(encoded: Encoded) -> Iterator[Any]:
    """Open a file for reading; it is closed at the end of the block.

    Raises:
        DecodeError: libsndfile does not read it.
        UnsupportedError: It reads it, but not rightly.
    """
    _check_faithful(encoded)
    with _named(encoded) as name:
        with translated(encoded.name):
            file = _Sequential(name, closefd=False)
        try:
            if file.subtype == "OPUS" and file.samplerate != _OPUS_RATE:
                raise UnsupportedError("libsndfile gives Opus at another rate than 48 kHz")
            yield file
        finally:
            file.close()


@contextmanager
def _named(encoded: Encoded) -> Iterator[Any]:
    """Give what libsndfile opens by itself: reading through Python, it would swallow Ctrl-C."""
    if encoded.path is not None:
        yield encoded.path if os.name == "nt" else os.fsencode(encoded.path)
        return
    with _file_of_its_own() as file:
        file.write(encoded.data)
        file.seek(0)
        yield file.fileno()


def _file_of_its_own() -> Any:
    """Return a file without a name: in memory, where the system has such."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("rp-audio"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _check_faithful(encoded: Encoded) -> None:
    """Refuse what libsndfile takes for shorter than it is.

    Raises:
        UnsupportedError: It is such a file.
    """
    size = encoded.size
    with encoded.open() as file:
        if encoded.format == "mp3":
            if _mpeg.goes_on(file, size):
                raise UnsupportedError("libsndfile reads the first of joined MP3s only")
            if not _mpeg.has_tag(file) and _mpeg.is_variable(file, size):
                raise UnsupportedError("libsndfile guesses the length of this MP3")
        elif encoded.format == "ogg" and not _ogg.is_single(file, size):
            raise UnsupportedError("libsndfile reads the first of joined Ogg streams only")
        elif encoded.format == "wav" and _has_no_size(file, size):
            raise UnsupportedError("libsndfile takes a size of 0 for the size")


def _has_no_size(file: Any, size: int) -> bool:
    """Return whether a WAV file says that there are no samples, though something follows."""
    file.seek(0)
    head = file.read(4096)
    at = head.find(b"data")
    return bool(at >= 0 and head[at + 4 : at + 8] == bytes(4) and size > at + 8)
