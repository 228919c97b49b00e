"""Names of codecs."""

from __future__ import annotations

from typing import Final

_LOSSLESS: Final = frozenset({"flac", "alac", "ape", "tta", "wavpack", "truehd", "mlp"})


def codec_of(name: str) -> tuple[str, int | None]:
    """Return the name of a codec of FFmpeg without the order of its bytes, and bits per sample.

    None stands for bits that the name does not tell.
    """
    if not name.startswith("pcm_"):
        return name, None
    short = name[:-2] if name.endswith(("le", "be")) else name
    digits = "".join(filter(str.isdigit, short))
    return short, int(digits) if digits else None


def is_lossless(name: str) -> bool:
    """Return whether a codec keeps every sample, and so has bits per sample."""
    return name in _LOSSLESS
