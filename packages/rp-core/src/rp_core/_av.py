"""PyAV, as the packages for video and for audio open files with it; it is imported when called."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from rp_core._chain import is_environment_error

if TYPE_CHECKING:
    from collections.abc import Iterator

# A playlist in the file must not reach into the network.
_OPTIONS: Final = {"protocol_whitelist": "file,crypto,data"}
_LISTS: Final = frozenset({"concat", "hls", "applehttp", "dash", "imf", "sdp"})


@contextmanager
def av_errors(name: str, kind: type[Exception], *, reading: bool) -> Iterator[None]:
    """Turn errors of FFmpeg into those of a package; those of the environment stay OSErrors.

    Args:
        name: What messages call the file.
        kind: What the others become.
        reading: Whether a file is read: FFmpeg calls it EIO if one ends within its headers.
    """
    ffmpeg_error: Any = import_module("av.error").FFmpegError
    try:
        yield
    except ffmpeg_error as error:
        is_cut = reading and error.errno == errno.EIO
        if is_environment_error(error) and not is_cut:
            raise OSError(error.errno, os.strerror(error.errno or 0), name) from error
        if isinstance(error, MemoryError):
            raise MemoryError(str(error)) from error  # noqa: TRY004
        raise kind(f"{name}: {error.strerror or error}") from error


@contextmanager
def open_av(source: Any, name: str, kind: type[Exception]) -> Iterator[Any]:
    """Open a file for reading; it is closed at the end of the block.

    Args:
        source: "file:" and a path, as "concat:a|b" would be taken for a protocol; or a binary file.
        name: What messages call it.
        kind: Raised where FFmpeg does not read it, or it is a list of other files.
    """
    av: Any = import_module("av")
    # Before its release 19 PyAV refuses files whose metadata is not UTF-8, unless told otherwise.
    is_strict = int(av.__version__.split(".")[0]) < 19
    lenient = {"metadata_errors": "replace"} if is_strict else {}
    with av_errors(name, kind, reading=True):
        container = av.open(source, "r", container_options=_OPTIONS, **lenient)
    try:
        if not _LISTS.isdisjoint(container.format.name.split(",")):
            raise kind(f"{name}: it is a list of other files, which are not read")
        yield container
    finally:
        container.close()


def av_fraction(value: Any) -> Fraction | None:
    """Return a rational number of FFmpeg, of whichever type a release of PyAV gives; None: none."""
    if value is None or not value.numerator or not value.denominator:
        return None
    return Fraction(int(value.numerator), int(value.denominator))


def av_time_base(thing: Any) -> Fraction:
    """Return the seconds per tick of a stream, a packet or a frame."""
    return av_fraction(thing.time_base) or Fraction(1, import_module("av").time_base)
