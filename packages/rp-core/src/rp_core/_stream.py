"""The consumer's side of a map on an event loop."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio
import anyio.lowlevel

from rp_core._feed import AsyncFeed
from rp_core._host import Host
from rp_core._loop import is_scope_cancelled, poster, spawn
from rp_core._plan import LINGER_SECONDS
from rp_core._window import END, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

    from anyio.abc import TaskGroup

    from rp_core._drivers import Driver
    from rp_core._plan import Plan
    from rp_core._window import Window

    MakeDriver = Callable[[AsyncFeed[Any], Window[Any, Any]], Driver[Any, Any]]

R = TypeVar("R")
UNBROKEN_TAKES = 64


class Stream(Generic[R]):
    """An async iterator over the results of a map, in bounded memory.

    Nothing runs before it is asked for. Used in `async with`, it is closed at the end of the
    block: what has not begun never does, and what runs has ended. Used in a bare `async for`, it is
    closed when it is exhausted or dropped; after a `break`, what still runs ends by itself.
    """

    __module__ = "rp_core"

    def __init__(self, plan: Plan[Any, R], make_driver: MakeDriver) -> None:
        self.plan = plan
        self._make_driver = make_driver
        self._begun = self._open = self._owned = False
        self._host: Host | None = None
        self._tasks: TaskGroup | None = None
        self._unbroken = 0  # results taken since this task last let others run

    def __aiter__(self) -> Stream[R]:
        """Return itself."""
        return self

    async def __anext__(self) -> R:
        """Return the next result.

        Raises:
            Exception: The first error of the map, as it was raised.
        """
        if not self._open:
            self._begin_bare()
        try:
            self._unbroken += 1
            if self._unbroken > UNBROKEN_TAKES:
                self._unbroken = 0
                await anyio.lowlevel.checkpoint()
            if self._until_refill <= 0:  # not before the last result has been handed out
                self._refill()
            while (value := self._window.take()) is PENDING:
                await self._wait()
            self._until_refill -= 1
        except BaseException as error:
            if not self._owned:
                await self._close(wait=not _is_native_cancel(error))
            raise
        if value is END:
            if not self._owned:
                await self.close()
            raise StopAsyncIteration
        return value

    async def _collect(self) -> list[R]:
        self.plan.patient = True
        results: list[R] = []
        async with self:
            while self._window.take_ready(results, self._window.size):
                await self._wait()
        return results

    async def __aenter__(self) -> Stream[R]:
        """Begin the map; its tasks belong to this block."""
        self._begin()
        self._owned = True
        if self._host:
            self._tasks = anyio.create_task_group()
            await self._tasks.__aenter__()
            self._tasks.start_soon(self._host.run)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the map, as `close` does; asyncio's own cancel does not wait for threads."""
        await self._close(wait=not _is_native_cancel(exc_value))

    async def close(self) -> None:
        """Begin nothing more, cancel what can be cancelled, and wait for what runs."""
        await self._close(wait=True)

    async def _close(self, *, wait: bool) -> None:
        if not self._open:
            self._begun = True
            return
        self._open = False
        self._driver.stop()
        try:
            await self._end_work(wait=wait)
        finally:
            if self._window.reporter:
                self._window.reporter.close()

    def __del__(self) -> None:
        """Let go of what a bare `break` left running."""
        if not self._begun:
            warnings.warn(f"{self.plan.name} was never awaited", RuntimeWarning, stacklevel=2)
        elif self._open:
            if self._host:
                self._host.abandoned = True
            self._driver.abandon()
            if self._host:
                self._post(self._host.cancel)
            if self._window.reporter:
                self._window.reporter.close()

    def _begin(self) -> None:
        if self._begun:
            raise RuntimeError(f"{self.plan.name} can be used only once")
        self._begun = True
        self._window = self.plan.window()
        self._until_refill = self.plan.low_water
        self._feed: AsyncFeed[Any] = AsyncFeed(self.plan.items, self._window)
        self._driver = self._make_driver(self._feed, self._window)
        self._window.reporter = self.plan.reporter()
        if self._driver.needs_tasks:
            self._post = poster()
            self._host = Host(self._driver)
        self._open = True

    def _begin_bare(self) -> None:
        if self._begun:
            raise StopAsyncIteration
        self._begin()
        if self._host:
            spawn(self._host.run)

    async def _wait(self) -> None:
        """Give out work for the room there is, and wait until the window has changed."""
        self._unbroken = 0
        self._refill()
        if self.plan.lingers:
            self._window.patience = self.plan.low_water
            with anyio.move_on_after(LINGER_SECONDS):
                await self._wait_for_bell()
            self._window.patience = 1
        await self._wait_for_bell()

    async def _wait_for_bell(self) -> None:
        bell = self._driver.bell
        bell.arm()
        if not self._window.ready:
            await bell.wait()

    def _refill(self) -> None:
        self._until_refill = self.plan.low_water
        self._driver.refill()

    async def _end_work(self, *, wait: bool) -> None:
        try:
            await self._end_tasks(wait=wait)
        except BaseException as error:
            wait = wait and not _is_native_cancel(error)
            raise
        finally:
            if wait:
                await self._end_runs()
                await self._feed.close()

    async def _end_tasks(self, *, wait: bool) -> None:
        if not self._host:
            return
        self._host.abandoned = not wait
        self._host.cancel()
        if self._tasks:
            # Without the caller's exception, which would come back in a group.
            await self._tasks.__aexit__(None, None, None)
        elif wait:
            with anyio.CancelScope(shield=True):
                await self._host.over.wait()

    async def _end_runs(self) -> None:
        bell = self._driver.bell
        with anyio.CancelScope(shield=True):
            while self._driver.busy:
                bell.arm()
                if self._driver.busy:
                    await bell.wait()


def _is_native_cancel(error: BaseException | None) -> bool:
    """Return whether `error` is asyncio's own cancellation, not that of a cancel scope."""
    return isinstance(error, anyio.get_cancelled_exc_class()) and not is_scope_cancelled()


class Results(Generic[R]):
    """The results of a map, to be used once, in one of three ways.

    `await results` gives a list; `async for result in results` gives them one by one;
    `async with results as stream: async for result in stream` does so too, and whatever way the
    block is left, nothing of the map is left behind it.
    """

    __module__ = "rp_core"

    def __init__(self, stream: Stream[R]) -> None:
        self._stream: Stream[R] | None = stream
        self._entered: Stream[R] | None = None

    def __await__(self) -> Generator[Any, Any, list[R]]:
        """Return all results as a list."""
        return self._claim()._collect().__await__()  # noqa: SLF001

    def __aiter__(self) -> Stream[R]:
        """Return the stream of the results."""
        return self._claim()

    async def __aenter__(self) -> Stream[R]:
        """Begin the map and return the stream of its results."""
        self._entered = self._claim()
        return await self._entered.__aenter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the map."""
        if self._entered:
            await self._entered.__aexit__(exc_type, exc_value, traceback)

    def _claim(self) -> Stream[R]:
        stream, self._stream = self._stream, None
        if stream is None:
            raise RuntimeError("the results of a map can be used only once")
        return stream
