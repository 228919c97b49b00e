"""Maps over executors: pools of threads and of processes."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextvars import ContextVar
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import Failure, thread_map
from rp_core._platform import cpu_count
from rp_core.sync import thread_map as sync_thread_map
from support import work
from support.programs import interrupt

Map = Callable[..., Any]
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        assert pool.submit(work.double, 1).result() == 2  # its threads are not those of a test
        yield pool


@pytest.fixture(params=["loop", "plain"])
def results_of(request: pytest.FixtureRequest, anyio_backend: object) -> Map:
    """A map that gives a list, on the loop or without one."""

    async def on_loop(*args: Any, **options: Any) -> list[Any]:
        results: list[Any] = await thread_map(*args, **options)
        return results

    async def plain(*args: Any, **options: Any) -> list[Any]:
        return list(sync_thread_map(*args, **options))

    return on_loop if request.param == "loop" else plain


class Counting(Executor):
    """A thread pool that counts what is with it."""

    def __init__(self, threads: int = 8) -> None:
        self.pool = ThreadPoolExecutor(threads)
        self.lock = threading.Lock()
        self.submitted = self.here = self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self.lock:
            self.submitted += 1
            self.here += 1
            self.most = max(self.most, self.here)
        return self.pool.submit(self.run, fn, *args, **kwargs)

    def run(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            with self.lock:
                self.here -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.pool.shutdown(wait, cancel_futures=cancel_futures)


class Inline(Executor):
    """Runs what is submitted at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@pytest.mark.parametrize("chunk", [1, 7])
async def test_a_process_pool_gives_results_in_order(
    results_of: Map, processes: ProcessPoolExecutor, chunk: int
) -> None:
    results = await results_of(work.double, range(100), executor=processes, chunk=chunk)

    assert results == [item * 2 for item in range(100)]


@pytest.mark.parametrize("chunk", [1, 7])
async def test_an_error_of_a_worker_is_raised_as_it_is(
    results_of: Map, processes: ProcessPoolExecutor, chunk: int
) -> None:
    with pytest.raises(ValueError) as caught:
        await results_of(work.double_or_fail, range(12), executor=processes, chunk=chunk)

    assert (type(caught.value), caught.value.args) == (ValueError, (3,))
    assert "item 3: 3" in caught.value.__notes__
    if chunk > 1:
        assert "in double_or_fail" in caught.value.__notes__[0]


@pytest.mark.parametrize("chunk", [1, 7, 1000])
async def test_index_and_policy_are_of_the_item_not_of_its_chunk(
    results_of: Map, processes: ProcessPoolExecutor, chunk: int
) -> None:
    run = partial(results_of, work.double_or_fail, range(40), executor=processes, chunk=chunk)
    good = [item * 2 for item in range(40) if item % 10 != 3]

    assert await run(on_error="skip") == good
    kept = await run(on_error="return")
    failures = [result for result in kept if isinstance(result, Failure)]
    assert [(failure.index, failure.item) for failure in failures] == [
        (i, i) for i in (3, 13, 23, 33)
    ]
    assert [result for result in kept if not isinstance(result, Failure)] == good


@pytest.mark.parametrize("chunk", [1, 3])
async def test_a_slow_head_holds_up_no_more_than_the_window(results_of: Map, chunk: int) -> None:
    executor, gate = Counting(), threading.Event()
    size, pulled, pulled_then = (2 + 3) * chunk, 0, []

    def wait_at_the_head(item: int) -> int:
        if item == 0:
            assert gate.wait(10)
        if item == size - 1:
            pulled_then.append(pulled)
            gate.set()
        return item

    def items() -> Iterator[int]:
        nonlocal pulled
        for item in range(60):
            pulled += 1
            yield item

    options = {"limit": 2, "buffer": 3, "chunk": chunk}
    results = await results_of(wait_at_the_head, items(), executor=executor, **options)

    assert results == list(range(60))
    assert pulled_then == [size]
    assert executor.most <= 2
    assert executor.submitted == 60 // chunk
    executor.shutdown()


async def test_by_default_an_executor_has_32_submissions_or_more_for_more_cpus(
    results_of: Map,
) -> None:
    executor = Counting(threads=1)
    expected = max(32, cpu_count() + 4)

    def wait_for_the_others(item: int) -> int:
        for _ in range(5000):
            if item or executor.here == expected:
                return item
            time.sleep(0.001)
        raise TimeoutError(f"{executor.here} submissions")

    results = await results_of(wait_for_the_others, range(500), executor=executor)
    executor.shutdown()
    assert results == [*range(500)]
    assert executor.most == expected


