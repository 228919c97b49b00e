"""Work that was given up must not take effect later."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
        self._watchers: dict[object, Callable[[], object]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any more, here or for what asked for it."""
        return self._cancelled or bool(self._parent and self._parent.cancelled)

    def cancel(self) -> None:
        """Forbid every later effect; one that has begun is waited for."""
        with self._lock:
            self.revoke()

    def revoke(self) -> None:
        """Forbid every later effect, without waiting for one that has begun."""
        self._cancelled = True
        for watcher in list(self._watchers.values()):
            watcher()

    @contextmanager
    def watched_by(self, watcher: Callable[[], object]) -> Iterator[None]:
        """Call a function, from another thread, as soon as the work is cancelled."""
        key = object()
        self._watchers[key] = watcher
        try:
            if self._cancelled:
                watcher()
            with self._parent.watched_by(watcher) if self._parent else _always():
                yield
        finally:
            del self._watchers[key]

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


def check_wanted() -> None:
    """Go on if anyone still waits for this work: long work asks now and then.

    Raises:
        AbandonedError: The caller has cancelled it. It is no `Exception`, and is to be let through.
    """
    token = current_token.get()
    if token and token.cancelled:
        raise AbandonedError


@contextmanager
def when_abandoned(watcher: Callable[[], object]) -> Iterator[None]:
    """Have a function called, from another thread, as soon as the caller cancels this work.

    It ends what the block waits for, such as a child process; it may be called more than once.
    """
    token = current_token.get()
    with token.watched_by(watcher) if token else _always():
        yield
