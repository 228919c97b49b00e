"""What does the work of a map on an event loop: tasks, or the consumer itself.

A driver fills its window and rings its bell; `Stream` takes from the window and waits for the bell.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from rp_core._loop import must_go_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from rp_core._feed import AsyncFeed
    from rp_core._window import Window

T = TypeVar("T")
R = TypeVar("R")


class LoopBell:
    """Wakes the task that consumes a map."""

    def __init__(self, post: Callable[[Callable[[], object]], object]) -> None:
        self.waiting = False
        self._post = post

    def arm(self) -> None:
        """Announce that the consumer is about to wait."""
        self._event = anyio.Event()
        self.waiting = True

    def ring(self) -> None:
        """Wake the consumer if it waits."""
        if self.waiting:
            self.waiting = False
            self._post(self._event.set)

    async def wait(self) -> None:
        """Wait until the bell rings; it may ring without need."""
        await self._event.wait()


class Driver(Generic[T, R]):
    """What a `Stream` asks of a driver. Made on the loop, when the map begins."""

    needs_tasks = False

    def __init__(self, feed: AsyncFeed[T], window: Window[T, R], bell: LoopBell) -> None:
        self.feed = feed
        self.window = window
        self.bell = bell

    async def serve(self, tasks: TaskGroup) -> None:
        """Run the background tasks, if the driver `needs_tasks`."""

    def refill(self) -> None:
        """Give out work for the room in the window; called by the consumer."""

    def stop(self) -> None:
        """Begin nothing more; what runs elsewhere takes no effect later."""
        self.window.dry = True

    def abandon(self) -> None:
        """Do as `stop`, without a lock: for finalizers."""
        self.window.dry = True

    @property
    def busy(self) -> bool:
        """Whether an item still runs elsewhere; the bell rings when none does."""
        return False


class InlineDriver(Driver[T, R]):
    """Runs each item in the consumer, in place of waiting for it (`limit=0`)."""

    def __init__(
        self, call: Callable[[T], Awaitable[R]], feed: AsyncFeed[T], window: Window[T, R]
    ) -> None:
        super().__init__(feed, window, self)  # type: ignore[arg-type]
        self._call = call
        self.waiting = False

    def arm(self) -> None:
        """Need no notice."""

    async def wait(self) -> None:
        """Run one item."""
        if job := await self.feed.next():
            index, item = job
            try:
                self.window.finish(index, await self._call(item))
            except Exception as error:
                self.window.fail(index, item, error)


class TaskDriver(Driver[T, R]):
    """Runs a coroutine function in up to `limit` tasks, each of which pulls its next item.

    Tasks come one by one: a task that begins an item sees to it that one more comes, so a map
    whose items never wait needs only one.
    """

    needs_tasks = True

    def __init__(
        self, fn: Callable[[T], Awaitable[R]], feed: AsyncFeed[T], window: Window[T, R], limit: int
    ) -> None:
        super().__init__(feed, window, LoopBell(lambda callback: callback()))
        self._fn = fn
        self._limit = limit
        self._alive = 0
        self._parked: deque[anyio.Event] = deque()
        self._growing = False

    async def serve(self, tasks: TaskGroup) -> None:
        """Start the first task."""
        self._tasks = tasks
        self._grow()

    def refill(self) -> None:
        """Wake one parked task; it wakes the next."""
        if self._parked and not self._growing:
            self._grow()

    def _grow(self) -> None:
        if self._parked:
            self._growing = True
            self._parked.popleft().set()
        elif self._alive < self._limit:
            self._growing = True
            self._alive += 1
            self._tasks.start_soon(self._work)

    async def _work(self) -> None:
        self._growing = False
        try:
            await self._run_items()
        except BaseException as error:
            if must_go_on(error):
                raise
            self.window.break_off(self.window.issued, error)
        while self._parked:
            self._parked.popleft().set()
        self.bell.ring()

    async def _run_items(self) -> None:
        window, feed, bell, fn = self.window, self.feed, self.bell, self._fn
        pull = feed.sync.next if feed.sync else None
        while not window.dry:
            job = pull() if pull else await feed.next()
            if job is None:
                if not window.dry:
                    await self._park()
                continue
            index, item = job
            if not self._growing and window.issued - window.taken < window.size:
                self._grow()
            try:
                wanted = window.finish(index, await fn(item))
            except BaseException as error:
                if must_go_on(error):
                    raise
                wanted = window.fail(index, item, error)
                if window.failed:
                    self._tasks.cancel_scope.cancel()
            if wanted and bell.waiting:
                bell.ring()

    async def _park(self) -> None:
        woken = anyio.Event()
        self._parked.append(woken)
        await woken.wait()
        self._growing = False
