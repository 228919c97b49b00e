r"""What makes text with \n at the ends of its lines of bytes, and measures its lines."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, Final

from rp_core import LimitExceededError
from rp_text._encoding import SAMPLE, encoding_of, may_be_disguised
from rp_text._ends import with_plain_ends
from rp_text._errors import DecodeError

if TYPE_CHECKING:
    from rp_text._options import LineOptions

_FIRST: Final = 256  # bytes of ASCII without an end of a line that are waited for


class LineDecoder(codecs.IncrementalDecoder):
    """Decodes a text piece by piece; an encoding that is not known is found on the way."""

    def __init__(self, options: LineOptions) -> None:
        super().__init__(options.errors)
        self._max_line = options.max_line
        self._inner: codecs.IncrementalDecoder | None = None
        if options.encoding is not None:
            self._inner = codecs.getincrementaldecoder(options.encoding)(options.errors)
        self._held = b""  # what is to show the encoding
        self._wanted = 0
        self._offset = 0  # bytes before what is decoded now
        self._since_end = 0  # characters since the last end of a line
        self._held_cr = ""

    def decode(self, data: Any, final: bool = False) -> str:
        r"""Return the text of some bytes, with \n at the ends of its lines.

        Raises:
            DecodeError: They are no text in the encoding.
            LimitExceededError: A line is too long.
        """
        if self._inner is None:
            text = self._decode_unsettled(data, final)
        else:
            text = self._decoded(data, final)
        if self._held_cr or "\r" in text:
            text = self._plain(text, final)
        if text:
            self._measure(text)
        return text

    def getstate(self) -> tuple[bytes, int]:
        """Return what TextIOWrapper asks for, to be able to go back; nobody does."""
        return b"", 0

    def _decode_unsettled(self, data: bytes, final: bool) -> str:
        if self._held:
            data = self._held + data
        elif self._offset and data.isascii() and self._is_plain(data):
            self._offset += len(data)
            return data.decode("ascii")
        self._held = data
        if not self._is_enough(data) and not final:
            return ""
        self._held, self._wanted = b"", 0
        if data.isascii() and self._is_plain(data):
            self._offset += len(data)
            return data.decode("ascii")
        name = encoding_of(data, begins=not self._offset, whole=final).name
        self._inner = codecs.getincrementaldecoder(name)(self.errors)
        return self._decoded(data, final)

    def _is_plain(self, data: bytes) -> bool:
        """Return whether ASCII is ASCII: what is in disguise shows that soon."""
        return self._offset >= SAMPLE or not may_be_disguised(data)

    def _is_enough(self, data: bytes) -> bool:
        """Return whether an encoding can be told: of ASCII by a line, of all else by a sample."""
        if data.isascii() and self._is_plain(data):
            return len(data) >= _FIRST or b"\n" in data
        self._wanted = self._wanted or len(data) + SAMPLE
        return len(data) >= self._wanted

    def _decoded(self, data: bytes, final: bool) -> str:
        try:
            text = self._inner.decode(data, final)  # type: ignore[union-attr]
        except UnicodeDecodeError as error:
            start = self._offset - (len(error.object) - len(data)) + error.start
            raise no_text(error, start) from error
        except UnicodeError as error:  # of codecs that have states
            raise DecodeError(f"{error}; see encoding and errors") from error
        self._offset += len(data)
        return text

    def _plain(self, text: str, final: bool) -> str:
        text, self._held_cr = self._held_cr + text, ""
        if text.endswith("\r") and not final:
            text, self._held_cr = text[:-1], "\r"
        return with_plain_ends(text)

    def _measure(self, text: str) -> None:
        first = text.find("\n")
        longest = self._since_end + (len(text) if first < 0 else first)
        if len(text) > self._max_line and first >= 0:
            longest = max(longest, *map(len, text.split("\n")[1:]))
        if longest > self._max_line:
            raise LimitExceededError(
                f"a line is longer than {self._max_line} characters; the limit is max_line"
            )
        self._since_end = longest if first < 0 else len(text) - 1 - text.rfind("\n")


def no_text(error: UnicodeDecodeError, position: int) -> DecodeError:
    """Return the error of bytes that are no text, the first of them at this position."""
    wrong = error.object[error.start : error.end][:4].hex(" ")
    message = f"byte {position} ({wrong}) is no {error.encoding}: {error.reason}"
    return DecodeError(f"{message}; see encoding and errors", position)
