"""The derived faces, and the loop behind the sync ones."""

from __future__ import annotations

import asyncio
import gc
import inspect
import pickle
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import (
    Batch,
    atomic_write,
    blocking,
    blocking_iter,
    gathered,
    streamed,
    threaded,
    threaded_iter,
)
from rp_core import sync as rp_sync
from rp_core._portal import portal
from support.programs import interrupt

color: ContextVar[str] = ContextVar("color", default="none")
asyncio_only = pytest.mark.parametrize("anyio_backend", ["asyncio"])
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


def _halve(number: int, /, *, exact: bool = True) -> int:
    """Halve a number."""
    if exact and number % 2:
        raise ValueError(f"odd: {number}")
    return number // 2


async def _ahalve(number: int, /, *, exact: bool = True) -> int:
    """Halve a number."""
    await anyio.lowlevel.checkpoint()
    return _halve(number, exact=exact)


def _count(stop: int) -> Iterator[int]:
    """Count."""
    yield from range(stop)


async def _acount(stop: int) -> AsyncIterator[int]:
    """Count."""
    for number in range(stop):
        await anyio.lowlevel.checkpoint()
        yield number


def _halves(numbers: Any, *, limit: int | None = None) -> Batch[int]:
    """Halve numbers."""
    return Batch(_halve, numbers, options={} if limit is None else {"limit": limit})


halve = threaded(_halve, module=__name__)
halve_waiting = threaded(_halve, module=__name__, cpu=False)
bhalve = blocking(_ahalve, module=__name__)
count = threaded_iter(_count, module=__name__)
bcount = blocking_iter(_acount, module=__name__)
halves = gathered(__name__)(_halves)
stream_halves = streamed(__name__)(_halves)
sync_halves = rp_sync.gathered(__name__)(_halves)
sync_stream_halves = rp_sync.streamed(__name__)(_halves)
FACES = {
    "halve": (halve, _halve),
    "bhalve": (bhalve, _ahalve),
    "count": (count, _count),
    "bcount": (bcount, _acount),
    "halves": (halves, _halves),
    "stream_halves": (stream_halves, _halves),
    "sync_halves": (sync_halves, _halves),
    "sync_stream_halves": (sync_stream_halves, _halves),
}


@pytest.mark.parametrize("name", FACES)
def test_a_face_keeps_signature_and_docstring_and_names_its_module(name: str) -> None:
    face: Any
    fn: Any
    face, fn = FACES[name]
    assert inspect.signature(face) == inspect.signature(fn)
    assert face.__doc__ == fn.__doc__
    derived: Any = threaded(_halve, module="rp_demo")
    assert derived.__module__ == "rp_demo"


def test_colours_are_visible() -> None:
    assert inspect.iscoroutinefunction(halve)
    assert inspect.iscoroutinefunction(halves)
    assert inspect.isasyncgenfunction(count)
    assert not inspect.iscoroutinefunction(bhalve)
    assert inspect.isgeneratorfunction(bcount)


def test_faces_pickle_by_their_public_name(run_python: Any) -> None:
    script = """
import pickle, sys, types, rp_core
def twice(n): return n * 2
public = types.ModuleType("public")
public.twice = rp_core.threaded(twice, module="public")
sys.modules["public"] = public
assert pickle.loads(pickle.dumps(public.twice)) is public.twice
"""
    done = run_python(script)
    assert done.stderr == ""


# threaded


async def test_a_threaded_face_gives_result_and_error_of_the_function() -> None:
    for face in halve, halve_waiting:
        assert await face(8) == 4
        assert await face(9, exact=False) == 4
        with pytest.raises(ValueError, match="odd: 9"):
            await face(9)


async def test_a_stop_iteration_becomes_a_runtime_error() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await threaded(lambda: next(iter(())), module=__name__)()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
async def test_what_is_no_exception_reaches_the_caller(kind: type[BaseException]) -> None:
    def fn() -> None:
        raise kind("stop")

    with pytest.raises(kind, match="stop"):
        await threaded(fn, module=__name__)()


async def test_context_variables_cross_and_do_not_come_back() -> None:
    color.set("red")

    def fn() -> str:
        was = color.get()
        color.set("blue")
        return was

    assert await threaded(fn, module=__name__)() == "red"
    assert color.get() == "red"


