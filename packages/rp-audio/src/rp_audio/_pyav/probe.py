"""What a sound file is, as FFmpeg sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import av

from rp_audio._ends import promised_samples
from rp_audio._pcm import codec_of, is_lossless
from rp_audio._pyav.opening import best_audio, opened
from rp_audio._types import AudioInfo
from rp_core import av_time_base

if TYPE_CHECKING:
    from rp_audio._encoded import Encoded

_PADDED_BITS: Final = 32  # in which 24 are decoded; more are not in use
_MOST_TICKS: Final = 1 << 60
_NAMES: Final = {"mov": "m4a", "asf": "wma"}


def probe(encoded: Encoded) -> AudioInfo:
    """Return what FFmpeg says of a file.

    Raises:
        DecodeError: It does not read it.
    """
    with opened(encoded) as container:
        stream = best_audio(container, encoded.name)
        context = stream.codec_context
        rate = int(context.sample_rate)
        codec, bits = codec_of(context.codec.canonical_name)
        if is_lossless(codec):
            bits = _bits_of(context)
        name = encoded.format or _name_of(container.format.name)
        frames = promised_samples(encoded, _told(stream, rate, codec, name))
        duration = None if frames is None else frames / rate
        if duration is None and (length := container.duration):
            duration = length / av.time_base
        return AudioInfo(name, codec, rate, int(context.channels), frames, duration, bits)


def _told(stream: Any, rate: int, codec: str, name: str) -> int | None:
    """Return the number of samples, where the container counts them."""
    if not stream.duration or stream.duration > _MOST_TICKS or name in {"matroska", "wma"}:
        return None
    told: int = round(stream.duration * av_time_base(stream) * rate)
    # The beginning that decoders drop is counted, too (RFC 7845, section 5.1).
    head = bytes(stream.codec_context.extradata or b"")
    return told - int.from_bytes(head[10:12], "little") if codec == "opus" else told


def _bits_of(context: Any) -> int:
    """Return bits per sample of a lossless codec."""
    bits = int(context.format.bits)
    return 24 if bits == _PADDED_BITS else bits


def _name_of(names: str) -> str:
    """Return the first of the names that FFmpeg has for a format."""
    first = names.partition(",")[0]
    return _NAMES.get(first, first)
