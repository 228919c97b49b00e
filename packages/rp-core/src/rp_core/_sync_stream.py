"""The consumer's side of a map in plain code."""

from __future__ import annotations

import warnings
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from rp_core._feed import Feed
from rp_core._plan import LINGER_SECONDS
from rp_core._threads import budget, pool
from rp_core._workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rp_core._plan import Plan
    from rp_core._runners import MakeRunner

R = TypeVar("R")
_AT_ONCE: Final = (KeyboardInterrupt, SystemExit)


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

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the bell rings, or for so long; it may ring without need."""
        with budget.released(), suppress(Empty):
            self._rings.get(timeout=seconds)


class Stream(Generic[R]):
    """An iterator over the results of a map, in bounded memory.

    Nothing runs before it is asked for. Used in `with`, it is closed at the end of the block: what
    has not begun never does, and what runs has ended. Used in a bare `for`, it is closed when it is
    exhausted or dropped; after a `break`, what still runs ends by itself.
    """

    __module__ = "rp_core.sync"

    def __init__(self, plan: Plan[Any, R], fn: Callable[[Any], R], make_runner: MakeRunner) -> None:
        self.plan = plan
        self._fn = fn
        self._make_runner = make_runner
        self._begun = self._open = self._owned = False
        self._run: deque[R] = deque()  # taken from the window and not yet handed out

    def __iter__(self) -> Stream[R]:
        """Return itself."""
        return self

    def __next__(self) -> R:
        """Return the next result.

        Raises:
            Exception: The first error of the map, as it was raised.
        """
        if not self._run:
            self._take_run()
        return self._run.popleft()

    def _take_run(self) -> None:
        if not self._open:
            self._begin_bare()
        try:
            if self._until_refill <= 0:  # not before the last result has been handed out
                self._refill()
            while self._window.take_ready(self._run, self._until_refill) and not self._run:
                self._advance()
            self._until_refill -= len(self._run)
        except BaseException as error:
            if not self._owned:
                self._close(wait=not isinstance(error, _AT_ONCE))
            raise
        if not self._run:
            if not self._owned:
                self.close()
            raise StopIteration

    def _collect(self) -> list[R]:
        self.plan.patient = True
        results: list[R] = []
        with self:
            while self._window.take_ready(results, self._window.size):
                self._advance()
        return results

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
        self._close(wait=exc_type is None or not issubclass(exc_type, _AT_ONCE))

    def close(self) -> None:
        """Begin nothing more and wait for what runs."""
        self._close(wait=True)

    def _close(self, *, wait: bool) -> None:
        if not self._open:
            self._begun = True
            return
        self._open = False
        self._run.clear()
        self._window.dry = True
        try:
            self._runner.stop()
            while wait and self._runner.active:
                self._bell.arm()
                if self._runner.active:
                    self._bell.wait()
            self._feed.close()
        finally:
            if self._window.reporter:
                self._window.reporter.close()

    def __del__(self) -> None:
        """Let go of what a bare `break` left running."""
        if not self._begun:
            warnings.warn(f"{self.plan.name} was never iterated", RuntimeWarning, stacklevel=2)
        elif self._open:
            self._window.dry = True
            self._runner.abandon()
            if self._window.reporter:
                self._window.reporter.close()

    def _begin(self) -> None:
        if self._begun:
            raise RuntimeError(f"{self.plan.name} can be used only once")
        self._begun = True
        self._window = self.plan.window()
        self._until_refill = self.plan.low_water
        self._feed: Feed[Any] = Feed(self.plan.items, self._window)  # type: ignore[arg-type]
        self._bell = ThreadBell()
        if self.plan.limit:
            self._runner = self._make_runner(self._window, self._bell)
        else:
            self._runner = self._inline = Workers(
                self._fn, self._window, self._bell, limit=0, crew=pool
            )
        self._window.reporter = self.plan.reporter()
        self._open = True

    def _begin_bare(self) -> None:
        if self._begun:
            raise StopIteration
        self._begin()

    def _advance(self) -> None:
        """Run one item here (`limit=0`), or wait for the threads."""
        if not self.plan.limit:
            if job := self._feed.next():
                self._inline.run(*job)
            return
        self._refill()
        if self.plan.lingers:
            self._window.patience = self.plan.low_water
            self._wait_for_bell(LINGER_SECONDS)
            self._window.patience = 1
        self._wait_for_bell()

    def _wait_for_bell(self, seconds: float | None = None) -> None:
        self._bell.arm()
        if not self._window.ready:
            self._bell.wait(seconds)

    def _refill(self) -> None:
        self._until_refill = self.plan.low_water
        if not self.plan.limit:
            return
        self._runner.pull(self._feed)
        self._runner.hire()