async def test_prepare_runs_on_the_loop_and_replaces_the_first_argument() -> None:
    async def fetch(name: str) -> str:
        await anyio.lowlevel.checkpoint()
        return name.upper()

    def prepare(name: str, /, *, mark: str = "") -> Any:
        return partial(fetch, name) if name.startswith("u") else None

    face = threaded(lambda name, /, *, mark="": name + mark, module=__name__, prepare=prepare)
    assert [await face("url", mark="!"), await face("path")] == ["URL!", "path"]


async def test_a_cancelled_scope_waits_for_the_call_and_it_has_no_effect(tmp_path: Path) -> None:
    began, ended = threading.Event(), []

    def save() -> None:
        try:
            with atomic_write(tmp_path / "late") as file:
                began.set()
                file.write(b"late")
                time.sleep(0.05)
        finally:
            ended.append(True)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(threaded(save, module=__name__))
        while not began.is_set():
            await anyio.sleep(0.001)
        tasks.cancel_scope.cancel()
    assert ended == [True]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "anyio_backend", [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})]
)
async def test_native_cancel_returns_at_once_and_the_save_does_not_land(
    tmp_path: Path, settled: Callable[[], None]
) -> None:
    began, gate = threading.Event(), threading.Event()

    def save() -> None:
        with atomic_write(tmp_path / "late") as file:
            began.set()
            file.write(b"late")
            gate.wait(10)

    task = asyncio.ensure_future(threaded(save, module=__name__)())
    while not began.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not gate.is_set()
    gate.set()
    settled()
    assert list(tmp_path.iterdir()) == []


async def test_a_call_that_waits_for_its_slot_is_never_begun_once_cancelled(
    cpu_limit: Callable[[int | None], None],
) -> None:
    cpu_limit(1)
    gate, began, second = threading.Event(), threading.Event(), []

    def first() -> None:
        began.set()
        gate.wait(10)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(threaded(first, module=__name__))
        while not began.is_set():
            await anyio.sleep(0.001)
        with anyio.move_on_after(0.01) as scope:
            await threaded(lambda: second.append(True), module=__name__)()
        assert scope.cancelled_caught
        gate.set()
    await halve(2)
    assert second == []


async def test_a_cancelled_scope_is_seen_before_the_thread() -> None:
    began: list[int] = []
    with anyio.CancelScope() as scope:
        scope.cancel()
        await threaded(began.append, module=__name__)(1)
    assert began == []


async def test_an_idle_budget_keeps_no_result_alive(
    cpu_limit: Callable[[int | None], None],
) -> None:
    class Image:
        pass

    cpu_limit(1)
    both_wait, gate, alive = threading.Event(), threading.Event(), []

    def make() -> Image:
        both_wait.wait(10)
        image = Image()
        alive.append(weakref.ref(image))
        return image

    async def use() -> None:
        await threaded(make, module=__name__)()

    async with anyio.create_task_group() as tasks:  # the thread goes from one job to the next
        tasks.start_soon(use)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(threaded(gate.wait, module=__name__), 10)
        await anyio.wait_all_tasks_blocked()
        both_wait.set()
        with anyio.move_on_after(5):
            while not alive or alive[0]():
                await anyio.sleep(0.001)
        assert alive[0]() is None
        gate.set()


# threaded_iter


async def test_a_threaded_iterator_gives_the_items_one_by_one() -> None:
    produced = []

    def produce() -> Iterator[int]:
        for number in range(100):
            produced.append(number)
            yield number

    face = threaded_iter(produce, module=__name__)
    assert [number async for number in count(5)] == [0, 1, 2, 3, 4]
    items = face()
    assert [await anext(items), await anext(items)] == [0, 1]
    assert produced == [0, 1]
    await items.aclose()


async def test_closing_the_face_has_closed_the_generator() -> None:
    closed = []

    def produce() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    face = threaded_iter(produce, module=__name__)
    items = face()
    await anext(items)
    await items.aclose()
    assert closed == [True]
    items = face()
    with anyio.CancelScope() as scope:
        await anext(items)
        scope.cancel()
        await anext(items)
    assert closed == [True, True]


async def test_errors_of_the_generator_reach_the_consumer() -> None:
    def produce() -> Iterator[int]:
        yield 1
        raise ValueError("broken frame")

    with pytest.raises(ValueError, match="broken frame"):
        async for _ in threaded_iter(produce, module=__name__)():
            pass


