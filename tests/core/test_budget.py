"""The CPU budget, and the threads behind it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

from rp_core import cpu_limit as current_cpu_limit
from rp_core import set_cpu_limit, thread_map, threaded
from rp_core._threads import budget, pool
from rp_core.sync import thread_map as sync_thread_map

SetLimit = Callable[[int | None], None]


class Gauge:
    """Counts the calls that run at once."""

    def __init__(self, seconds: float = 0.001) -> None:
        self.seconds = seconds
        self.running = self.most = self.done = 0
        self._lock = threading.Lock()

    def __call__(self, item: Any = None) -> Any:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(self.seconds)
        with self._lock:
            self.running -= 1
            self.done += 1
        return item


@pytest.mark.parametrize(
    ("limit", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_a_limit_that_makes_no_sense_is_refused(limit: Any, error: type[Exception]) -> None:
    before = current_cpu_limit()
    with pytest.raises(error, match="limit"):
        set_cpu_limit(limit)
    assert current_cpu_limit() == before


def test_the_default_limit_is_the_cpus_of_this_process(cpu_limit: SetLimit) -> None:
    cpu_limit(3)
    assert current_cpu_limit() == 3
    cpu_limit(None)
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert current_cpu_limit() == count


async def test_fifty_batches_share_one_budget(
    cpu_limit: SetLimit, settled: Callable[[], None]
) -> None:
    cpu_limit(3)
    gauge = Gauge()
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(collect, gauge, 8)
    assert gauge.done == 400
    assert 1 < gauge.most <= 3
    settled()


async def collect(fn: Callable[[Any], Any], count: int) -> None:
    assert await thread_map(fn, range(count), cpu=True, limit=4) == list(range(count))


async def test_the_default_worker_threads_of_anyio_stay_free(cpu_limit: SetLimit) -> None:
    cpu_limit(1)
    gate = threading.Event()
    async with anyio.create_task_group() as tasks:
        for _ in range(60):
            tasks.start_soon(threaded(gate.wait, module=__name__), 10)
        await anyio.sleep(0.01)
        limiter = anyio.to_thread.current_default_thread_limiter()
        assert limiter.borrowed_tokens == 0
        assert await anyio.to_thread.run_sync(lambda: "free") == "free"
        gate.set()


async def test_a_raised_limit_takes_effect_at_once(cpu_limit: SetLimit) -> None:
    cpu_limit(1)
    both = threading.Barrier(2, timeout=10)
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(threaded(both.wait, module=__name__))
        await anyio.sleep(0.01)
        assert both.n_waiting == 1
        cpu_limit(2)


async def test_a_lowered_limit_takes_effect_after_the_items_that_run(cpu_limit: SetLimit) -> None:
    cpu_limit(4)
    gauge = Gauge()
    async with thread_map(gauge, range(200), cpu=True, limit=4) as stream:
        for _ in range(10):
            await anext(stream)
        cpu_limit(1)
        for _ in range(20):
            await anext(stream)
        gauge.most = 0
        async for _ in stream:
            pass
    assert gauge.most == 1


async def test_one_call_gets_its_turn_beside_a_long_batch(cpu_limit: SetLimit) -> None:
    cpu_limit(1)
    gauge = Gauge(0.002)
    async with thread_map(gauge, range(10_000), cpu=True, limit=8, buffer=1000) as stream:
        await anext(stream)
        before = gauge.done
        await threaded(int, module=__name__)()
        assert gauge.done - before < 30


async def test_two_batches_take_turns(cpu_limit: SetLimit) -> None:
    cpu_limit(1)
    order: list[str] = []

    async def run(name: str) -> None:
        await thread_map(lambda _: order.append(name), range(200), cpu=True, limit=2)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, "a")
        tasks.start_soon(run, "b")
    first_end = min(max(i for i, n in enumerate(order) if n == name) for name in "ab")
    assert order[: first_end + 1].count("a") > 20
    assert order[: first_end + 1].count("b") > 20


def test_work_inside_work_does_not_fill_the_budget_with_waiting(cpu_limit: SetLimit) -> None:
    cpu_limit(2)
    gauge = Gauge()

    def outer(_: int) -> int:
        return len(list(sync_thread_map(gauge, range(5), cpu=True)))

    assert list(sync_thread_map(outer, range(8), cpu=True, limit=8)) == [5] * 8


def test_a_job_that_raises_gives_its_slot_back(settled: Callable[[], None]) -> None:
    def fail(_: int) -> None:
        raise ZeroDivisionError

    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            list(sync_thread_map(fail, range(5), cpu=True))
    settled()


def test_a_thread_that_cannot_start_leaves_the_job_to_those_that_run(
    cpu_limit: SetLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu_limit(4)
    gate, done = threading.Event(), threading.Semaphore(0)

    def gate_wait() -> None:
        gate.wait(10)

    budget.start(gate_wait)
    with monkeypatch.context() as patch:
        patch.setattr(pool, "_idle", [])

        def refuse(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patch.setattr(threading.Thread, "start", refuse)
        budget.start(lambda: done.release())
    gate.set()
    assert done.acquire(timeout=5)


def test_a_worker_that_queues_again_stops_even_if_others_empty_the_inbox_meanwhile() -> None:
    from rp_core._sync_stream import ThreadBell
    from rp_core._window import Window
    from rp_core._workers import Workers

    class OtherWorkerIsFaster:
        contended = True
        jobs = 0

        def start(self, job: Callable[[], None]) -> None:
            self.jobs += 1
            workers._inbox.clear()

        def withdraw(self, job: Callable[[], None]) -> int:
            return 0

    crew, bell = OtherWorkerIsFaster(), ThreadBell()
    window: Window[int, int] = Window(size=4, ordered=True, on_error="raise")
    workers = Workers(abs, window, bell, limit=1, crew=crew)
    workers.submit(0, 0)
    assert workers._queue_again()
    assert not workers._queue_again()
    assert crew.jobs == 1


def test_idle_threads_are_used_again() -> None:
    list(sync_thread_map(str, range(3), limit=1))
    before = {thread for thread in threading.enumerate() if thread.name == "rp-worker"}
    for _ in range(20):
        list(sync_thread_map(str, range(3), limit=1))
    after = {thread for thread in threading.enumerate() if thread.name == "rp-worker"}
    assert after <= before


def test_idle_threads_end_by_themselves(run_python: Any) -> None:
    script = """
import threading, time
from rp_core import _threads
_threads.IDLE_SECONDS = 0.05
from rp_core.sync import thread_map
list(thread_map(str, range(50), limit=8))
deadline = time.monotonic() + 10
while threading.active_count() > 1 and time.monotonic() < deadline:
    time.sleep(0.01)
print(threading.active_count(), list(thread_map(str, range(2))), _threads.pool._idle[1:])
"""
    assert run_python(script).stdout.startswith("1 ['0', '1']")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_in_the_middle_of_work_resets_the_budget(run_python: Any) -> None:
    script = """
import os, signal, threading
from rp_core import set_cpu_limit
from rp_core._threads import budget
from rp_core.sync import thread_map
set_cpu_limit(1)
gate, began = threading.Event(), threading.Event()
budget.start(lambda: (began.set(), gate.wait(20)))
budget.start(lambda: print("never twice"))
began.wait(10)
if (pid := os.fork()) == 0:
    signal.alarm(15)
    assert list(thread_map(str, range(3), cpu=True)) == ["0", "1", "2"]
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
gate.set()
assert list(thread_map(str, range(3), cpu=True)) == ["0", "1", "2"]
"""
    done = run_python(script)
    assert (done.stdout, done.stderr, done.returncode) == ("never twice\n", "", 0)
