"""Work that was given up must not take effect later."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class AbandonedError(BaseException):
    """Raised in a worker whose caller has gone; nobody sees it.

    Not an `Exception`, so that no backend chain takes it for a failure.
    """


class CancelToken:
    """Says whether a caller still waits for the work that a thread does for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cancelled = False
        self._parent = current_token.get()

    def cancel(self) -> None:
        """Forbid every later effect; one that has begun is waited for."""
        with self._lock:
            self._cancelled = True

    def revoke(self) -> None:
        """Forbid every later effect, without waiting for one that has begun."""
        self._cancelled = True

    @contextmanager
    def effect(self) -> Iterator[None]:
        """Hold the token while an effect takes place.

        Raises:
            AbandonedError: The work was cancelled, here or in what asked for it.
        """
        with self._lock:
            if self._cancelled:
                raise AbandonedError
            with self._parent.effect() if self._parent else _always():
                yield


@contextmanager
def _always() -> Iterator[None]:
    yield


current_token: ContextVar[CancelToken | None] = ContextVar("rp_cancel_token", default=None)


@contextmanager
def effect() -> Iterator[None]:
    """Hold the current token, if there is one, while an effect takes place.

    Raises:
        AbandonedError: The caller has cancelled this work.
    """
    token = current_token.get()
    with token.effect() if token else _always():
        yield