async def test_a_generator_keeps_its_own_context_between_items() -> None:
    color.set("red")

    def produce() -> Iterator[str]:
        token = color.set("blue")
        yield color.get()
        yield color.get()
        color.reset(token)
        yield color.get()

    face = threaded_iter(produce, module=__name__)
    assert [item async for item in face()] == ["blue", "blue", "red"]


# blocking


def test_a_blocking_face_gives_result_and_error_of_the_coroutine() -> None:
    assert bhalve(8) == 4
    assert bhalve(9, exact=False) == 4
    with pytest.raises(ValueError, match="odd: 9"):
        bhalve(9)


def test_an_error_leaves_no_cycle_behind() -> None:
    class Big:
        pass

    def call() -> weakref.ref[Big]:
        big = Big()
        with suppress(ValueError):
            bhalve(9)
        return weakref.ref(big)

    gc.disable()
    try:
        assert call()() is None
    finally:
        gc.enable()


async def test_a_blocking_face_works_under_a_running_loop() -> None:
    assert bhalve(8) == 4
    assert list(bcount(3)) == [0, 1, 2]


def test_calls_share_one_loop_and_may_come_from_many_threads() -> None:
    async def loop_id() -> int:
        await asyncio.sleep(0.001)
        return id(asyncio.get_running_loop())

    ids = list(rp_sync.thread_map(lambda _: blocking(loop_id, module=__name__)(), range(20)))
    assert len(set(ids)) == 1


def test_a_blocking_face_called_on_its_own_loop_is_refused() -> None:
    async def outer() -> int:
        return bhalve(8)

    with pytest.raises(RuntimeError, match="await instead"):
        blocking(outer, module=__name__)()


async def test_a_blocking_face_in_a_worker_of_any_loop() -> None:
    color.set("red")

    async def fetch() -> str:
        await anyio.sleep(0.001)
        await anyio.to_thread.run_sync(bool)
        return color.get()

    assert await threaded(blocking(fetch, module=__name__), module=__name__)() == "red"


async def test_cancelling_a_blocking_call_cancels_the_coroutine_that_it_waits_for() -> None:
    seen: list[str] = []
    begun = threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            seen.append("ended")

    wait = blocking(endless)

    def work() -> None:
        try:
            wait()
        finally:
            seen.append("returned")

    async with anyio.create_task_group() as group:
        group.start_soon(threaded(work))
        while not begun.is_set():
            await anyio.sleep(0.001)
        group.cancel_scope.cancel()
    assert seen == ["ended", "returned"]


def test_the_slot_is_lent_while_a_sync_face_waits(cpu_limit: Callable[[int | None], None]) -> None:
    cpu_limit(1)

    async def nested(number: int) -> int:
        return await halve(number)

    face = blocking(nested, module=__name__)
    assert list(rp_sync.thread_map(face, range(0, 20, 2), cpu=True)) == list(range(10))


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_the_loop_outlives_what_ends_programs(kind: type[BaseException]) -> None:
    async def fn() -> None:
        await asyncio.sleep(0)
        raise kind("stop")

    async def afn() -> AsyncIterator[int]:
        yield 1
        raise kind("stop")

    with pytest.raises(kind, match="stop"):
        blocking(fn, module=__name__)()
    with pytest.raises(kind, match="stop"):
        list(blocking_iter(afn, module=__name__)())
    assert bhalve(8) == 4


def test_a_coroutine_that_is_cancelled_inside_raises_and_does_not_hang() -> None:
    from concurrent.futures import CancelledError

    async def fn() -> None:
        raise asyncio.CancelledError

    async def afn() -> AsyncIterator[int]:
        yield 1
        raise asyncio.CancelledError

    with pytest.raises(CancelledError):
        blocking(fn, module=__name__)()
    items = blocking_iter(afn, module=__name__)()
    assert next(items) == 1
    with pytest.raises(CancelledError):
        next(items)
    assert bhalve(8) == 4


# blocking_iter


def test_a_blocking_iterator_runs_as_one_task_and_closes_there() -> None:
    tasks = []

    async def produce() -> AsyncIterator[int]:
        tasks.append(asyncio.current_task())
        try:
            async with asyncio.timeout(10):
                for number in range(10):
                    await asyncio.sleep(0)
                    yield number
        finally:
            tasks.append(asyncio.current_task())

    items = blocking_iter(produce, module=__name__)()
    assert [next(items), next(items)] == [0, 1]
    items.close()
    assert len(tasks) == 2
    assert tasks[0] is tasks[1]


