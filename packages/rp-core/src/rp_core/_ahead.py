"""A blocking iterator that runs ahead of its consumer on an event loop, by a bounded number."""

from __future__ import annotations

from collections import deque
from contextvars import Context
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
import anyio.lowlevel

from rp_core._cancel import CancelToken, current_token
from rp_core._iterators import END, BlockingSource, Raised
from rp_core._loop import poster
from rp_core._offload import offload
from rp_core._threads import carried_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from rp_core._threads import Crew

R = TypeVar("R")
_UNBROKEN_TAKES: Final = 64


async def run_ahead(
    make: Callable[[], Iterable[R]], crew: Crew, ahead: int
) -> AsyncGenerator[R, None]:
    """Yield the items of a blocking iterable, of which up to `ahead` wait for the consumer.

    No thread is held while the consumer is slow: one that has produced enough goes back to its
    crew. Closing abandons the item that is being produced, and waits for its thread to see that.
    """
    line = _Line(make, crew, ahead)
    try:
        while (item := await line.take()) is not END:
            yield item
    finally:
        line.stop()
        with anyio.CancelScope(shield=True):
            await line.close()


class _Line:
    """Items that have been produced and not been taken."""

    def __init__(self, make: Callable[[], Iterable[Any]], crew: Crew, ahead: int) -> None:
        self._source = BlockingSource(make)
        self._crew = crew
        self._ahead = ahead
        self._ready: deque[Any] = deque()
        self._lock = Lock()
        self._post = poster()
        self._bell = anyio.Event()
        self._waiting = self._running = self._ended = self._stopped = False
        self._taken = 0
        self._token = CancelToken()
        self._context: Context = carried_context()
        self._context.run(current_token.set, self._token)

    async def take(self) -> Any:
        """Return the next item, or END."""
        self._taken += 1
        if self._taken % _UNBROKEN_TAKES == 0:
            await anyio.lowlevel.checkpoint()
        while not self._look():
            await self._bell.wait()
        item = self._ready.popleft()
        self._refill()
        if isinstance(item, Raised):
            raise item.error
        return item

    def _look(self) -> bool:
        """Return whether an item is there; if none is, have the bell rung for the next."""
        self._refill()
        with self._lock:
            if not self._ready:
                self._bell = anyio.Event()
                self._waiting = True
            return bool(self._ready)

    def _refill(self) -> None:
        with self._lock:
            if self._running or self._ended or len(self._ready) > self._ahead // 2:
                return
            self._running = True
        try:
            self._crew.start(self._job)
        except BaseException:
            self._running = False
            raise

    def _job(self) -> None:
        try:
            # A copy: the next job may begin before this one has left the context.
            self._context.copy().run(self._fill)
        except BaseException as error:
            self._add(Raised(error))

    def _fill(self) -> None:
        while self._add(self._next()):
            if self._crew.contended:
                self._crew.start(self._job)
                return

    def _next(self) -> Any:
        try:
            return self._source.next()
        except BaseException as error:
            return Raised(error)

    def _add(self, item: Any) -> bool:
        """Take an item from the thread; return whether it is to go on."""
        with self._lock:
            self._ready.append(item)
            self._ended = item is END or isinstance(item, Raised)
            goes_on = not (self._ended or self._stopped or len(self._ready) >= self._ahead)
            self._running = goes_on
            rings, self._waiting = self._waiting, False
        if rings:
            self._post(self._ring)
        return goes_on

    def _ring(self) -> None:
        self._bell.set()

    def stop(self) -> None:
        """Produce nothing more, and abandon what is being produced."""
        self._token.cancel()
        with self._lock:
            self._stopped = self._ended = True
            self._ready.clear()
            if self._running and self._crew.withdraw(self._job):
                self._running = False

    async def close(self) -> None:
        """Wait for what is being produced, and close the iterator."""
        while self._running:
            with self._lock:
                self._bell = anyio.Event()
                self._waiting = self._running
            if self._running:
                await self._bell.wait()
        self._ready.clear()
        await offload(self._source.close, crew=self._crew)
