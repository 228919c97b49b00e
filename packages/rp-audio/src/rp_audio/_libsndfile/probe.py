"""What a sound file is, as libsndfile sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rp_audio._ends import promised_samples
from rp_audio._libsndfile.opening import UNKNOWN, opened
from rp_audio._types import AudioInfo

if TYPE_CHECKING:
    from typing import Any

    from rp_audio._encoded import Encoded

_FORMATS: Final = {"WAVEX": "wav", "RF64": "wav", "WAV": "wav"}
# What libsndfile calls samples: the codec as FFmpeg names it, and bits per sample.
_CODECS: Final[dict[str, tuple[str, int | None]]] = {
    "PCM_U8": ("pcm_u8", 8),
    "PCM_S8": ("pcm_s8", 8),
    "PCM_16": ("pcm_s16", 16),
    "PCM_24": ("pcm_s24", 24),
    "PCM_32": ("pcm_s32", 32),
    "FLOAT": ("pcm_f32", 32),
    "DOUBLE": ("pcm_f64", 64),
    "ULAW": ("pcm_mulaw", None),
    "ALAW": ("pcm_alaw", None),
    "IMA_ADPCM": ("adpcm_ima", None),
    "MS_ADPCM": ("adpcm_ms", None),
    "MPEG_LAYER_I": ("mp1", None),
    "MPEG_LAYER_II": ("mp2", None),
    "MPEG_LAYER_III": ("mp3", None),
}


def probe(encoded: Encoded) -> AudioInfo:
    """Return what libsndfile says of a file.

    Raises:
        DecodeError: It does not read it.
    """
    with opened(encoded) as file:
        name = _FORMATS.get(file.format, file.format.lower())
        codec, bits = _CODECS.get(file.subtype, (file.subtype.lower(), None))
        if name == "flac":
            codec = "flac"
        frames = promised_samples(encoded, _known(file))
        rate = file.samplerate
        duration = None if frames is None else frames / rate
        return AudioInfo(name, codec, rate, file.channels, frames, duration, bits)


def _known(file: Any) -> int | None:
    return file.frames if file.frames < UNKNOWN else None
