"""How good a lossy format is to be, in the terms of FFmpeg's encoders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding

_USUAL: Final = {"libmp3lame": 0.6, "libvorbis": 0.4, "libopus": 0.2, "aac": 0.3}


def lossy_options(request: Encoding) -> tuple[int | None, dict[str, str]]:
    """Return bits a second, or None, and the options that stand for a quality of 0 to 1.

    The scales are those of the encoders: V9 to V0 of LAME, q0 to q10 of Vorbis; of Opus and AAC,
    bits a second of a channel.
    """
    encoder = request.format.encoder
    quality = _USUAL[encoder] if request.quality is None else request.quality
    if encoder == "libmp3lame":
        return None, {"q": f"{9 * (1 - quality):.3f}"}
    if encoder == "libvorbis":
        return None, {"q": f"{10 * quality:.3f}"}
    per_channel = 6_000 + 250_000 * quality if encoder == "libopus" else 24_000 + 136_000 * quality
    return round(per_channel * request.channels), {}
