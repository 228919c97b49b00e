"""The map of plain code."""

from __future__ import annotations

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

import pytest

from rp_core import Failure, Progress, atomic_write
from rp_core.sync import thread_map
from support.programs import interrupt

color: ContextVar[str] = ContextVar("color", default="none")
every_limit = pytest.mark.parametrize("limit", [0, 1, 4])
both_crews = pytest.mark.parametrize("cpu", [False, True])


def double(item: int) -> int:
    return item * 2


def fail_at(bad: int, kind: type[BaseException] = ValueError) -> Callable[[int], int]:
    def fn(item: int) -> int:
        if item == bad:
            raise kind(f"bad {item}")
        return item

    return fn


@every_limit
@both_crews
@pytest.mark.parametrize("ordered", [True, False])
def test_results_are_those_of_a_plain_map(limit: int, cpu: bool, ordered: bool) -> None:
    results = list(thread_map(double, range(100), limit=limit, cpu=cpu, ordered=ordered))
    assert (results if ordered else sorted(results)) == [item * 2 for item in range(100)]


@both_crews
@pytest.mark.parametrize("buffer", [0, 3])
def test_the_window_bounds_an_endless_input(cpu: bool, buffer: int) -> None:
    issued = consumed = most = 0

    def endless() -> Iterator[int]:
        nonlocal issued, most
        for item in itertools.count():
            issued += 1
            most = max(most, issued - consumed)
            yield item

    with thread_map(double, endless(), limit=3, buffer=buffer, cpu=cpu) as stream:
        for _ in stream:
            consumed += 1
            if consumed == 100:
                break
    assert most <= 3 + buffer + 1


def test_all_threads_are_used() -> None:
    barrier = threading.Barrier(4, timeout=10)
    assert len(list(thread_map(lambda _: barrier.wait(), range(8), limit=4))) == 8


@every_limit
def test_the_first_error_is_raised_bare_with_a_note(
    limit: int, settled: Callable[[], None]
) -> None:
    with pytest.raises(ValueError, match="bad 3") as caught:
        list(thread_map(fail_at(3), itertools.count(), limit=limit))
    assert caught.value.__notes__ == ["item 3: 3"]
    settled()


@every_limit
def test_failures_are_skipped_or_returned(limit: int) -> None:
    assert list(thread_map(fail_at(1), range(3), limit=limit, on_error="skip")) == [0, 2]
    got = list(thread_map(fail_at(1), range(3), limit=limit, on_error="return"))
    assert isinstance(got[1], Failure)
    assert (got[0], got[1].item, got[1].index, got[2]) == (0, 1, 1, 2)


@every_limit
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_passes_whatever_the_policy(
    limit: int, kind: type[BaseException]
) -> None:
    with pytest.raises(kind):
        list(thread_map(fail_at(1, kind), range(3), limit=limit, on_error="skip"))


@every_limit
def test_a_stop_iteration_does_not_end_the_map_as_if_items_had_run_out(limit: int) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(thread_map(fail_at(1, StopIteration), range(3), limit=limit))

    def progress(_: Progress) -> None:
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        list(thread_map(double, range(3), limit=limit, progress=progress))


@every_limit
@pytest.mark.parametrize("kind", [OSError, SystemExit])
def test_an_input_that_raises_ends_the_map(limit: int, kind: type[BaseException]) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise kind("no more")

    with pytest.raises(kind, match="no more"):
        list(thread_map(double, items(), limit=limit))


def test_bad_arguments_raise_at_the_call() -> None:
    async def coroutine(item: int) -> int:
        return item

    async def items() -> AsyncIterator[int]:
        yield 1

    for fn, source, options in (
        (coroutine, [1], {}),
        (double, items(), {}),
        (3, [1], {}),
        (double, 3, {}),
        (double, [1], {"limit": -1}),
        (double, [1], {"on_error": "?"}),
        (double, [1], {"progress": 1}),
    ):
        with pytest.raises((TypeError, ValueError), match="thread_map"):
            thread_map(fn, source, **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="amap"):
        list(thread_map(partial(partial(coroutine)), [1]))


