"""Sound written by libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import soundfile

from rp_audio._encoding import quantized
from rp_audio._errors import EncodeError
from rp_audio._libsndfile.opening import translated

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding

_LEAST_QUALITY: Final = 0.01  # the lowest of all is refused by LAME


def encode(request: Encoding) -> None:
    """Write a file.

    Raises:
        EncodeError: It cannot be written.
    """
    container, samples = request.format.libsndfile
    options: dict[str, Any] = {}
    if request.format.is_lossy and request.quality is not None:
        options["compression_level"] = 1 - max(_LEAST_QUALITY, request.quality)
    with translated(request.target, EncodeError):
        file = soundfile.SoundFile(
            request.path,
            "w",
            request.rate,
            request.channels,
            samples or _subtype(request),
            format=container,
            **options,
        )
        try:
            _write(request, file)
        finally:
            file.close()


def _subtype(request: Encoding) -> str:
    if request.depth == "float":
        return "FLOAT"
    if request.depth == 8:
        return "PCM_U8" if request.format.name == "wav" else "PCM_S8"
    return f"PCM_{request.depth}"


def _write(request: Encoding, file: Any) -> None:
    is_float = request.format.is_lossy or request.depth == "float"
    for piece in request.pieces():
        levels = piece if is_float else quantized(piece, int(request.depth))
        try:
            file.write(levels)
        except AssertionError:  # it wrote less, and does not say why
            raise EncodeError(f"{request.target}: it could not be written") from None
