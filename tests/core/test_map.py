"""The maps on an event loop."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import Failure, Progress, Results, amap, atomic_write, thread_map
from rp_core._window import Window
from support.programs import interrupt

Mapper = Callable[..., Results[Any]]
color: ContextVar[str] = ContextVar("color", default="none")


def amap_plain(fn: Callable[[Any], Any], items: Any, **options: Any) -> Results[Any]:
    """Map a plain function with amap."""

    async def call(item: Any) -> Any:
        await anyio.lowlevel.checkpoint()
        return fn(item)

    return amap(call, items, **options)


def with_prepare(fn: Callable[[Any], Any], items: Any, **options: Any) -> Results[Any]:
    """Map in threads, with a host task that prepares every second item."""

    def prepare(item: Any) -> Any:
        async def same() -> Any:
            await anyio.lowlevel.checkpoint()
            return item

        return same if item % 2 else None

    return thread_map(fn, items, prepare=prepare, **options)


MAPPERS = [
    pytest.param(amap_plain, id="amap"),
    pytest.param(thread_map, id="thread_map"),
    pytest.param(partial(thread_map, cpu=True), id="cpu"),
    pytest.param(with_prepare, id="prepare"),
]
every_mapper = pytest.mark.parametrize("mapper", MAPPERS)
every_thread_mapper = pytest.mark.parametrize("mapper", MAPPERS[1:])
asyncio_only = pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)


def double(item: int) -> int:
    return item * 2


def slow_double(item: int) -> int:
    time.sleep(0.002)
    return item * 2


async def adouble(item: int) -> int:
    await anyio.lowlevel.checkpoint()
    return item * 2


def fail_at(*bad: int, error: Callable[[str], BaseException] = ValueError) -> Callable[[int], int]:
    def fn(item: int) -> int:
        if item in bad:
            raise error(f"bad {item}")
        return item

    return fn


async def agen(count: int) -> AsyncIterator[int]:
    for item in range(count):
        await anyio.lowlevel.checkpoint()
        yield item


# Results


@every_mapper
@pytest.mark.parametrize("limit", [0, 1, 2, 7])
async def test_results_come_in_input_order(mapper: Mapper, limit: int) -> None:
    assert await mapper(double, range(50), limit=limit) == [item * 2 for item in range(50)]


@every_mapper
@pytest.mark.parametrize("limit", [0, 3])
async def test_unordered_results_are_the_same_results(mapper: Mapper, limit: int) -> None:
    results = await mapper(double, range(50), limit=limit, ordered=False)
    assert sorted(results) == [item * 2 for item in range(50)]


async def test_unordered_results_come_as_they_are_ready() -> None:
    gate = threading.Event()
    results = thread_map(lambda item: item or gate.wait(10), range(3), limit=2, ordered=False)
    seen = []
    async with results as stream:
        async for result in stream:
            seen.append(result)
            if len(seen) == 2:
                gate.set()
    assert seen == [1, 2, True]


@every_mapper
async def test_results_can_be_had_in_three_ways(mapper: Mapper) -> None:
    wanted = [0, 2, 4]
    assert await mapper(double, range(3)) == wanted
    assert [result async for result in mapper(double, range(3))] == wanted
    async with mapper(double, range(3)) as stream:
        assert [result async for result in stream] == wanted
        assert [result async for result in stream] == []


@every_mapper
@pytest.mark.parametrize("limit", [0, 2])
async def test_an_async_iterable_is_an_input(mapper: Mapper, limit: int) -> None:
    assert await mapper(double, agen(20), limit=limit) == [item * 2 for item in range(20)]


@every_mapper
async def test_no_items_give_no_results(mapper: Mapper) -> None:
    assert await mapper(double, []) == []
    assert await mapper(double, agen(0)) == []


async def test_results_are_used_once() -> None:
    results = amap(adouble, [1])
    assert await results == [2]
    with pytest.raises(RuntimeError, match="only once"):
        await results
    with pytest.raises(RuntimeError, match="only once"):
        aiter(results)
    with pytest.raises(RuntimeError, match="only once"):
        async with results:
            pass


@every_mapper
async def test_results_never_asked_for_warn_when_dropped(mapper: Mapper) -> None:
    with pytest.warns(RuntimeWarning, match="map was never awaited"):
        mapper(double, [1])  # type: ignore[unused-awaitable]
    with pytest.warns(RuntimeWarning, match="map was never awaited"):
        aiter(mapper(double, [1]))


async def test_nothing_runs_before_it_is_asked_for() -> None:
    began: list[int] = []
    results = thread_map(began.append, range(3))
    await anyio.sleep(0.01)
    assert began == []
    await results
    assert sorted(began) == [0, 1, 2]


# Arguments


@pytest.mark.parametrize("mapper", [amap, thread_map])
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"limit": -1}, ValueError),
        ({"limit": 1.5}, TypeError),
        ({"limit": True}, TypeError),
        ({"buffer": -1}, ValueError),
        ({"buffer": "2"}, TypeError),
        ({"on_error": "ignore"}, ValueError),
        ({"progress": 3}, TypeError),
    ],
)
def test_bad_options_raise_at_the_call(
    mapper: Any, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error, match="map"):
        mapper(adouble if mapper is amap else double, [1], **options)


@pytest.mark.parametrize("mapper", [amap, thread_map])
def test_bad_functions_and_items_raise_at_the_call(mapper: Any) -> None:
    with pytest.raises(TypeError, match="callable"):
        mapper(3, [1])
    with pytest.raises(TypeError, match="iterable"):
        mapper(adouble if mapper is amap else double, 3)


async def test_a_coroutine_function_is_refused_by_thread_map() -> None:
    with pytest.raises(TypeError, match="amap"):
        thread_map(adouble, [1])  # type: ignore[unused-awaitable]
    for limit in 0, 2:
        with pytest.raises(TypeError, match="amap"):
            await thread_map(lambda item: adouble(item), [1], limit=limit)


# Bounds


@every_mapper
@pytest.mark.parametrize("limit", [0, 1, 3])
async def test_at_most_limit_calls_run_at_once(mapper: Mapper, limit: int) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def fn(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001)
        with lock:
            running -= 1

    await mapper(fn, range(30), limit=limit)
    assert most <= max(limit, 1)


async def test_amap_reaches_its_limit_and_no_more() -> None:
    running, most = 0, 0

    async def fn(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.002)
        running -= 1

    await amap(fn, range(40), limit=5)
    assert most == 5


async def test_thread_map_reaches_its_limit() -> None:
    barrier = threading.Barrier(4, timeout=10)
    await thread_map(lambda _: barrier.wait(), range(8), limit=4)


@every_mapper
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("buffer", [0, 3, None])
async def test_the_window_bounds_what_is_issued_and_not_consumed(
    mapper: Mapper, buffer: int | None, ordered: bool
) -> None:
    limit, issued, consumed, most = 4, 0, 0, 0

    def endless() -> Iterator[int]:
        nonlocal issued, most
        for item in itertools.count():
            issued += 1
            most = max(most, issued - consumed)
            yield item

    results = mapper(double, endless(), limit=limit, buffer=buffer, ordered=ordered)
    async with results as stream:
        async for _ in stream:
            consumed += 1
            await anyio.lowlevel.checkpoint()
            if consumed == 100:
                break
    # The item being handed out counts as consumed only here, below the stream.
    assert most <= limit + (limit if buffer is None else buffer) + 1


@every_mapper
async def test_a_slow_first_item_does_not_widen_the_window(mapper: Mapper) -> None:
    gate, issued = anyio.Event(), 0
    opened = threading.Event()

    def items() -> Iterator[int]:
        nonlocal issued
        for item in range(100):
            issued += 1
            yield item

    async def slow_head(item: int) -> int:
        if item == 0:
            await gate.wait()
        return item

    def slow_head_in_thread(item: int) -> int:
        if item == 0:
            opened.wait(10)
        return item

    results = (
        amap(slow_head, items(), limit=2, buffer=2)
        if mapper is amap_plain
        else mapper(slow_head_in_thread, items(), limit=2, buffer=2)
    )
    got: list[int] = []

    async def consume() -> None:
        got.extend(await results)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(consume)
        await anyio.sleep(0.05)
        assert issued <= 4
        gate.set()
        opened.set()
    assert got == list(range(100))


@every_mapper
async def test_an_endless_input_can_be_streamed(mapper: Mapper) -> None:
    seen = []
    async for result in mapper(double, itertools.count(), limit=3):
        seen.append(result)
        if len(seen) == 200:
            break
    assert seen == [item * 2 for item in range(200)]


# Errors


@every_mapper
@pytest.mark.parametrize("limit", [0, 1, 4])
async def test_the_first_error_is_raised_bare_with_a_note(mapper: Mapper, limit: int) -> None:
    with pytest.raises(ValueError, match="bad 3") as caught:
        await mapper(fail_at(3), range(10), limit=limit)
    assert caught.value.__notes__ == ["item 3: 3"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Path("a") / "b.png", "item 0: 'a/b.png'"),
        ("x" * 300, f"item 0: '{'x' * 200}'..."),
        (b"12345", "item 0: 5 bytes"),
        (list(range(1000)), "item 0: [0, 1, 2, 3, 4, 5, ...]"),
    ],
)
async def test_the_note_names_the_source_in_a_few_words(item: object, words: str) -> None:
    def fn(_: object) -> None:
        raise KeyError

    with pytest.raises(KeyError) as caught:
        await thread_map(fn, [item])
    assert caught.value.__notes__ == [words]


@every_mapper
async def test_an_error_or_item_that_cannot_be_described_still_ends_the_map(mapper: Mapper) -> None:
    class FrozenError(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    class Nameless(int):
        def __repr__(self) -> str:
            raise RuntimeError

    def fn(_: int) -> None:
        raise FrozenError

    with anyio.fail_after(5), pytest.raises(FrozenError):
        await mapper(fn, [Nameless(1)] * 3, limit=2)


async def test_of_several_known_errors_the_earliest_is_raised() -> None:
    window: Window[str, int] = Window(size=4, ordered=False, on_error="raise")
    for index in 0, 1, 2, 3:
        assert window.issue() == index
    for index in 2, 1, 3:
        window.fail(index, "abcd"[index], ValueError(f"bad {index}"))
    with pytest.raises(ValueError, match="bad 1"):
        window.take()

    async def afn(item: int) -> int:
        raise ValueError(f"bad {item}")

    with pytest.raises(ValueError, match="bad 0"):
        await amap(afn, range(9), limit=3)


@every_mapper
async def test_results_before_an_error_are_handed_out_first(mapper: Mapper) -> None:
    seen = []
    with pytest.raises(ValueError, match="bad 5"):
        async for result in mapper(fail_at(5), range(10), limit=1):
            seen.append(result)
    assert seen == [0, 1, 2, 3, 4]


@every_mapper
async def test_an_error_stops_the_map(mapper: Mapper, settled: Callable[[], None]) -> None:
    began: list[int] = []

    def fn(item: int) -> None:
        began.append(item)
        if item == 2:
            raise ValueError
        time.sleep(0.001)

    with pytest.raises(ValueError):
        await mapper(fn, range(10_000), limit=2)
    count = len(began)
    await anyio.sleep(0.01)
    assert len(began) == count < 20
    settled()


async def test_an_error_cancels_the_calls_that_run() -> None:
    cancelled = []

    async def fn(item: int) -> None:
        if item == 1:
            raise ValueError
        try:
            await anyio.sleep(10)
        finally:
            cancelled.append(item)

    with anyio.fail_after(5), pytest.raises(ValueError):
        await amap(fn, range(4), limit=2)
    assert cancelled == [0]


@every_mapper
@pytest.mark.parametrize("limit", [0, 3])
async def test_skip_drops_what_fails(mapper: Mapper, limit: int) -> None:
    results = mapper(fail_at(0, 3, 9), range(10), limit=limit, on_error="skip")
    assert await results == [1, 2, 4, 5, 6, 7, 8]


@every_mapper
@pytest.mark.parametrize("limit", [0, 3])
@pytest.mark.parametrize("ordered", [True, False])
async def test_return_gives_failures_in_place(mapper: Mapper, limit: int, ordered: bool) -> None:
    results = mapper(fail_at(2), range(4), limit=limit, on_error="return", ordered=ordered)
    got = await results
    (failure,) = (result for result in got if isinstance(result, Failure))
    assert (failure.item, failure.index, str(failure.error)) == (2, 2, "bad 2")
    assert sorted(result for result in got if result is not failure) == [0, 1, 3]
    assert not ordered or got[2] is failure


@every_mapper
@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("on_error", ["raise", "skip", "return"])
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
async def test_what_is_no_exception_passes_whatever_the_policy(
    mapper: Mapper, limit: int, on_error: str, kind: type[BaseException], settled: Any
) -> None:
    with anyio.fail_after(5), pytest.raises(kind, match="bad 1"):
        await mapper(fail_at(1, error=kind), range(5), limit=limit, on_error=on_error)
    settled()


@every_mapper
@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("kind", [StopIteration, StopAsyncIteration])
async def test_a_stop_iteration_does_not_end_the_map_as_if_items_had_run_out(
    mapper: Mapper, limit: int, kind: type[Exception]
) -> None:
    with anyio.fail_after(5), pytest.raises(RuntimeError, match="Stop"):
        await mapper(fail_at(1, error=kind), range(5), limit=limit)


@every_mapper
@pytest.mark.parametrize("limit", [0, 1, 3])
@pytest.mark.parametrize("on_error", ["raise", "skip"])
@pytest.mark.parametrize("kind", [OSError, SystemExit])
async def test_an_input_that_raises_ends_the_map(
    mapper: Mapper, limit: int, on_error: str, kind: type[BaseException]
) -> None:
    def items() -> Iterator[int]:
        yield 0
        yield 1
        raise kind("no more")

    async def aitems() -> AsyncIterator[int]:
        for item in items():
            yield item

    for source in items(), aitems():
        seen: list[int] = []

        async def collect(results: Results[int], seen: list[int] = seen) -> None:
            async with results as stream:
                async for result in stream:
                    seen.append(result)

        with anyio.fail_after(5), pytest.raises(kind, match="no more"):
            await collect(mapper(double, source, limit=limit, on_error=on_error))
        assert seen == [0, 2][: len(seen)]


@asyncio_only
@every_mapper
async def test_an_async_input_that_is_cancelled_inside_ends_the_map(mapper: Mapper) -> None:
    async def items() -> AsyncIterator[int]:
        yield 0
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        gone.cancel()
        await gone

    with anyio.fail_after(5), pytest.raises(asyncio.CancelledError):
        await mapper(double, items(), limit=2)


@asyncio_only
async def test_a_call_that_is_cancelled_inside_ends_the_map() -> None:
    async def cancelled(_: int) -> None:
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        gone.cancel()
        await gone

    with anyio.fail_after(5), pytest.raises(asyncio.CancelledError):
        await amap(cancelled, range(3), limit=2, on_error="skip")
    with anyio.fail_after(5), pytest.raises(asyncio.CancelledError):
        await thread_map(double, range(3), prepare=lambda item: partial(cancelled, item))


async def test_a_missing_thread_is_an_error_and_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    from rp_core import _threads

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_threads.pool, "_idle", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    for mapper in thread_map, partial(thread_map, cpu=True), with_prepare:
        with anyio.fail_after(5), pytest.raises(RuntimeError, match="can't start new thread"):
            await mapper(double, range(3), limit=2)
    assert _threads.budget._running == 0
    assert not _threads.budget._waiting


# Progress


@every_mapper
@pytest.mark.parametrize("limit", [0, 3])
async def test_progress_counts_every_item(mapper: Mapper, limit: int) -> None:
    seen: list[Progress] = []
    options: dict[str, Any] = {"limit": limit, "on_error": "skip", "progress": seen.append}
    await mapper(fail_at(1, 4), range(6), **options)
    assert [report.done for report in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[-1][:3] == (6, 2, 6)
    assert all(a.elapsed <= b.elapsed for a, b in itertools.pairwise(seen))
    await mapper(double, iter(range(2)), limit=limit, progress=seen.append)
    assert seen[-1][:3] == (2, 0, None)


@every_mapper
@pytest.mark.parametrize("kind", [ZeroDivisionError, StopIteration, StopAsyncIteration])
async def test_a_progress_callback_that_raises_ends_the_map(
    mapper: Mapper, kind: type[Exception], settled: Callable[[], None]
) -> None:
    def progress(_: Progress) -> None:
        raise kind

    wanted = kind if kind is ZeroDivisionError else RuntimeError
    with pytest.raises(wanted):
        await mapper(double, range(100), limit=2, progress=progress)
    with pytest.raises(wanted):
        async for _ in mapper(double, range(100), limit=2, progress=progress):
            pass
    settled()


@pytest.mark.parametrize("rich", [True, False])
async def test_progress_true_counts_on_stderr(
    rich: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not rich:
        monkeypatch.setitem(__import__("sys").modules, "rich", None)
    await amap(adouble, range(7), progress=True)
    captured = capsys.readouterr()
    assert "7/7" in captured.err
    assert captured.out == ""


# Early exit


@every_mapper
async def test_a_break_starts_no_more_items(mapper: Mapper, settled: Callable[[], None]) -> None:
    began: list[int] = []
    async for _ in mapper(lambda item: began.append(item), itertools.count(), limit=3):
        break
    gc.collect()
    await anyio.sleep(0.01)
    count = len(began)
    await anyio.sleep(0.01)
    assert len(began) == count <= 3 + 3 + 1
    settled()


@every_mapper
async def test_leaving_the_block_waits_for_what_runs_and_leaves_nothing(mapper: Mapper) -> None:
    running = 0
    began, lock = [], threading.Lock()

    def fn(item: int) -> int:
        nonlocal running
        with lock:
            running += 1
            began.append(item)
        time.sleep(0.005)
        with lock:
            running -= 1
        return item

    async with mapper(fn, itertools.count(), limit=3) as stream:
        await anext(stream)
    assert running == 0
    count = len(began)
    await anyio.sleep(0.01)
    assert len(began) == count


@every_mapper
async def test_close_ends_a_bare_stream(mapper: Mapper, settled: Callable[[], None]) -> None:
    stream = aiter(mapper(slow_double, itertools.count(), limit=3))
    assert await anext(stream) == 0
    await stream.close()
    settled()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    await stream.close()


@every_mapper
async def test_a_stream_closed_before_it_began_never_begins(mapper: Mapper) -> None:
    stream = aiter(mapper(double, range(3)))
    await stream.close()
    assert [result async for result in stream] == []


@every_mapper
async def test_leaving_the_block_closes_the_input(mapper: Mapper) -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            yield from itertools.count()
        finally:
            closed.append("sync")

    async def aitems() -> AsyncIterator[int]:
        try:
            for item in itertools.count():
                await anyio.lowlevel.checkpoint()
                yield item
        finally:
            closed.append("async")

    for source in items(), aitems():
        async with mapper(double, source, limit=2) as stream:
            await anext(stream)
    assert closed == ["sync", "async"]


@every_mapper
async def test_the_body_keeps_its_own_error(mapper: Mapper, settled: Callable[[], None]) -> None:
    with pytest.raises(ZeroDivisionError):
        async with mapper(slow_double, itertools.count(), limit=3) as stream:
            async for _ in stream:
                raise ZeroDivisionError
    settled()


@every_thread_mapper
@pytest.mark.parametrize("bare", [True, False])
async def test_a_cancelled_scope_waits_for_running_calls(mapper: Mapper, bare: bool) -> None:
    began, ended = threading.Semaphore(0), []

    def fn(item: int) -> None:
        began.release()
        time.sleep(0.05)
        ended.append(item)

    async def consume() -> None:
        if bare:
            async for _ in mapper(fn, range(1, 100), limit=2):
                pass
        else:
            await mapper(fn, range(1, 100), limit=2)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(consume)
        while not began.acquire(blocking=False):
            await anyio.sleep(0.001)
        await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    count = len(ended)
    assert 1 <= count <= 2
    await anyio.sleep(0.06)
    assert len(ended) == count


@pytest.mark.parametrize("bare", [True, False])
async def test_a_cancelled_scope_cancels_coroutines(bare: bool) -> None:
    ended: list[int] = []

    async def fn(item: int) -> None:
        if item == 2:
            scope.cancel()
        try:
            await anyio.sleep(10)
        finally:
            ended.append(item)

    with anyio.CancelScope() as scope:
        if bare:
            async for _ in amap(fn, range(9), limit=3):
                pass
        else:
            await amap(fn, range(9), limit=3)
    assert scope.cancelled_caught
    assert sorted(ended) == [0, 1, 2]


async def test_a_result_is_not_lost_to_a_timeout_on_waiting_for_it() -> None:
    gate = threading.Event()
    async with thread_map(lambda item: item if gate.wait(10) else None, range(3)) as stream:
        with anyio.move_on_after(0.01):
            await anext(stream)
        gate.set()
        assert [result async for result in stream] == [0, 1, 2]


@asyncio_only
@every_thread_mapper
@pytest.mark.parametrize("bare", [True, False])
async def test_native_cancel_returns_at_once_and_nothing_lands_later(
    mapper: Mapper, bare: bool, tmp_path: Path, settled: Callable[[], None]
) -> None:
    gate, began = threading.Event(), threading.Event()

    def save(item: int) -> None:
        with atomic_write(tmp_path / str(item)) as file:
            began.set()
            file.write(b"late")
            gate.wait(10)

    async def consume() -> None:
        if bare:
            async for _ in mapper(save, range(9), limit=2):
                pass
        else:
            await mapper(save, range(9), limit=2)

    task = asyncio.get_running_loop().create_task(consume())
    while not began.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
    with anyio.fail_after(5), pytest.raises(asyncio.CancelledError):
        await task
    assert not gate.is_set()
    gate.set()
    settled()
    assert list(tmp_path.iterdir()) == []


@every_thread_mapper
async def test_after_a_bare_break_nothing_lands_later(
    mapper: Mapper, tmp_path: Path, settled: Callable[[], None]
) -> None:
    gate, began = threading.Event(), threading.Event()

    def save(item: int) -> None:
        if item == 0:
            began.wait(10)
            return
        with atomic_write(tmp_path / str(item)) as file:
            began.set()
            file.write(b"late")
            gate.wait(10)

    async for _ in mapper(save, range(9), limit=2):
        break
    gc.collect()
    gate.set()
    settled()
    assert list(tmp_path.iterdir()) == []


# Context variables


@every_mapper
async def test_workers_see_the_callers_context_and_not_each_others(mapper: Mapper) -> None:
    color.set("red")
    seen = set()

    def fn(item: int) -> None:
        seen.add(color.get())
        if mapper is not amap_plain:
            color.set(f"item {item}")

    await mapper(fn, range(20), limit=3)
    assert seen == {"red"}
    assert color.get() == "red"
    if mapper is not amap_plain:
        await mapper(fn, range(3), limit=0)
        assert seen == {"red"}
        assert color.get() == "red"


# prepare


async def test_what_prepare_awaits_takes_the_place_of_the_item() -> None:
    loop_thread = threading.current_thread()
    on_loop = []

    def prepare(item: int) -> Any:
        async def fetch() -> str:
            on_loop.append(threading.current_thread())
            await anyio.sleep(0.001)
            return f"fetched {item}"

        return fetch if item % 2 else None

    for limit in 0, 2:
        results = await thread_map(str, range(4), limit=limit, prepare=prepare)
        assert results == ["0", "fetched 1", "2", "fetched 3"]
    assert set(on_loop) == {loop_thread}


@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("where", ["before", "await"])
@pytest.mark.parametrize("kind", [ValueError, SystemExit])
async def test_errors_of_prepare_follow_the_policy(
    limit: int, where: str, kind: type[BaseException]
) -> None:
    def prepare(item: int) -> Any:
        async def fetch() -> int:
            await anyio.lowlevel.checkpoint()
            raise kind("no fetch")

        if item != 1:
            return None
        if where == "before":
            raise kind("no fetch")
        return fetch

    options: dict[str, Any] = {"limit": limit, "prepare": prepare}
    with anyio.fail_after(5), pytest.raises(kind, match="no fetch") as caught:
        await thread_map(double, range(4), **options)
    if kind is ValueError:
        assert caught.value.__notes__ == ["item 1: 1"]
        assert await thread_map(double, range(4), on_error="skip", **options) == [0, 4, 6]
        got = await thread_map(double, range(4), on_error="return", **options)
        assert isinstance(got[1], Failure)


async def test_at_most_32_items_are_prepared_at_once() -> None:
    running, most = 0, 0

    def prepare(item: int) -> Any:
        async def fetch() -> int:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await anyio.sleep(0.002)
            running -= 1
            return item

        return fetch

    await thread_map(double, range(200), limit=2, buffer=100, prepare=prepare)
    assert most == 32


async def test_an_item_prepared_after_the_end_is_not_begun() -> None:
    began: list[int] = []

    def prepare(item: int) -> Any:
        async def fetch() -> int:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.02)
            return item

        return fetch if item else None

    async with thread_map(began.append, range(5), limit=4, prepare=prepare) as stream:
        await anext(stream)
    await anyio.sleep(0.01)
    assert began == [0]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(
    "mapper", ["amap(afn, range(1000), limit=2)", "thread_map(fn, range(1000), limit=2)"]
)
def test_ctrl_c_ends_a_map(backend: str, mapper: str) -> None:
    script = f"""
import time, anyio
from rp_core import amap, thread_map
began = []
def fn(item):
    began.append(item)
    print("go", flush=True) if item == 1 else None
    time.sleep(0.1)
async def afn(item):
    began.append(item)
    print("go", flush=True) if item == 1 else None
    await anyio.sleep(0.1)
async def main():
    await {mapper}
try:
    anyio.run(main, backend="{backend}")
except KeyboardInterrupt:
    count = len(began)
    time.sleep(0.2)
    print("interrupted", len(began) - count)
"""
    assert interrupt(script) == ("interrupted 0\n", "", 0)


@every_mapper
async def test_a_sequence_without_iter_is_an_input(mapper: Mapper) -> None:
    class Numbers:
        def __getitem__(self, index: int) -> int:
            if index == 3:
                raise IndexError
            return index

    assert await mapper(double, Numbers()) == [0, 2, 4]