@pytest.mark.parametrize("face", ["loop", "plain"])
async def test_a_stream_waits_for_no_more_chunks_than_the_first(face: str) -> None:
    gate, seen = threading.Event(), []

    def wait_in_the_second_chunk(item: int) -> int:
        assert item < 2 or gate.wait(10)
        return item

    with ThreadPoolExecutor(2) as pool:
        options: dict[str, Any] = {"executor": pool, "chunk": 2, "limit": 8}
        if face == "loop":
            async for item in thread_map(wait_in_the_second_chunk, range(40), **options):
                seen.append((item, gate.is_set()))
                if item == 1:
                    gate.set()
        else:
            for item in sync_thread_map(wait_in_the_second_chunk, range(40), **options):
                seen.append((item, gate.is_set()))
                if item == 1:
                    gate.set()

    assert seen == [(item, item > 1) for item in range(40)]


async def test_at_most_limit_submissions_are_with_the_executor(results_of: Map) -> None:
    executor = Counting()

    assert await results_of(work.double, range(200), executor=executor, limit=3) == [
        item * 2 for item in range(200)
    ]
    assert executor.most <= 3
    executor.shutdown()


async def test_an_executor_that_runs_at_once_does_not_recurse(results_of: Map) -> None:
    results = await results_of(work.double, range(5000), executor=Inline(), limit=4, buffer=4000)

    assert results == [item * 2 for item in range(5000)]


async def test_the_caller_s_context_reaches_the_threads_of_a_pool(results_of: Map) -> None:
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("here")
    with ThreadPoolExecutor(2) as pool:
        for chunk in (1, 3):
            seen = await results_of(lambda _: variable.get(), range(6), executor=pool, chunk=chunk)
            assert seen == ["here"] * 6


async def test_a_chunk_of_slow_items_is_run_in_threads_and_one_of_quick_items_is_not(
    results_of: Map, processes: ProcessPoolExecutor
) -> None:
    slow = await results_of(work.thread_of_slow_work, range(8), executor=processes, chunk=8)
    quick = await results_of(work.thread_of_quick_work, range(8), executor=processes, chunk=8)

    assert len(set(slow)) > 2
    assert len(set(quick)) == 1


@pytest.mark.parametrize("chunk", [1, 4])
@pytest.mark.parametrize("on_error", ["raise", "skip", "return"])
async def test_a_killed_worker_is_a_broken_executor_whatever_the_policy(
    results_of: Map, chunk: int, on_error: str
) -> None:
    with (
        ProcessPoolExecutor(1, mp_context=SPAWN) as pool,
        pytest.raises(BrokenExecutor),
    ):
        await results_of(work.die, range(50), executor=pool, chunk=chunk, on_error=on_error)


@pytest.mark.parametrize("cancel", [False, True])
@pytest.mark.parametrize("on_error", ["raise", "skip"])
async def test_an_executor_that_is_shut_down_midway_is_an_error(
    results_of: Map, cancel: bool, on_error: str
) -> None:
    pool = ThreadPoolExecutor(1)

    def shut_down(item: int) -> int:
        if item == 5:
            pool.shutdown(wait=False, cancel_futures=cancel)
        time.sleep(0.001)
        return item

    with pytest.raises(RuntimeError, match=r"shut ?down"):
        await results_of(shut_down, range(1000), executor=pool, limit=4, on_error=on_error)
    pool.shutdown()


async def test_a_function_that_does_not_pickle_is_refused_at_the_call(
    processes: ProcessPoolExecutor,
) -> None:
    runs: list[Any] = [thread_map, sync_thread_map]
    for run in runs:
        with pytest.raises(TypeError, match="process pool needs a function that pickles"):
            run(lambda item: item, range(3), executor=processes)


async def test_an_item_that_does_not_pickle_fails_by_itself(
    results_of: Map, processes: ProcessPoolExecutor
) -> None:
    items = [1, threading.Lock(), 3]
    results = await results_of(work.give_a_lock, items, executor=processes, on_error="return")

    assert all(isinstance(result, Failure) for result in results)
    assert {type(result.error) for result in results} <= {TypeError, pickle.PicklingError}
    assert await results_of(work.double, [1, 2], executor=processes) == [2, 4]


@pytest.mark.parametrize("chunk", [1, 2])
async def test_an_error_that_does_not_unpickle_comes_as_a_runtime_error(
    results_of: Map, processes: ProcessPoolExecutor, chunk: int
) -> None:
    with pytest.raises(RuntimeError, match="StubbornError: this is"):
        await results_of(work.fail_stubbornly, range(4), executor=processes, chunk=chunk)
    assert await results_of(work.double, [1], executor=processes) == [2]


@pytest.mark.parametrize("on_error", ["raise", "skip"])
async def test_a_function_that_returns_a_coroutine_is_refused(
    results_of: Map, on_error: str
) -> None:
    with ThreadPoolExecutor(2) as pool, pytest.raises(TypeError, match="use amap"):
        await results_of(work.forgot_to_await, range(3), executor=pool, on_error=on_error)
    gc.collect()