def test_a_stream_never_begun_warns_when_dropped() -> None:
    with pytest.warns(RuntimeWarning, match="never iterated"):
        thread_map(double, [1])
    thread_map(double, [1]).close()


@both_crews
def test_leaving_the_block_waits_and_closes_the_input(
    cpu: bool, settled: Callable[[], None]
) -> None:
    closed, running = [], []

    def items() -> Iterator[int]:
        try:
            yield from itertools.count()
        finally:
            closed.append(True)

    def fn(item: int) -> None:
        running.append(item)
        time.sleep(0.005)
        running.remove(item)

    with thread_map(fn, items(), limit=3, cpu=cpu) as stream:
        next(stream)
    assert (closed, running) == ([True], [])
    settled()


def test_a_closed_stream_gives_nothing_that_was_ready() -> None:
    stream = thread_map(abs, range(100), limit=8, buffer=50)
    assert next(stream) == 0
    time.sleep(0.01)
    assert next(stream) == 1
    stream.close()
    assert list(stream) == []


def test_after_a_break_nothing_begins_and_nothing_lands(
    tmp_path: Path, settled: Callable[[], None]
) -> None:
    gate, saving, began = threading.Event(), threading.Event(), []

    def save(item: int) -> None:
        began.append(item)
        if item == 0:
            saving.wait(10)
            return
        with atomic_write(tmp_path / str(item)) as file:
            saving.set()
            file.write(b"late")
            gate.wait(10)

    for _ in thread_map(save, range(100), limit=2):
        break
    gc.collect()
    gate.set()
    settled()
    assert list(tmp_path.iterdir()) == []
    assert len(began) <= 4


def test_workers_see_the_callers_context_and_not_each_others() -> None:
    color.set("red")
    seen = set()

    def fn(item: int) -> None:
        seen.add(color.get())
        color.set(str(item))

    for limit in 0, 3:
        list(thread_map(fn, range(9), limit=limit))
    assert (seen, color.get()) == ({"red"}, "red")


def test_progress_counts_every_item() -> None:
    seen: list[Progress] = []
    list(thread_map(fail_at(1), range(4), on_error="skip", progress=seen.append))
    assert [report[:3] for report in seen] == [(1, 0, 4), (2, 1, 4), (3, 1, 4), (4, 1, 4)]


def test_maps_nested_in_a_full_budget_go_on(cpu_limit: Callable[[int | None], None]) -> None:
    cpu_limit(1)

    def inner(item: int) -> int:
        return sum(thread_map(double, range(item), cpu=True))

    def outer(item: int) -> int:
        return sum(thread_map(inner, range(item), limit=4, cpu=True))

    assert list(thread_map(outer, range(6), limit=4, cpu=True)) == [
        sum(sum(j * 2 for j in range(i)) for i in range(item)) for item in range(6)
    ]


def test_a_thread_that_cannot_start_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    from rp_core._threads import budget, pool

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pool, "_idle", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    for cpu in False, True:
        with pytest.raises(RuntimeError, match="can't start new thread"):
            list(thread_map(double, range(3), limit=2, cpu=cpu))
    assert (budget._running, len(budget._waiting)) == (0, 0)


@pytest.mark.parametrize("cpu", ["True", "False"])
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_ends_a_map(cpu: str) -> None:
    script = f"""
import time
from rp_core.sync import thread_map
began = []
def fn(item):
    began.append(item)
    print("go", flush=True) if item == 1 else None
    time.sleep(0.3)
try:
    for _ in thread_map(fn, range(1000), limit=2, cpu={cpu}):
        pass
except KeyboardInterrupt:
    count = len(began)
    time.sleep(0.4)
    print("interrupted", len(began) - count)
"""
    assert interrupt(script) == ("interrupted 0\n", "", 0)


def wait_here(_: Any) -> None:
    time.sleep(0.01)


def test_an_exhausted_stream_stays_exhausted() -> None:
    stream = thread_map(wait_here, range(2))
    assert list(stream) == [None, None]
    assert list(stream) == []
    with pytest.raises(RuntimeError, match="once"), stream:
        pass
