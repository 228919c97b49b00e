"""Errors of the rp packages.

RpError
 ├─ UnsupportedError         a backend declines this input; the next one is asked
 ├─ MissingDependencyError   also ImportError: something to install; the message has the line
 ├─ LimitExceededError       also ValueError: a refusal (pixels, bytes, depth)
 ├─ NoBackendError           nothing could be tried: every backend is missing or declined
 └─ OperationError           tried and failed; the domains derive theirs (rp_image.DecodeError)

A caller's mistake is a builtin (ValueError, TypeError, FileNotFoundError), raised before any work.
"""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class RpError(Exception):
    """Base of every error that the rp packages define."""

    __module__ = "rp_core"


class UnsupportedError(RpError):
    """A backend declines this input; the next one in the chain is asked."""

    __module__ = "rp_core"


class MissingDependencyError(RpError, ImportError):
    """An optional dependency is not installed; the message has the line that installs it."""

    __module__ = "rp_core"


class LimitExceededError(RpError, ValueError):
    """The input is larger than a limit allows; a refusal, so no other backend is asked."""

    __module__ = "rp_core"


class Attempt(NamedTuple):
    """Why one backend gave no result.

    Attributes:
        backend: Name of the backend.
        error: What it raised, or the reason why it was not asked.
    """

    backend: str
    error: Exception

    def __str__(self) -> str:
        """Return one line: the backend and its reason."""
        return f"{self.backend}: {str(self.error) or type(self.error).__name__}"


Attempt.__module__ = "rp_core"


class OperationError(RpError):
    """An operation was tried and failed.

    Attributes:
        attempts: One `Attempt` per backend, in the order of the chain.
    """

    __module__ = "rp_core"

    def __init__(self, message: str, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message, tuple(attempts))
        self.attempts = tuple(attempts)

    def __str__(self) -> str:
        """Return the message and one line per backend."""
        return "".join([str(self.args[0]), *(f"\n  {attempt}" for attempt in self.attempts)])


class NoBackendError(OperationError):
    """No backend could be tried: every one is missing or declines this input."""

    __module__ = "rp_core"
