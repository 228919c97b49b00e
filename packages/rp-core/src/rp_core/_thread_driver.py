"""What does the work of a map on an event loop: threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio

from rp_core._drivers import Driver, LoopBell
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
            except Exception as error:
                self._fail(*job, error)
                continue
            if prepare:
                tasks.start_soon(self._run_prepare, *job, prepare, limiter)
            else:
                self._submit(*job)
        self.bell.ring()

    def refill(self) -> None:
        """Queue items for all the room, or tell the task that does."""
        if self.needs_tasks or not self.feed.sync:
            self._room.set()
            return
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
