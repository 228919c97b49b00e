"""`thread_map` for plain code: threads, and no event loop."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from rp_core._feed import Feed
from rp_core._plan import Plan, thread_limit
from rp_core._threads import budget, pool
from rp_core._window import END, PENDING
from rp_core._workers import Workers, check_blocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from rp_core._map import ShowProgress
    from rp_core._window import Failure, OnError

T = TypeVar("T")
R = TypeVar("R")


class ThreadBell:
    """Wakes the thread that consumes a map."""

    def __init__(self) -> None:
        self.waiting = False
        self._rings: SimpleQueue[None] = SimpleQueue()

    def arm(self) -> None:
        """Announce that the consumer is about to wait."""
        self.waiting = True

    def ring(self) -> None:
        """Wake the consumer if it waits."""
        if self.waiting:
            self.waiting = False
            self._rings.put(None)

    def wait(self) -> None:
        """Wait until the bell rings; it may ring without need."""
        with budget.released():
            self._rings.get()


class Stream(Generic[R]):
    """An iterator over the results of a map, in bounded memory.

    Nothing runs before it is asked for. Used in `with`, it is closed at the end of the block: what
    has not begun never does, and what runs has ended. Used in a bare `for`, it is closed when it is
    exhausted or dropped; after a `break`, what still runs ends by itself.
    """

    __module__ = "rp_core.sync"

    def __init__(self, plan: Plan[Any, R], fn: Callable[[Any], R], *, cpu: bool) -> None:
        self.plan = plan
        self._fn = fn
        self._crew = budget if cpu else pool
        self._begun = self._closed = self._owned = False

    def __iter__(self) -> Stream[R]:
        """Return itself."""
        return self

    def __next__(self) -> R:
        """Return the next result.

        Raises:
            Exception: The first error of the map, as it was raised.
        """
        if not self._begun:
            self._begin()
        if self._closed:
            raise StopIteration
        try:
            value = self._next()
        except BaseException as error:
            if not self._owned:
                self._close(wait=isinstance(error, Exception))
            raise
        if value is END:
            if not self._owned:
                self.close()
            raise StopIteration
        return value

    def __enter__(self) -> Stream[R]:
        """Begin the map."""
        self._begin()
        self._owned = True
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the map, as `close` does; Ctrl-C does not wait for threads."""
        self._close(wait=exc_type is None or issubclass(exc_type, (Exception, GeneratorExit)))

    def close(self) -> None:
        """Begin nothing more and wait for what runs."""
        self._close(wait=True)

    def _close(self, *, wait: bool) -> None:
        if self._closed or not self._begun:
            self._closed = self._begun = True
            return
        self._closed = True
        self._window.dry = True
        try:
            self._workers.stop()
            while wait and self._workers.active:
                self._bell.arm()
                if self._workers.active:
                    self._bell.wait()
            self._feed.close()
        finally:
            if self._window.reporter:
                self._window.reporter.close()

    def __del__(self) -> None:
        """Let go of what a bare `break` left running."""
        if not self._begun:
            warnings.warn(f"{self.plan.name} was never iterated", RuntimeWarning, stacklevel=2)
        elif not self._closed:
            self._window.dry = True
            self._workers.abandon()
            if self._window.reporter:
                self._window.reporter.close()

    def _begin(self) -> None:
        if self._begun:
            raise RuntimeError(f"{self.plan.name} can be used only once")
        self._begun = self._closed = True
        self._window = self.plan.window()
        self._low_water = max(1, (self._window.size - self.plan.limit) // 2)
        self._feed: Feed[Any] = Feed(self.plan.items, self._window)  # type: ignore[arg-type]
        self._bell = ThreadBell()
        limit = self.plan.limit
        self._workers = Workers(self._fn, self._window, self._bell, limit=limit, crew=self._crew)
        self._window.reporter = self.plan.reporter()
        self._closed = False

    def _next(self) -> R:
        window = self._window
        value = window.take()
        while value is PENDING:
            self._advance()
            value = window.take()
        if window.room >= self._low_water:
            self._refill()
        return value

    def _advance(self) -> None:
        """Run one item here (`limit=0`), or wait for the threads."""
        if not self.plan.limit:
            if job := self._feed.next():
                self._workers.run(*job)
            return
        self._refill()
        self._bell.arm()
        if not self._window.ready:
            self._bell.wait()

    def _refill(self) -> None:
        if not self.plan.limit:
            return
        while job := self._feed.next():
            self._workers.submit(*job)
        self._workers.hire()


@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["raise", "skip"] = "raise",
    progress: ShowProgress = None,
    cpu: bool = False,
) -> Stream[R]: ...
@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["return"],
    progress: ShowProgress = None,
    cpu: bool = False,
) -> Stream[R | Failure[T]]: ...
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: OnError = "raise",
    progress: ShowProgress = None,
    cpu: bool = False,
) -> Stream[Any]:
    """Call a blocking function on every item, in a bounded number of threads.

    Args:
        fn: Function of one item; it sees the caller's context variables.
        items: Any iterable, also an infinite one. It is advanced by the consumer, as there is
            room.
        limit: How many calls may run at once. None: the number of CPUs and four more, at most
            32; with `cpu`, the CPU budget. 0 runs them one by one in the consumer.
        buffer: How many more items may be issued and not yet consumed; default: `limit`.
            `limit + buffer` bounds the memory, also while the first item is the slowest.
        ordered: Give results in input order, or else as they come.
        on_error: "raise" ends the map at the first error; "skip" drops items that fail; "return"
            gives a `Failure` in their place. Only an `Exception` can be skipped or returned.
        progress: True shows a bar on stderr; a callable receives a `Progress` for each item.
        cpu: Whether `fn` is CPU-bound: its threads then come from the budget that all rp packages
            share in this process (see `set_cpu_limit`).

    Returns:
        The `Stream` of the results.

    Raises:
        TypeError: An argument has the wrong type, or `fn` is a coroutine function.
        ValueError: An argument has a value that makes no sense.
        Exception: From the stream: what `fn` raised first, as it is, with a note of the item.
    """
    check_blocking("thread_map", fn)
    if isinstance(items, AsyncIterable):
        raise TypeError("thread_map: async iterables need the async face, rp_core.thread_map")
    limit = thread_limit(limit, cpu=cpu)
    plan: Plan[T, R] = Plan("thread_map", items, limit, buffer, ordered, on_error, progress)
    return Stream(plan, fn, cpu=cpu)
