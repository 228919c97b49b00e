"""The one background event loop behind every sync face that is derived from a coroutine."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from rp_core._cancel import check_wanted, when_abandoned
from rp_core._outcome import Outcome
from rp_core._threads import EXIT_SECONDS, budget, carried_context

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

R = TypeVar("R")
_forgotten: list[object] = []  # a loop that is collected while it looks as if it ran would warn


class Portal:
    """An asyncio loop on a daemon thread, started at its first call."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start afresh, as a forked child must: the parent's thread was not copied."""
        if hasattr(self, "_loop"):
            _forgotten.append(self._loop)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def call(self, fn: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Run a coroutine function on the loop and return its result.

        Ctrl-C cancels the coroutine and goes on once it has ended; a second one does not wait.
        So does the caller's cancelling of the work that this call is a part of.

        Raises:
            RuntimeError: The caller is the loop itself, which would wait for itself.
        """
        loop = self._running_loop()
        if self.is_here():
            raise RuntimeError(
                "a sync face was called from rp_core's own event loop; await instead"
            )
        call = _Call(fn)
        try:
            loop.call_soon_threadsafe(call.start, context=carried_context())
            with budget.released(), when_abandoned(partial(_post, loop, call.cancel)):
                call.ended.wait()
            check_wanted()
        except BaseException:
            if not call.ended.is_set():
                loop.call_soon_threadsafe(call.cancel)
                call.ended.wait()
            raise
        return call.result()

    def is_here(self) -> bool:
        """Return whether this is the thread of the loop."""
        return threading.current_thread() is self._thread

    def runs(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Return whether `loop` is the loop that calls run on now, after a fork or at exit too."""
        return loop is self._loop

    def close(self) -> None:
        """Cancel what runs on the loop, and end it."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop and thread and thread.is_alive():
            loop.call_soon_threadsafe(loop.stop)
            thread.join(EXIT_SECONDS)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._loop.is_closed():
                ready: Future[asyncio.AbstractEventLoop] = Future()
                self._thread = threading.Thread(
                    target=_serve, args=(ready,), name="rp-loop", daemon=True
                )
                self._thread.start()
                self._loop = ready.result()
            return self._loop


class _Call(Outcome[R]):
    def __init__(self, fn: Callable[[], Coroutine[Any, Any, R]]) -> None:
        self._fn = fn
        self._task: asyncio.Task[None] | None = None
        self._error = CancelledError()
        self.ended = threading.Event()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        if self._task:
            self._task.cancel()
        else:
            self.ended.set()

    async def _run(self) -> None:
        try:
            self._result = await self._fn()
        except asyncio.CancelledError:
            return
        except BaseException as error:
            self._error = error
        else:
            self._error = None

    def _end(self, _: object) -> None:
        self.ended.set()


def _post(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed, and all on it has ended
        loop.call_soon_threadsafe(callback)


def _serve(ready: Future[asyncio.AbstractEventLoop]) -> None:
    loop = asyncio.new_event_loop()
    workers = ThreadPoolExecutor(thread_name_prefix="rp-loop")
    loop.set_default_executor(workers)
    try:
        loop.call_soon(ready.set_result, loop)
        loop.run_forever()
        loop.run_until_complete(_cancel_all())
    finally:
        # Runner.close would start a thread for this, and an interpreter that ends starts none.
        workers.shutdown()
        loop.close()


async def _cancel_all() -> None:
    loop = asyncio.get_running_loop()
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    await loop.shutdown_asyncgens()


portal = Portal()
atexit.register(portal.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=portal.forget)
