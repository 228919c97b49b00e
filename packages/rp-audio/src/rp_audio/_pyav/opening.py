"""Opening a file with PyAV, and what its errors mean."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error

from rp_audio._errors import DecodeError
from rp_core import is_environment_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_audio._encoded import Encoded

# A playlist in the file must not reach into the network.
_OPTIONS: Final = {"protocol_whitelist": "file,crypto,data"}
_LISTS: Final = frozenset({"concat", "hls", "applehttp", "dash", "imf", "sdp"})
# Before its release 19 PyAV refuses files whose metadata is not UTF-8, unless told otherwise.
_LENIENT: Final[dict[str, Any]] = (
    {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
)


@contextmanager
def translated(name: str, kind: type[Exception] = DecodeError) -> Iterator[None]:
    """Turn errors of FFmpeg into ours; those of the environment stay OSErrors."""
    try:
        yield
    except av.error.FFmpegError as error:
        # FFmpeg reports an input that ends within its headers as EIO.
        is_cut = kind is DecodeError and error.errno == errno.EIO
        if is_environment_error(error) and not is_cut:
            raise OSError(error.errno, os.strerror(error.errno or 0), name) from error
        if isinstance(error, MemoryError):
            raise MemoryError(str(error)) from error  # noqa: TRY004
        raise kind(f"{name}: {error.strerror or error}") from error


@contextmanager
def opened(encoded: Encoded) -> Iterator[Any]:
    """Open a file for reading; it is closed at the end of the block."""
    # Without "file:" a name such as "concat:a|b" would be taken for a protocol.
    source = f"file:{encoded.path}" if encoded.path else encoded.open()
    with translated(encoded.name):
        container = av.open(source, "r", container_options=_OPTIONS, **_LENIENT)
    try:
        if not _LISTS.isdisjoint(container.format.name.split(",")):
            raise DecodeError(f"{encoded.name}: it is a list of other files, which are not read")
        yield container
    finally:
        container.close()


def best_audio(container: Any, name: str) -> Any:
    """Return the stream that FFmpeg takes for the sound.

    Raises:
        DecodeError: There is none, or no decoder for it.
    """
    stream = container.streams.best("audio")
    if stream is None or not stream.codec_context or not stream.codec_context.sample_rate:
        raise DecodeError(f"{name}: there is no sound in it")
    return stream


def time_base_of(thing: Any) -> Fraction:
    """Return the seconds per tick of a stream, a packet or a frame."""
    base = thing.time_base
    if base is None or not base.numerator:
        return Fraction(1, av.time_base)
    return Fraction(int(base.numerator), int(base.denominator))
