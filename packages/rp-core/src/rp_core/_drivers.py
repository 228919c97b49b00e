"""What does the work of a map on an event loop: tasks, threads, or the consumer itself.

A driver fills its window and rings its bell; `Stream` takes from the window and waits for the bell.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from rp_core._loop import must_go_on, poster
from rp_core._workers import Workers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from rp_core._feed import AsyncFeed
    from rp_core._threads import Crew
    from rp_core._window import Window

T = TypeVar("T")
R = TypeVar("R")
PREPARE_LIMIT = 32


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
        """Begin nothing more; what runs in threads takes no effect later."""
        self.window.dry = True

    def abandon(self) -> None:
        """Do as `stop`, without a lock: for finalizers."""
        self.window.dry = True

    @property
    def busy(self) -> bool:
        """Whether a thread still runs an item; the bell rings when none does."""
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
            except Exception as error:  # noqa: BLE001 - the consumer raises it
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
        window, feed = self.window, self.feed
        while not window.dry:
            job = feed.sync.next() if feed.sync else await feed.next()
            if job is None:
                if not window.dry:
                    await self._park()
                continue
            if not self._growing and window.room:
                self._grow()
            if await self._run(*job) and self.bell.waiting:
                self.bell.ring()

    async def _park(self) -> None:
        woken = anyio.Event()
        self._parked.append(woken)
        await woken.wait()
        self._growing = False

    async def _run(self, index: int, item: T) -> bool:
        try:
            return self.window.finish(index, await self._fn(item))
        except BaseException as error:
            if must_go_on(error):
                raise
            self.window.fail(index, item, error)
        if self.window.failed:
            self._tasks.cancel_scope.cancel()
        return True


class ThreadDriver(Driver[T, R]):
    """Runs a blocking function on threads; the input is advanced on the loop.

    `prepare`, where given, says how an item becomes what the function takes, if that needs the
    loop: such calls run ahead, up to `PREPARE_LIMIT` at once, inside the same window.
    """

    def __init__(
        self,
        fn: Callable[[T], R],
        feed: AsyncFeed[T],
        window: Window[T, R],
        *,
        limit: int,
        crew: Crew,
        prepare: Callable[[T], Callable[[], Awaitable[T]] | None] | None,
    ) -> None:
        super().__init__(feed, window, LoopBell(poster()))
        self._workers = Workers(fn, window, self.bell, limit=limit, crew=crew)
        self._prepare = prepare
        self._room = anyio.Event()
        self.needs_tasks = prepare is not None or not feed.sync

    async def serve(self, tasks: TaskGroup) -> None:
        """Pull items as there is room, and prepare those that need it."""
        limiter = anyio.Semaphore(PREPARE_LIMIT)
        while not self.window.dry:
            job = await self.feed.next()
            if job is None:
                if not self.window.dry:
                    self._room = anyio.Event()
                    await self._room.wait()
                continue
            try:
                prepare = self._prepare(job[1]) if self._prepare else None
            except Exception as error:  # noqa: BLE001 - the consumer raises it
                self._fail(*job, error)
                continue
            if prepare:
                tasks.start_soon(self._run_prepare, *job, prepare, limiter)
            else:
                self._submit(*job)
        self.bell.ring()

    def refill(self) -> None:
        """Queue items for all the room, or tell the task that does."""
        if self.needs_tasks:
            self._room.set()
            return
        assert self.feed.sync
        while job := self.feed.sync.next():
            self._workers.submit(*job)
        self._workers.hire()

    def stop(self) -> None:
        """Drop what no thread has begun."""
        super().stop()
        self._workers.stop()

    def abandon(self) -> None:
        """Drop what no thread has begun, without a lock."""
        super().abandon()
        self._workers.abandon()

    @property
    def busy(self) -> bool:
        """Whether a thread still runs an item."""
        return self._workers.active > 0

    async def _run_prepare(
        self, index: int, item: T, prepare: Callable[[], Awaitable[T]], limiter: anyio.Semaphore
    ) -> None:
        try:
            async with limiter:
                prepared = await prepare()
        except BaseException as error:
            if must_go_on(error):
                raise
            self._fail(index, item, error)
        else:
            self._submit(index, prepared)

    def _submit(self, index: int, item: T) -> None:
        self._workers.submit(index, item)
        try:
            self._workers.hire()
        except RuntimeError as error:  # no thread to be had
            self.window.break_off(index, error)
            self.bell.ring()

    def _fail(self, index: int, item: T, error: BaseException) -> None:
        self.window.fail(index, item, error)
        self.bell.ring()