def test_a_dropped_blocking_iterator_is_closed() -> None:
    closed = threading.Event()

    async def produce() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.set()

    for _ in blocking_iter(produce, module=__name__)():
        break
    assert closed.wait(5)


def test_errors_of_an_async_generator_reach_the_caller() -> None:
    async def produce() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    items = blocking_iter(produce, module=__name__)()
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert list(items) == []


# Batches


async def test_a_batch_has_four_faces() -> None:
    wanted = [0, 1, 2]
    assert await halves([0, 2, 4]) == wanted
    assert [half async for half in stream_halves([0, 2, 4], limit=0)] == wanted
    assert sync_halves([0, 2, 4], limit=2) == wanted
    with sync_stream_halves([0, 2, 4]) as stream:
        assert list(stream) == wanted
    with pytest.raises(ValueError, match="odd: 3"):
        await halves([2, 3])
    with pytest.raises(ValueError, match="odd: 3"):
        sync_halves([2, 3])


# Processes

PRELUDE = """
import asyncio, os, signal, sys, time
from rp_core import blocking, blocking_iter, threaded
from rp_core.sync import thread_map
async def _hello(): await asyncio.sleep(0.001); return "hello"
hello = blocking(_hello, module="x")
async def _count():
    for n in range(10):
        yield n
count = blocking_iter(_count, module="x")
"""


@posix_only
def test_a_forked_child_starts_afresh(run_python: Any) -> None:
    script = (
        PRELUDE
        + """
hello(); list(thread_map(str, range(9), cpu=True))
items = count(); next(items)
if (pid := os.fork()) == 0:
    signal.alarm(15)
    assert hello() == "hello"
    assert list(thread_map(str, range(3), cpu=True)) == ["0", "1", "2"]
    items.close()
    sys.exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
assert hello() == "hello" and next(items) == 1
print("done")
"""
    )
    done = run_python(script)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_exit_is_clean_with_everything_in_use(run_python: Any) -> None:
    script = (
        PRELUDE
        + """
hello()
async def in_a_thread():
    await asyncio.to_thread(time.sleep, 0)  # as aiofiles and asyncio's resolver do
blocking(in_a_thread, module="x")()
items = count(); next(items)
stream = thread_map(str, range(100), cpu=True); next(stream)
async def main():
    await threaded(time.sleep, module="x")(0)
asyncio.run(main())
print("done")
"""
    )
    done = run_python(script)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


def test_exit_cancels_what_runs_on_the_loop(run_python: Any) -> None:
    script = (
        PRELUDE
        + """
async def background():
    try:
        await asyncio.sleep(100)
    finally:
        print("closed")
async def start():
    global task
    task = asyncio.create_task(background())
    await asyncio.sleep(0)
blocking(start, module="x")()
"""
    )
    done = run_python(script)
    assert (done.stdout, done.stderr, done.returncode) == ("closed\n", "", 0)


@posix_only
def test_ctrl_c_cancels_the_coroutine_before_it_goes_on() -> None:
    script = (
        PRELUDE
        + """
async def wait():
    print("go", flush=True)
    try:
        await asyncio.sleep(100)
    finally:
        await asyncio.sleep(0.01)
        print("cancelled")
try:
    blocking(wait, module="x")()
except KeyboardInterrupt:
    print("interrupted", hello())
"""
    )
    assert interrupt(script) == ("cancelled\ninterrupted hello\n", "", 0)


def test_the_portal_can_be_closed_and_used_again() -> None:
    assert bhalve(8) == 4
    portal.close()
    assert bhalve(8) == 4


def test_a_failure_pickles() -> None:
    from rp_core import Attempt, Failure, LimitExceededError, NoBackendError

    failure = Failure("a.png", 3, LimitExceededError("big"))
    copied = pickle.loads(pickle.dumps(failure))
    assert (copied.item, copied.index, str(copied.error)) == ("a.png", 3, "big")
    error = pickle.loads(pickle.dumps(NoBackendError("none", [Attempt("cv2", ValueError("x"))])))
    assert str(error) == "none\n  cv2: x"
