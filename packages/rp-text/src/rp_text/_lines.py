r"""Lines out of bytes: UTF-8 with \n at the ends of lines, whatever comes in, in bounded memory."""

from __future__ import annotations

import codecs
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rp_core import LimitExceededError
from rp_text._encoding import SAMPLE, encoding_of, may_be_disguised
from rp_text._errors import DecodeError
from rp_text._pieces import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_text._options import LineOptions
    from rp_text._pieces import Read

# More than this, and the bytes and the lines made of them are no longer in the caches together.
_PIECE: Final = 1 << 16


@contextmanager
def open_lines(source: Any, options: LineOptions) -> Iterator[io.TextIOWrapper]:
    r"""Open a source as a text file, whose lines end with \n.

    Raises:
        DecodeError: The bytes are no text in the encoding.
        LimitExceededError: A line is too long.
        Exception: What `opened` raises.
    """
    with opened(source, urls=options.urls) as read:
        buffer = _Utf8(read, options)
        try:
            yield io.TextIOWrapper(
                buffer,  # type: ignore[arg-type]
                encoding="utf-8",
                errors=buffer.errors,
                newline="\n",
            )
        except UnicodeDecodeError as error:
            raise buffer.located(error) from error


class _Utf8:
    """What TextIOWrapper takes for a binary file, without the checks that a base class costs."""

    closed = False

    def __init__(self, read: Read, options: LineOptions) -> None:
        self._read = read
        self._max_line = options.max_line
        self._errors = options.errors
        self._first: bytes | str | None = read(_PIECE)
        self._is_text = isinstance(self._first, str)
        self._is_settled = options.encoding is not None or self._is_text
        self._decoder: codecs.IncrementalDecoder | None = None
        if options.encoding is not None and not self._is_text:
            self._settle(options.encoding)
        self.errors = "surrogatepass" if self._is_text or self._errors != "strict" else "strict"
        self._since_end = 0  # bytes since the last end of a line
        self._held_cr = b""
        self._offset = 0  # of the piece that was read last
        self._piece: bytes = b""
        self._before: bytes = b""  # the end of the one before

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

    def read1(self, _size: int = -1) -> bytes:
        """Return the next bytes of UTF-8, none at the end."""
        while piece := self._next():
            data = self._as_utf8(piece, final=False)
            if data := self._with_plain_ends(data):
                self._measure(data)
                return data
        data = self._as_utf8(b"", final=True) if self._decoder else b""
        data = self._with_plain_ends(data) if data else data
        data, self._held_cr = data + (b"\n" if self._held_cr else b""), b""
        self._decoder = None
        return data

    def _next(self) -> Any:
        if self._first is not None:
            piece, self._first = self._first, None
        else:
            piece = self._read(_PIECE)
        return piece

    def _as_utf8(self, piece: Any, *, final: bool) -> bytes:
        if self._is_text:
            return piece.encode("utf-8", "surrogatepass")  # type: ignore[no-any-return]
        if not self._is_settled and not (piece.isascii() and not may_be_disguised(piece)):
            piece = self._look_ahead(piece)
        self._offset += len(self._piece)
        self._before, self._piece = self._piece[-3:], piece
        if self._decoder is None:
            return piece  # type: ignore[no-any-return]
        try:
            return self._decoder.decode(piece, final).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            at = self._offset - (len(error.object) - len(piece)) + error.start
            raise _no_text(error, at) from error

    def _look_ahead(self, piece: bytes) -> bytes:
        """Settle the encoding by a piece and what follows it; return both."""
        wanted, whole = len(piece) + SAMPLE, False
        while len(piece) < wanted and not whole:
            more = self._read(_PIECE)
            piece += more
            whole = not more
        found = encoding_of(piece, whole=whole)
        self._is_settled = True
        self._settle(found.name)
        return piece

    def _settle(self, name: str) -> None:
        if name != "utf-8" or self._errors != "strict":
            self._decoder = codecs.getincrementaldecoder(name)(self._errors)

    def _with_plain_ends(self, data: bytes) -> bytes:
        if self._held_cr:
            data, self._held_cr = b"\r" + data, b""
        if b"\r" not in data:
            return data
        if data.endswith(b"\r"):
            data, self._held_cr = data[:-1], b"\r"
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _measure(self, data: bytes) -> None:
        first = data.find(b"\n")
        longest = self._since_end + (len(data) if first < 0 else first)
        if len(data) > self._max_line and first >= 0:
            longest = max(longest, *map(len, data.split(b"\n")[1:]))
        if longest > self._max_line:
            raise LimitExceededError(
                f"a line is longer than {self._max_line} bytes; the limit is max_line"
            )
        self._since_end = longest if first < 0 else len(data) - 1 - data.rfind(b"\n")

    def located(self, error: UnicodeDecodeError) -> DecodeError:
        """Return the error of a text that is no UTF-8, with the offset in the source."""
        seen = self._before + self._piece
        start = self._offset - len(self._before)
        skipped = len(seen) - len(seen.lstrip(bytes(range(0x80, 0xC0)))) if self._before else 0
        try:
            seen[skipped:].decode("utf-8")
        except UnicodeDecodeError as found:
            return _no_text(error, start + skipped + found.start)
        return _no_text(error, start)


def _no_text(error: UnicodeDecodeError, position: int) -> DecodeError:
    wrong = error.object[error.start : error.end][:4].hex(" ")
    message = f"byte {position} ({wrong}) is no {error.encoding}: {error.reason}"
    return DecodeError(f"{message}; see encoding and errors", position)
