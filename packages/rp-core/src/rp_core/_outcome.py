"""What a call on another thread, or on another loop, came to."""

from __future__ import annotations

from typing import Generic, TypeVar

R = TypeVar("R")


class Outcome(Generic[R]):
    """A result or an error, set by whoever makes the call, and taken once by the caller."""

    _result: R
    _error: BaseException | None = None

    def result(self) -> R:
        """Return the result, or raise the error as it is."""
        if self._error is None:
            return self._result
        try:
            raise self._error
        finally:
            self._error = None  # or the traceback and this object would keep each other alive
