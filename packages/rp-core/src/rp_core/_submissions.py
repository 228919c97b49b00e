"""The work of one map that an executor does: a process pool, a cluster."""

from __future__ import annotations

from collections import deque
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from rp_core._chunk import run_chunk, run_one
from rp_core._window import MisuseError
from rp_core._workers import refuse_coroutine, work_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor, Future

    from rp_core._feed import Feed
    from rp_core._window import Window
    from rp_core._workers import Bell

T = TypeVar("T")
R = TypeVar("R")
Job: TypeAlias = "tuple[Sequence[int], list[T]]"


class Submissions(Generic[T, R]):
    """Hands the items of a window to an executor, in chunks, up to `limit` chunks at once.

    The callback of a chunk that is done hands over the next one, in whichever thread it runs, so
    the executor does not wait for a slow consumer.
    """

    def __init__(
        self,
        fn: Callable[[T], R],
        window: Window[T, R],
        bell: Bell,
        *,
        limit: int,
        cpu: bool,
        executor: Executor,
        chunk: int,
    ) -> None:
        self._fn = fn
        self._run_chunk = partial(run_chunk, fn, cpu=cpu, stop=window.on_error == "raise")
        self._name = token_hex(8)
        self._window = window
        self._bell = bell
        self._limit = limit
        self._executor = executor
        self._size = chunk
        self._context, self._token = work_context()
        self._lock = Lock()
        self._indices: list[int] = []
        self._items: list[T] = []
        self._inbox: deque[Job[T]] = deque()
        self._sent: set[Future[Any]] = set()
        self._standard = isinstance(executor, (ProcessPoolExecutor, ThreadPoolExecutor))
        self._sending = self._stopped = self._broken = False
        self.active = 0

    def submit(self, index: int, item: T) -> None:
        """Queue an issued item, unless the map has ended; `hire` sees to it."""
        if self._stopped or self._window.failed:
            return
        self._indices.append(index)
        self._items.append(item)
        if len(self._items) == self._size:
            self._queue()

    def pull(self, feed: Feed[T]) -> None:
        """Queue items for all the room there is, as whole chunks unless they are the last."""
        while job := feed.take(self._size - len(self._items)):
            self._indices.extend(job[0])
            self._items.extend(job[1])
            if len(self._items) == self._size:
                self._queue()

    def hire(self) -> None:
        """Hand over what is queued, as far as the limit allows."""
        if self._items and self._window.dry:
            self._queue()
        self._send_queued()

    def stop(self) -> None:
        """Hand over nothing any more, and cancel what the executor has not begun."""
        self.abandon()
        self._cancel_sent()
        self._token.cancel()

    def abandon(self) -> None:
        """Hand over nothing any more; the next callback cancels the rest. Takes no lock."""
        self._stopped = True
        self._indices, self._items = [], []
        self._inbox.clear()
        self._token.revoke()

    def _queue(self) -> None:
        self._inbox.append((self._indices, self._items))
        self._indices, self._items = [], []

    def _send_queued(self) -> None:
        """Send until there is nothing to send; a call meanwhile leaves it to the one at work."""
        with self._lock:
            if self._sending:
                return
            self._sending = True
        while job := self._next():
            try:
                future = self._send(job)
            except BaseException as error:
                with self._lock:
                    self.active -= 1
                    self._sending = False
                if not isinstance(error, Exception):
                    raise
                self._window.break_off(job[0][0], error)
                self._bell.ring()
                return
            self._sent.add(future)
            future.add_done_callback(partial(self._done, job))
            if self._stopped:
                future.cancel()

    def _next(self) -> Job[T] | None:
        with self._lock:
            if self._inbox and self.active < self._limit and not self._window.failed:
                self.active += 1
                return self._inbox.popleft()
            self._sending = False
            return None

    def _send(self, job: Job[T]) -> Future[Any]:
        indices, items = job
        submission = f"{self._name}-{indices[0]}"
        call: tuple[Any, ...]
        if self._size > 1:
            call = (self._run_chunk, items, submission)
        elif isinstance(self._executor, ThreadPoolExecutor):
            call = (self._fn, items[0])
        else:
            call = (run_one, self._fn, items[0], submission)
        if type(self._executor) is ThreadPoolExecutor:  # its workers can see our context
            call = (self._context.copy().run, *call)
        return self._executor.submit(*call)

    def _done(self, job: Job[T], future: Future[Any]) -> None:
        wanted = self._settle(job, future)
        self._sent.discard(future)
        with self._lock:
            self.active -= 1
        if not self._stopped:
            self._send_queued()
        elif self._standard:  # dask deadlocks if its own callback cancels
            self._cancel_sent()
        if wanted or not self.active:
            self._bell.ring()

    def _settle(self, job: Job[T], future: Future[Any]) -> bool:
        """Keep what a chunk came to; return whether to wake the consumer for it."""
        window = self._window
        broken: BaseException | None = None
        if future.cancelled():
            broken = BrokenExecutor("the executor was shut down meanwhile")
        elif isinstance(future.exception(), BrokenExecutor):
            broken = future.exception()
        if broken:
            self._broken = self._broken or not self._stopped
            window.break_off(job[0][0], broken)
            return True
        values, errors = self._outcome(len(job[1]), future)
        if not errors:
            return window.finish_all(job[0], values)
        wanted = False
        for place, (index, item, value) in enumerate(zip(*job, values, strict=False)):
            if place in errors:
                wanted |= window.fail(index, item, errors[place])
            else:
                wanted |= window.finish(index, value)
        return wanted

    def _outcome(
        self, count: int, future: Future[Any]
    ) -> tuple[list[Any], Mapping[int, BaseException]]:
        if error := future.exception():
            return [None] * count, dict.fromkeys(range(count), error)
        if self._size > 1:
            return future.result()  # type: ignore[no-any-return]
        try:
            return [refuse_coroutine(future.result())], {}
        except MisuseError as error:
            return [None], {0: error}

    def _cancel_sent(self) -> None:
        if self._broken:
            return  # a process pool that is setting their errors would trip over the cancelled
        for future in list(self._sent):
            future.cancel()
