"""Worker threads that the whole process shares, and the budget for CPU-bound work."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections import deque
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic

from rp_core._platform import cpu_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextvars import Context
    from typing import Protocol

    Job = Callable[[], None]

    class Crew(Protocol):
        """Where jobs find threads."""

        def start(self, job: Job) -> None:
            """Run a job on a thread, now or when its turn comes; it must not raise."""

        def withdraw(self, job: Job) -> int:
            """Take back the jobs equal to this one that have not begun; return how many."""

        @property
        def contended(self) -> bool:
            """Whether other jobs wait for a thread; long jobs then begin again behind them."""


IDLE_SECONDS = 10.0
EXIT_SECONDS = 5.0


class ThreadPool:
    """Daemon threads without a bound, used again while they are warm."""

    contended = False

    def __init__(self) -> None:
        self.forget()
        atexit.register(self._settle)

    def forget(self) -> None:
        """Start afresh, as a forked child must: the parent's threads were not copied."""
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[Job]] = []
        self._busy: set[threading.Thread] = set()

    def start(self, job: Job) -> None:
        """Run a job on an idle thread, or on a new one."""
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            threading.Thread(
                target=self._serve, args=(inbox,), name="rp-worker", daemon=True
            ).start()
        inbox.put(job)

    def withdraw(self, job: Job) -> int:  # noqa: ARG002
        """Return 0: a job begins at once."""
        return 0

    def _serve(self, inbox: SimpleQueue[Job]) -> None:
        thread = threading.current_thread()
        while (job := self._next_job(inbox)) is not None:
            self._busy.add(thread)
            try:
                job()
            finally:
                self._busy.discard(thread)
            del job
            with self._lock:
                self._idle.append(inbox)

    def _next_job(self, inbox: SimpleQueue[Job]) -> Job | None:
        while True:
            try:
                return inbox.get(timeout=IDLE_SECONDS)
            except Empty:
                with self._lock:
                    if inbox in self._idle:
                        self._idle.remove(inbox)
                        return None

    def _settle(self) -> None:
        """Give running jobs a moment: a daemon thread in C code may crash the dying interpreter."""
        deadline = monotonic() + EXIT_SECONDS
        while self._busy and monotonic() < deadline:
            threading.Event().wait(0.002)


class Budget:
    """Slots for CPU-bound work, shared by every operation and every batch of the process."""

    def __init__(self, pool: ThreadPool) -> None:
        self._pool = pool
        self._limit: int | None = None
        self.forget()

    def forget(self) -> None:
        """Start afresh, as a forked child must."""
        self._lock = threading.Lock()
        self._here = threading.local()
        self._running = 0
        self._waiting: deque[Job] = deque()

    @property
    def limit(self) -> int:
        """How many jobs may run at once."""
        return self._limit or cpu_count()

    @limit.setter
    def limit(self, limit: int | None) -> None:
        self._limit = limit
        self._fill()

    @property
    def contended(self) -> bool:
        """Whether jobs wait for a slot, or more run than may since the limit was lowered."""
        return bool(self._waiting) or self._running > self.limit

    def start(self, job: Job) -> None:
        """Run a job in a slot, as soon as one is free; first come, first served."""
        with self._lock:
            self._waiting.append(job)
        try:
            self._fill()
        except RuntimeError:  # no more threads to be had: those that run come to it
            with self._lock:
                if not self._running and job in self._waiting:
                    self._waiting.remove(job)
                    raise

    def withdraw(self, job: Job) -> int:
        """Take back the jobs equal to this one that wait for a slot; return how many."""
        with self._lock:
            before = len(self._waiting)
            self._waiting = deque(other for other in self._waiting if other != job)
            return before - len(self._waiting)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Lend this thread's slot, if it has one, while it waits for other work.

        Without this, operations that wait for operations inside a slot could fill every slot
        with waiting.
        """
        if not getattr(self._here, "slot", False):
            yield
            return
        with self._lock:
            self._running -= 1
        try:
            self._fill()
            yield
        finally:
            with self._lock:
                self._running += 1

    def _fill(self) -> None:
        while job := self._admit():
            hands = [job]  # emptied by the thread, which would else keep its first job alive
            try:
                self._pool.start(partial(self._run, hands))
            except BaseException:
                with self._lock:
                    self._running -= 1
                    self._waiting.appendleft(job)
                raise

    def _admit(self) -> Job | None:
        with self._lock:
            if not self._waiting or self._running >= self.limit:
                return None
            self._running += 1
            return self._waiting.popleft()

    def _run(self, hands: list[Job]) -> None:
        job: Job | None = hands.pop()
        here = self._here
        here.slot = True
        while job is not None:
            try:
                job()
            finally:
                with self._lock:
                    self._running -= 1
            job = self._admit()
        here.slot = False


pool = ThreadPool()
budget = Budget(pool)


def set_cpu_limit(limit: int | None) -> None:
    """Bound the CPU-bound work of all rp packages in this process.

    Args:
        limit: How many CPU-bound calls may run at once, 1 or more. None: the number of CPUs that
            this process may use, which is also the default.

    Raises:
        TypeError: `limit` is not an int.
        ValueError: `limit` is below 1.
    """
    if limit is not None:
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError(f"limit must be an int or None, not {limit!r}")
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit}")
    budget.limit = limit


def cpu_limit() -> int:
    """Return how many CPU-bound calls of all rp packages may run at once."""
    return budget.limit


def carried_context() -> Context:
    """Return a copy of this context for another thread, where the event loop here is not."""
    context = copy_context()
    if sniffio := sys.modules.get("sniffio"):
        context.run(sniffio.current_async_library_cvar.set, None)
    return context


def _after_fork() -> None:
    pool.forget()
    budget.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
