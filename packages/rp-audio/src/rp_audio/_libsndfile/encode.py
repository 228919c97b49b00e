"""Sound written by libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final

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
    sink: Any = _Sink(request.file)
    with translated(request.target, EncodeError):
        file = soundfile.SoundFile(
            sink,
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
    sink.check()


class _Sink:
    """A file for libsndfile, which does not tell why a file is not whole, nor always that."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write bytes; after an error, none."""
        if self._error is None:
            try:
                return self._file.write(data)
            except OSError as error:
                self._error = error
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        if self._error is None:
            try:
                return self._file.seek(offset, whence)
            except OSError as error:
                self._error = error
        return 0

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell() if self._error is None else 0

    def check(self) -> None:
        """Raise the error that there was.

        Raises:
            OSError: The file could not be written.
        """
        if self._error is not None:
            raise self._error
        self._file.flush()


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
        except AssertionError:  # it wrote less: the sink knows why
            return