def test_bad_arguments_are_refused_at_the_call() -> None:
    runs: list[Any] = [thread_map, sync_thread_map]
    for run in runs:
        with pytest.raises(ValueError, match="chunk must be at least 1"):
            run(work.double, [1], executor=Inline(), chunk=0)
        with pytest.raises(TypeError, match="chunk must be an int"):
            run(work.double, [1], executor=Inline(), chunk=1.5)
        with pytest.raises(ValueError, match="chunk needs an executor"):
            run(work.double, [1], chunk=2)
        with pytest.raises(TypeError, match="must be a concurrent"):
            run(work.double, [1], executor="processes")


async def test_limit_0_interrupts_no_slow_input() -> None:
    async def items() -> AsyncIterator[int]:
        for item in range(4):
            await anyio.sleep(0.005)
            yield item

    with ThreadPoolExecutor(1) as executor:
        options: dict[str, Any] = {"executor": executor, "chunk": 2, "limit": 0}
        assert [item async for item in thread_map(abs, items(), **options)] == [0, 1, 2, 3]


async def test_limit_0_runs_here(results_of: Map) -> None:
    executor = Counting()

    here = await results_of(work.thread_of_quick_work, [1], executor=executor, limit=0)
    assert here == [threading.get_ident()]
    assert executor.submitted == 0
    executor.shutdown()


async def test_leaving_the_block_cancels_what_waits_and_waits_for_what_runs() -> None:
    with ThreadPoolExecutor(2) as pool:
        done: list[int] = []

        def record(item: int) -> int:
            time.sleep(0.01)
            done.append(item)
            return item

        async with thread_map(record, range(1000), executor=pool, limit=20) as stream:
            async for _ in stream:
                break
        ended = len(done)
        await anyio.sleep(0.05)
        assert len(done) == ended < 30

        with sync_thread_map(record, range(1000), executor=pool, limit=20) as plain:
            next(plain)
        ended = len(done)
        await anyio.sleep(0.05)
        assert len(done) == ended < 60


async def test_a_stream_that_is_dropped_cancels_what_waits() -> None:
    with ThreadPoolExecutor(1) as pool:
        gate, begun = threading.Semaphore(0), []

        def wait(item: int) -> int:
            begun.append(item)
            gate.acquire(timeout=10)
            return item

        stream = iter(sync_thread_map(wait, range(100), executor=pool, limit=50))
        gate.release()
        next(stream)
        del stream
        gc.collect()
        for _ in range(100):
            gate.release()
    assert len(begun) <= 3


async def test_a_cancelled_map_leaves_nothing_at_the_executor() -> None:
    with ThreadPoolExecutor(2) as pool:
        with anyio.move_on_after(0.08) as scope:
            await thread_map(work.slow, range(100), executor=pool, limit=50)
        assert scope.cancelled_caught
        assert pool._work_queue.qsize() <= 50
        began = time.monotonic()
    assert time.monotonic() - began < 1


async def test_async_input_reaches_an_executor_in_chunks(anyio_backend: object) -> None:
    async def items() -> AsyncIterator[int]:
        for item in range(25):
            await anyio.lowlevel.checkpoint()
            yield item

    executor = Counting()
    results = await thread_map(work.double, items(), executor=executor, chunk=4)
    assert results == [item * 2 for item in range(25)]
    assert executor.submitted == 7
    executor.shutdown()


async def test_an_error_of_the_input_comes_after_the_results_before_it(results_of: Map) -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise OSError("input")

    with ThreadPoolExecutor(2) as pool, pytest.raises(OSError, match="input"):
        await results_of(work.double, items(), executor=pool, chunk=3)


async def test_keyboard_interrupt_of_a_worker_ends_the_map(results_of: Map) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt):
        await results_of(work.interrupted, range(3), executor=pool, on_error="skip")


CTRL_C = """
import asyncio, multiprocessing, sys, time
sys.path[:0] = {path!r}
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from rp_core import thread_map
from rp_core.sync import thread_map as sync_thread_map
from support import work
from support.programs import interrupt

async def on_loop(pool):
    async with thread_map(work.slow, count(), executor=pool, chunk=2) as results:
        async for result in results:
            if result == 4:
                print("go", flush=True)

def plain(pool):
    for result in sync_thread_map(work.slow, count(), executor=pool, chunk=2):
        if result == 4:
            print("go", flush=True)

spawn = multiprocessing.get_context("spawn")
try:
    with {pool} as pool:
        {run}
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("run", ["asyncio.run(on_loop(pool))", "plain(pool)"])
@pytest.mark.parametrize("pool", ["ThreadPoolExecutor(2)", "ProcessPoolExecutor(2, spawn)"])
def test_ctrl_c_ends_a_map_over_an_executor(run: str, pool: str) -> None:
    out, err, status = interrupt(CTRL_C.format(path=sys.path, pool=pool, run=run))

    assert (out.strip().splitlines()[-1], err, status) == ("interrupted", "", 0)
