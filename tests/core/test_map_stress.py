"""Random maps under fast thread switches: right results, no hang, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import Failure, amap, thread_map
from rp_core.sync import thread_map as sync_thread_map

SEEDS = range(1000)
SWEPT = range(12)
PATIENCE = 30


on_asyncio = pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)
# It starts its threads as they are needed: named like the idle workers that may outlive a test.
EXECUTOR = ThreadPoolExecutor(4, thread_name_prefix="rp-worker")
list(EXECUTOR.map(time.sleep, [0.01] * 4))  # its threads are not those of a test


@pytest.fixture(autouse=True)
def fast_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(autouse=True)
def nothing_left_behind(settled: Callable[[], None]) -> Iterator[None]:
    yield
    gc.collect()
    settled()


class Case:
    """One random map: its input, options, errors, and what must come out of it."""

    def __init__(self, seed: int, *, cancelled: bool = False) -> None:
        pick = random.Random(seed)
        self.pick = pick
        self.count = pick.choice([0, 1, 2, 5, 30, 100])
        self.limit = pick.choice([0, 1, 2, 3, 8])
        self.ordered = pick.random() < 0.5
        self.on_error = "skip" if cancelled else pick.choice(["raise", "skip", "return"])
        rate = pick.choice([0, 0, 0.02, 0.3])
        self.bad = {item for item in range(self.count) if pick.random() < rate}
        self.input_error = pick.random() < 0.1
        self.stop_after = pick.randrange(self.count + 1) if pick.random() < 0.4 else None
        self.cpu = pick.random() < 0.5
        self.sleep = pick.choice([0, 0, 0.0001, 0.001])
        self.options: dict[str, Any] = {
            "limit": self.limit,
            "buffer": pick.choice([None, 0, 1, 5]),
            "ordered": self.ordered,
            "on_error": self.on_error,
        }

    def fn(self, item: int) -> int:
        if self.sleep and item % 3 == 0:
            time.sleep(self.sleep)
        if item in self.bad:
            raise ValueError(item)
        return item * 2

    async def afn(self, item: int) -> int:
        if item % 3 == 0:
            await anyio.sleep(self.sleep)
        if item in self.bad:
            raise ValueError(item)
        return item * 2

    def items(self) -> Iterator[int]:
        yield from range(self.count)
        if self.input_error:
            raise OSError("input")

    async def aitems(self) -> AsyncIterator[int]:
        for item in self.items():
            if item % 4 == 0:
                await anyio.lowlevel.checkpoint()
            yield item

    def prepare(self, item: int) -> Any:
        async def same() -> int:
            await anyio.lowlevel.checkpoint()
            return item

        return same if item % 3 else None

    def results(self) -> Any:
        items: Any = self.pick.choice([self.items, self.aitems])()
        match self.pick.randrange(5):
            case 0:
                return amap(self.afn, items, **self.options)
            case 1:
                return amap(self.afn, items, timeout=60, max_per_second=1e5, **self.options)
            case 2:
                return thread_map(self.fn, items, cpu=self.cpu, **self.options)
            case 3:
                return thread_map(self.fn, items, **self.on_executor(), **self.options)
            case _:
                return thread_map(
                    self.fn, items, cpu=self.cpu, prepare=self.prepare, **self.options
                )

    def on_executor(self) -> dict[str, Any]:
        return {"executor": EXECUTOR, "chunk": self.pick.choice([1, 1, 2, 7])}

    def check(self, got: list[Any], error: BaseException | None) -> None:
        good = [self.show(item) for item in range(self.count)]
        wanted = [result for result in good if result is not None]
        if self.on_error == "raise" and self.bad:
            wanted = wanted if not self.ordered else wanted[: wanted.index(f"bad {min(self.bad)}")]
        shown = [f"bad {r.item}" if isinstance(r, Failure) else str(r) for r in got]
        if self.stop_after is not None and len(shown) >= self.stop_after:
            assert len(shown) <= max(self.stop_after, 1)
        elif error is None:
            assert not self.input_error
            assert not (self.bad and self.on_error == "raise")
            assert len(shown) == len(wanted)
        else:
            assert isinstance(error, (OSError, ValueError))
            assert isinstance(error, ValueError) or self.input_error
            assert isinstance(error, OSError) or self.on_error == "raise"
        if self.ordered:
            assert shown == wanted[: len(shown)]
        else:
            assert len(set(shown)) == len(shown)
            assert set(shown) <= set(wanted)

    def show(self, item: int) -> str | None:
        if item not in self.bad:
            return str(item * 2)
        return None if self.on_error == "skip" else f"bad {item}"


class Suspending:
    """Awaits a coroutine, and does something when it suspends for the n-th time."""

    def __init__(self, run: Coroutine[Any, Any, Any], count: int, then: Callable[[], Any]) -> None:
        self.run = run
        self.count = count
        self.then = then

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self.run.__await__()
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited_for = steps.throw(error) if error else steps.send(value)
            except StopIteration as stop:
                return stop.value
            self.count -= 1
            if self.count == 0:
                self.then()
            try:
                value, error = (yield waited_for), None
            except BaseException as thrown:
                error = thrown


async def run(case: Case) -> tuple[list[Any], BaseException | None]:
    got: list[Any] = []
    try:
        if case.stop_after is None and case.pick.random() < 0.3:
            got.extend(await case.results())
        elif case.limit == 0 or case.pick.random() < 0.5:  # inline, no task closes an async input
            async with case.results() as stream:
                async for result in stream:
                    got.append(result)
                    if case.stop_after is not None and len(got) >= case.stop_after:
                        break
        else:
            async for result in case.results():
                got.append(result)
                if case.stop_after is not None and len(got) >= case.stop_after:
                    break
    except Exception as error:
        return got, error
    return got, None


async def test_random_maps_on_a_loop() -> None:
    for seed in SEEDS:
        case = Case(seed)
        with anyio.fail_after(PATIENCE):
            got, error = await run(case)
        case.check(got, error)


def test_random_maps_on_threads() -> None:
    for seed in SEEDS:
        case = Case(seed)
        got: list[Any] = []
        error: BaseException | None = None
        how = case.on_executor() if seed % 3 == 0 else {"cpu": case.cpu}
        try:
            with sync_thread_map(case.fn, case.items(), **how, **case.options) as stream:
                for result in stream:
                    got.append(result)
                    if case.stop_after is not None and len(got) >= case.stop_after:
                        break
        except (OSError, ValueError) as caught:
            error = caught
        case.check(got, error)


async def test_many_random_maps_at_once() -> None:
    async def one(seed: int) -> None:
        case = Case(seed)
        got, error = await run(case)
        case.check(got, error)

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            for seed in range(1000, 1040):
                tasks.start_soon(one, seed)


async def test_a_scope_cancelled_at_any_time_leaves_nothing(settled: Callable[[], None]) -> None:
    for seed in SEEDS:
        case = Case(seed, cancelled=True)
        case.input_error = False
        with anyio.fail_after(PATIENCE), anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run, case)
                for _ in range(case.pick.randrange(12)):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        assert not scope.cancelled_caught
    settled()


async def test_a_scope_cancelled_at_each_suspension_of_the_consumer_leaves_nothing(
    settled: Callable[[], None],
) -> None:
    for seed in SWEPT:
        for suspension in count(1):
            case = Case(seed, cancelled=True)
            case.input_error = False
            with anyio.fail_after(PATIENCE), anyio.CancelScope() as scope:
                await Suspending(run(case), suspension, scope.cancel)
            settled()
            if not scope.cancel_called:
                break


@on_asyncio
async def test_a_native_cancel_at_each_suspension_of_the_consumer_leaves_nothing(
    settled: Callable[[], None],
) -> None:
    before = asyncio.all_tasks()
    for seed in SWEPT:
        for suspension in count(1):
            case = Case(seed, cancelled=True)
            case.input_error = False
            cancelled: list[bool] = []

            async def cancelled_there(case: Case, suspension: int, cancelled: list[bool]) -> None:
                task = asyncio.current_task()
                assert task
                await Suspending(run(case), suspension, lambda: cancelled.append(task.cancel()))

            with anyio.fail_after(PATIENCE):
                task = asyncio.ensure_future(cancelled_there(case, suspension, cancelled))
                await asyncio.wait([task])
                gc.collect()
                while asyncio.all_tasks() - before:
                    await asyncio.sleep(0)
            settled()
            if not cancelled:
                break


@on_asyncio
async def test_a_native_cancel_at_any_suspension_leaves_nothing(
    settled: Callable[[], None],
) -> None:
    before = asyncio.all_tasks()
    for seed in SEEDS:
        case = Case(seed, cancelled=True)
        case.input_error = False
        with anyio.fail_after(PATIENCE):
            task = asyncio.ensure_future(run(case))
            for _ in range(case.pick.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
    gc.collect()
    with anyio.fail_after(PATIENCE):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.001)
    settled()
