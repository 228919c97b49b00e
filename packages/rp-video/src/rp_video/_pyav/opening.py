"""Opening a film, and what its errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
from av.codec.context import ThreadType

from rp_core import av_errors, cpu_limit, open_av
from rp_video._cut_off import is_cut_off
from rp_video._errors import DecodeError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from rp_video._formats import Container


def translated(path: str, kind: type[Exception] = DecodeError) -> AbstractContextManager[None]:
    """Turn errors of FFmpeg into ours; those of the environment stay OSErrors."""
    return av_errors(path, kind, reading=kind is DecodeError)


def opened(path: str) -> AbstractContextManager[InputContainer]:
    """Open a file for reading; it is closed at the end of the block."""
    return open_av(f"file:{path}", path, DecodeError)


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
