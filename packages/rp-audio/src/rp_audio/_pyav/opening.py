"""Opening a file with PyAV, and what its errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp_audio._errors import DecodeError
from rp_core import av_errors, open_av

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rp_audio._encoded import Encoded


def translated(name: str, kind: type[Exception] = DecodeError) -> AbstractContextManager[None]:
    """Turn errors of FFmpeg into ours; those of the environment stay OSErrors."""
    return av_errors(name, kind, reading=kind is DecodeError)


def opened(encoded: Encoded) -> AbstractContextManager[Any]:
    """Open a file for reading; it is closed at the end of the block."""
    source = f"file:{encoded.path}" if encoded.path else encoded.open()
    return open_av(source, encoded.name, DecodeError)


def best_audio(container: Any, name: str) -> Any:
    """Return the stream that FFmpeg takes for the sound.

    Raises:
        DecodeError: There is none, or no decoder for it.
    """
    stream = container.streams.best("audio")
    if stream is None or not stream.codec_context or not stream.codec_context.sample_rate:
        raise DecodeError(f"{name}: there is no sound in it")
    return stream
