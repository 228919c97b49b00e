"""Opening a film, and what its errors mean."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
from av.codec.context import ThreadType

from rp_core import cpu_limit, is_environment_error
from rp_video._cut_off import is_cut_off
from rp_video._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from rp_video._formats import Container

# A playlist in the file must not reach into the network.
_OPTIONS: Final = {"protocol_whitelist": "file,crypto,data"}
_LISTS: Final = frozenset({"concat", "hls", "applehttp", "dash", "imf", "sdp"})
# Before its release 19 PyAV refuses files whose metadata is not UTF-8, unless told otherwise.
_LENIENT: Final[dict[str, Any]] = (
    {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
)


@contextmanager
def translated(path: str, kind: type[Exception] = DecodeError) -> Iterator[None]:
    """Turn errors of FFmpeg into ours; those of the environment stay OSErrors."""
    try:
        yield
    except av.error.FFmpegError as error:
        # FFmpeg reports an input that ends within its headers as EIO.
        is_cut = kind is DecodeError and error.errno == errno.EIO
        if is_environment_error(error) and not is_cut:
            raise OSError(error.errno, os.strerror(error.errno or 0), path) from error
        if isinstance(error, MemoryError):
            raise MemoryError(str(error)) from error  # noqa: TRY004
        raise kind(f"{path}: {error.strerror or error}") from error


def fraction(value: Any) -> Fraction | None:
    """Return a rational number of FFmpeg, of whichever type a release of PyAV gives; None: none."""
    if value is None or not value.numerator or not value.denominator:
        return None
    return Fraction(int(value.numerator), int(value.denominator))


def time_base_of(thing: Any) -> Fraction:
    """Return the seconds per tick of a stream, a packet or a frame."""
    return fraction(thing.time_base) or Fraction(1, av.time_base)


@contextmanager
def opened(path: str) -> Iterator[InputContainer]:
    """Open a file for reading; it is closed at the end of the block."""
    with translated(path):
        # Without "file:" a name such as "concat:a|b" would be taken for a protocol.
        container = av.open(f"file:{path}", "r", container_options=_OPTIONS, **_LENIENT)
    try:
        if not _LISTS.isdisjoint(container.format.name.split(",")):
            raise DecodeError(f"{path}: it is a list of other files, which are not read")
        yield container
    finally:
        container.close()


def create(path: str, container: Container) -> OutputContainer:
    """Open a file for writing, as its format has it."""
    return av.open(f"file:{path}", "w", format=container.muxer, options=dict(container.options))


def has_several(path: str) -> bool:
    """Return whether a file has more than one stream of pictures."""
    with opened(path) as container:
        return len(container.streams.video) > 1


def best_video(container: InputContainer, path: str) -> VideoStream:
    """Return the stream that FFmpeg takes for the film itself, and not for a cover.

    Raises:
        DecodeError: There is none.
    """
    found: Any = container.streams.best("video")
    if not (found and found.codec_context):
        raise DecodeError(f"{path}: there is no film in it")
    stream: VideoStream = found
    # A frame thread that fails at the end of the file takes those beside it along.
    stream.codec_context.thread_type = ThreadType.SLICE if is_cut_off(path) else ThreadType.AUTO
    stream.codec_context.thread_count = min(cpu_limit(), 16)
    return stream
