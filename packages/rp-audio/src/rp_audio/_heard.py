"""The sound of what an engine spoke."""

from __future__ import annotations

from rp_audio._load import load
from rp_audio._types import Audio

_PLAIN_HEADER = 44


def heard(data: bytes) -> Audio:
    """Return the sound of a file that an engine made.

    Raises:
        DecodeError: It is none.
    """
    if not _is_plain(data):
        return load(data)
    import numpy as np

    levels = np.frombuffer(data, "<i2", (len(data) - _PLAIN_HEADER) // 2, _PLAIN_HEADER)
    samples = levels.astype(np.float32)
    samples *= np.float32(1 / 32768)
    return Audio(samples[:, None], int.from_bytes(data[24:28], "little"))


def _is_plain(data: bytes) -> bool:
    """Return whether a WAV file is 16 bits of one channel, which is quick to parse."""
    is_mono_pcm = data[20:24] == b"\x01\x00\x01\x00" and data[34:36] == b"\x10\x00"
    return (
        data[:4] == b"RIFF" and data[8:16] == b"WAVEfmt " and is_mono_pcm and data[36:40] == b"data"
    )
