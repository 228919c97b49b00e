r"""Lines out of bytes, in bounded memory: text with \n at the ends of its lines."""

from __future__ import annotations

import codecs
import io
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from rp_text._errors import DecodeError
from rp_text._line_decoder import LineDecoder
from rp_text._pieces import opened_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_text._options import LineOptions
    from rp_text._pieces import Read

# More than this, and the bytes and the lines made of them are no longer in the caches together.
_PIECE: Final = 1 << 16
_CODEC: Final = "rp_text_lines"
_made: ContextVar[LineDecoder] = ContextVar("rp_text_line_decoder")


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name != _CODEC:
        return None
    encoder = codecs.lookup("utf-8")
    return codecs.CodecInfo(
        encoder.encode,
        encoder.decode,
        incrementaldecoder=lambda _: _made.get(),  # type: ignore[arg-type]
        name=name,
    )


# What is done with the bytes is a codec, so that TextIOWrapper finds the lines: with a real file
# below it and one codec within, it is twice as fast as with a file of ours.
codecs.register(_find_codec)


@contextmanager
def open_lines(source: Any, options: LineOptions) -> Iterator[io.TextIOWrapper]:
    r"""Open a source as a text file, whose lines end with \n.

    Raises:
        DecodeError: The bytes are no text in the encoding.
        LimitExceededError: A line is too long.
        Exception: What `opened_file` raises.
    """
    with opened_file(source, urls=options.urls) as opened:
        if callable(opened):
            first = opened(_PIECE)
            buffer: Any = _Buffer(first, opened)
            if isinstance(first, str):
                errors = "surrogatepass" if options.surrogates else "strict"
                buffer = _EncodedBuffer(first, opened, errors)
                options = options._replace(encoding="utf-8", errors=errors)
        else:
            buffer = opened
        token = _made.set(LineDecoder(options))
        try:
            lines = io.TextIOWrapper(buffer, encoding=_CODEC, newline="\n")
        finally:
            _made.reset(token)
        lines._CHUNK_SIZE = _PIECE  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            yield lines
        finally:
            lines.detach()


class _Buffer:
    """What TextIOWrapper takes for a binary file, without the checks that a base class costs."""

    closed = False

    def __init__(self, first: Any, read: Read) -> None:
        self._first: Any = first
        self._read = read

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        """Have nothing to write."""

    def close(self) -> None:
        """Leave the source to whoever opened it."""

    def read1(self, size: int) -> bytes:
        """Return the next bytes, none at the end."""
        piece = self._next(size)
        if isinstance(piece, str) and piece:
            raise TypeError("the pieces of a text are all bytes, or all str")
        return piece or b""

    def _next(self, size: int) -> bytes | str:
        if self._first is None:
            return self._read(size)  # type: ignore[no-any-return]
        first, self._first = self._first, None
        return first  # type: ignore[no-any-return]


class _EncodedBuffer(_Buffer):
    """The same of text."""

    def __init__(self, first: Any, read: Read, errors: str) -> None:
        super().__init__(first, read)
        self._errors = errors

    def read1(self, size: int) -> bytes:
        """Return the next bytes, none at the end."""
        piece = self._next(size)
        if isinstance(piece, bytes) and piece:
            raise TypeError("the pieces of a text are all bytes, or all str")
        try:
            return piece.encode("utf-8", self._errors) if piece else b""
        except UnicodeEncodeError as error:
            wrong = error.object[error.start]
            raise DecodeError(f"the text has a lone surrogate: {wrong!a}") from None
