"""What does the work of a map on an event loop: threads, or an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio

from rp_core._drivers import Driver, LoopBell
from rp_core._loop import must_go_on, poster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from rp_core._feed import AsyncFeed
    from rp_core._runners import MakeRunner
    from rp_core._window import Window
    from rp_core._workers import Runner

T = TypeVar("T")
R = TypeVar("R")
PREPARE_LIMIT = 32


class RunnerDriver(Driver[T, R]):
    """Has a runner do the calls; the input is advanced on the loop.

    `prepare`, where given, says how an item becomes what the function takes, if that needs the
    loop: such calls run ahead, up to `PREPARE_LIMIT` at once, inside the same window.
    """

    def __init__(
        self,
        make_runner: MakeRunner,
        feed: AsyncFeed[T],
        window: Window[T, R],
        *,
        prepare: Callable[[T], Callable[[], Awaitable[T]] | None] | None,
    ) -> None:
        super().__init__(feed, window, LoopBell(poster()))
        self._runner: Runner[T] = make_runner(window, self.bell)
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
        self._runner.hire()
        self.bell.ring()

    def refill(self) -> None:
        """Queue items for all the room, or tell the task that does."""
        if self.needs_tasks or not self.feed.sync:
            self._room.set()
            return
        self._runner.pull(self.feed.sync)
        self._runner.hire()

    def stop(self) -> None:
        """Drop what has not begun."""
        super().stop()
        self._runner.stop()

    def abandon(self) -> None:
        """Drop what has not begun, without a lock."""
        super().abandon()
        self._runner.abandon()

    @property
    def busy(self) -> bool:
        """Whether an item still runs."""
        return self._runner.active > 0

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
        self._runner.submit(index, item)
        try:
            self._runner.hire()
        except RuntimeError as error:  # no thread to be had
            self.window.break_off(index, error)
            self.bell.ring()

    def _fail(self, index: int, item: T, error: BaseException) -> None:
        self.window.fail(index, item, error)
        self.bell.ring()
