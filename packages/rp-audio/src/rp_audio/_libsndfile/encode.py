"""Sound written by libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import soundfile

from rp_audio._encoded import Encoded
from rp_audio._encoding import quantized
from rp_audio._ends import cut_off
from rp_audio._errors import EncodeError
from rp_audio._libsndfile.opening import CHANNELS_OF_OGG, translated

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding

# The format whose end tells that all was written; that of FLAC does not.
_ENDS: Final = {"vorbis": "ogg", "opus": "ogg", "flac": ""}
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
            request.file.fileno(),
            "w",
            request.rate,
            request.channels,
            samples or _subtype(request),
            format=container,
            closefd=False,
            **options,
        )
        try:
            _write(request, file)
        finally:
            file.close()
    _check_whole(request)


def _check_whole(request: Encoding) -> None:
    """Refuse what was written only in part: in the end libsndfile does not tell of a full disk.

    Raises:
        EncodeError: It is not whole.
    """
    kind = _ENDS.get(request.format.name, request.format.name)
    written = Encoded(request.path, b"", kind)
    if not written.size or cut_off(written, 0)[0]:
        raise EncodeError(f"{request.target}: it is not whole")
    if request.format.name == "flac":
        with translated(request.target, EncodeError), soundfile.SoundFile(request.path) as file:
            file.seek(file.frames - 1)
            if len(file.read(1, always_2d=True)) != 1:
                raise EncodeError(f"{request.target}: it is not whole")


def _subtype(request: Encoding) -> str:
    if request.depth == "float":
        return "FLOAT"
    if request.depth == 8:
        return "PCM_U8" if request.format.name == "wav" else "PCM_S8"
    return f"PCM_{request.depth}"


def _write(request: Encoding, file: Any) -> None:
    is_float = request.format.is_lossy or request.depth == "float"
    order = CHANNELS_OF_OGG.get(request.channels) if request.format.libsndfile[0] == "OGG" else None
    places = np.argsort(order) if order else None
    for given in request.pieces():
        piece = given if places is None else np.ascontiguousarray(given[:, places])
        levels = piece if is_float else quantized(piece, int(request.depth))
        try:
            file.write(levels)
        except AssertionError:  # it wrote less, and does not say why
            raise EncodeError(f"{request.target}: it could not be written") from None
