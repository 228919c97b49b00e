"""Errors of rp_text.

RpError
 └─ OperationError          tried and failed; `.attempts` says why, backend by backend
     └─ TextError
         ├─ DecodeError     also UnicodeError: bytes that are no text in the encoding, or damaged
         ├─ EncodeError     also UnicodeError: text that the encoding does not have
         ├─ FormatError     the code is not well-formed, or the formatter failed
         ├─ HighlightError  the code could not be highlighted by the backend that was asked for
         └─ JSONError       also ValueError: it is no JSON, or cannot be written as JSON

LimitExceededError, NoBackendError and MissingDependencyError are rp_core's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import OperationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_core import Attempt


class TextError(OperationError):
    """A text could not be read, written, highlighted or formatted."""

    __module__ = "rp_text"


class DecodeError(TextError, UnicodeError):
    """The bytes are no text in their encoding, or their compression is damaged.

    Attributes:
        position: Offset of the byte that is wrong, after decompression; None: it is no single one.
    """

    __module__ = "rp_text"

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self.args[0]), self.position), self.__dict__


class EncodeError(TextError, UnicodeError):
    """The text has characters that its encoding does not have, or lone surrogates."""

    __module__ = "rp_text"


class _PlacedError(TextError):
    """An error at a place in a text."""

    def __init__(
        self,
        message: str,
        attempts: Sequence[Attempt] = (),
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        where = "" if line is None else f"line {line}, column {column}: "
        super().__init__(f"{where}{message}", attempts)
        self.message = message
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        place = self.message, self.attempts, self.line, self.column
        return _restored, (type(self), *place), self.__dict__


def _restored(
    kind: type[_PlacedError],
    message: str,
    attempts: Sequence[Attempt],
    line: int | None,
    column: int | None,
) -> _PlacedError:
    return kind(message, attempts, line=line, column=column)


class FormatError(_PlacedError):
    """The code is not well-formed, or its formatter failed; what there was stays.

    Attributes:
        message: What is wrong.
        line, column: Where, both from 1; None: the formatter failed.
    """

    __module__ = "rp_text"


class HighlightError(TextError):
    """The code could not be highlighted by the backend that was asked for."""

    __module__ = "rp_text"


class JSONError(_PlacedError, ValueError):
    """It is no JSON, or cannot be written as JSON.

    Attributes:
        message: What is wrong.
        line, column: Where, both from 1; None: nobody knows, or it was to be written.
    """

    __module__ = "rp_text"
