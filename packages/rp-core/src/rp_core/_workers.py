"""The threads of one map: each takes the next item from a shared inbox."""

from __future__ import annotations

from collections import deque
from inspect import iscoroutinefunction
from threading import Lock
from types import CoroutineType
from typing import Any, Generic, Protocol, TypeVar

from rp_core._cancel import CancelToken, current_token
from rp_core._plan import check_callable
from rp_core._threads import carried_context
from rp_core._window import MisuseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context

    from rp_core._feed import Feed
    from rp_core._threads import Crew
    from rp_core._window import Window

T = TypeVar("T")
R = TypeVar("R")


class Bell(Protocol):
    """Wakes the consumer of a map."""

    waiting: bool

    def ring(self) -> None:
        """Wake the consumer if it waits; may be called by any thread."""


class Runner(Protocol[T]):
    """What runs the items that are issued, elsewhere than in the consumer."""

    active: int  # threads, or submissions, that are not done

    def submit(self, index: int, item: T) -> None:
        """Queue an issued item, unless the map has ended; `hire` sees to it."""

    def pull(self, feed: Feed[T]) -> None:
        """Queue items for all the room there is."""

    def hire(self) -> None:
        """See to it that what is queued is run."""

    def stop(self) -> None:
        """Begin no item any more; what runs takes no effect later."""

    def abandon(self) -> None:
        """Do as `stop` without taking a lock: finalizers run anywhere, also inside one."""


class Workers(Generic[T, R]):
    """Runs a blocking function on the items of a window, on up to `limit` threads of a crew."""

    def __init__(
        self, fn: Callable[[T], R], window: Window[T, R], bell: Bell, *, limit: int, crew: Crew
    ) -> None:
        self._fn = fn
        self._window = window
        self._bell = bell
        self._limit = limit
        self._crew = crew
        self._lock = Lock()
        self._inbox: deque[tuple[int, T]] = deque()
        self._context, self._token = work_context()
        self._stopped = False
        self._coming = False  # whether a thread has been asked for that has not begun
        self.active = 0

    def submit(self, index: int, item: T) -> None:
        """Queue an issued item, unless the map has ended; `hire` sees to it."""
        if not (self._stopped or self._window.failed):
            self._inbox.append((index, item))

    def pull(self, feed: Feed[T]) -> None:
        """Queue items for all the room there is."""
        while job := feed.next():
            self.submit(*job)

    def hire(self) -> None:
        """Ask for one more thread, if there is work for it and the limit allows it."""
        with self._lock:
            if not self._inbox or self._coming or self.active >= self._limit:
                return
            self._coming = True
            try:
                self._crew.start(self._work)
            except RuntimeError:  # no more threads to be had: those that run must do
                self._coming = False
                if not self.active:
                    raise
            else:
                self.active += 1

    def stop(self) -> None:
        """Begin no item any more; what runs takes no effect later."""
        self._stopped = True
        with self._lock:
            self._inbox.clear()
            self.active -= self._crew.withdraw(self._work)
        self._token.cancel()

    def abandon(self) -> None:
        """Do as `stop` without taking a lock: finalizers run anywhere, also inside one."""
        self._stopped = True
        self._inbox.clear()
        self._token.revoke()

    def _work(self) -> None:
        """Run items until there are none; the first one asks for a further thread."""
        self._coming = False
        inbox, window, bell, crew = self._inbox, self._window, self._bell, self._crew
        fresh = True
        while True:
            try:
                index, item = inbox.popleft()
            except IndexError:
                if self._leave():
                    return
                continue
            if fresh and inbox:
                fresh = False
                self.hire()
            if self.run(index, item) and bell.waiting:
                bell.ring()
            if window.failed:
                inbox.clear()
            elif crew.contended and self._queue_again():
                return

    def _queue_again(self) -> bool:
        """Let others that wait for the crew go first."""
        with self._lock:
            if not self._inbox:
                return False
            self._crew.start(self._work)
            return True  # whatever the inbox holds by now: there is one job for this thread

    def run(self, index: int, item: T) -> bool:
        """Run one item here and keep its result; return whether to wake the consumer for it."""
        try:
            value = refuse_coroutine(self._context.copy().run(self._fn, item))
        except BaseException as error:
            return self._window.fail(index, item, error)
        return self._window.finish(index, value)

    def _leave(self) -> bool:
        with self._lock:
            if self._inbox:
                return False
            self.active -= 1
        self._bell.ring()
        return True


def work_context() -> tuple[Context, CancelToken]:
    """Return a context for the work of one map, and the token in it that ends its effects."""
    token = CancelToken()
    context = carried_context()
    context.run(current_token.set, token)
    return context, token


def refuse_coroutine(value: R) -> R:
    """Return what a function gave; a coroutine says that it was the wrong function."""
    if isinstance(value, CoroutineType):
        value.close()
        raise MisuseError("the function is a coroutine function: use amap, not thread_map")
    return value


def check_blocking(name: str, fn: Any) -> None:
    """Refuse what is no function, and coroutine functions."""
    check_callable(name, fn)
    if iscoroutinefunction(fn):
        raise TypeError(f"{name}: {fn!r} is a coroutine function; use amap")
