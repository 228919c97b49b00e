"""Blocking iterators that run ahead of a loop; async iterables that blocking code takes from."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import rp_core
from rp_core import check_wanted, threaded, threaded_iter, when_abandoned


class Source:
    """A generator function that notes what it does."""

    def __init__(self, pause: float = 0.0, fails_at: int | None = None) -> None:
        self.made = 0
        self.closed = 0
        self._pause = pause
        self._fails_at = fails_at

    def __call__(self, count: int, *, buffer: int = 3) -> Iterator[int]:
        try:
            for number in range(count):
                if number == self._fails_at:
                    raise KeyError(number)
                time.sleep(self._pause)
                self.made += 1
                yield number
        finally:
            self.closed += 1


def derived(source: Source) -> Callable[..., Any]:
    def numbers(count: int, *, buffer: int = 3) -> Iterator[int]:
        return source(count, buffer=buffer)

    return threaded_iter(numbers, ahead=lambda count, *, buffer=3: buffer)


@pytest.mark.parametrize("buffer", [0, 1, 2, 3, 10, 1000])
async def test_items_come_in_order_and_the_iterator_is_closed(buffer: int) -> None:
    source = Source()

    assert [n async for n in derived(source)(500, buffer=buffer)] == list(range(500))
    assert source.closed == 1


@pytest.mark.parametrize("buffer", [1, 4])
async def test_no_more_wait_than_the_buffer(buffer: int) -> None:
    source = Source()
    async with aclosing(derived(source)(100, buffer=buffer)) as numbers:
        async for number in numbers:
            await anyio.sleep(0.005)
            assert number + 1 <= source.made <= number + 1 + buffer
            if number == 20:
                break
    made = source.made
    await anyio.sleep(0.02)
    assert source.made == made
    assert source.closed == 1


async def test_a_slow_consumer_holds_no_thread() -> None:
    rp_core.set_cpu_limit(1)
    try:
        async with aclosing(derived(Source())(100)) as numbers:
            assert await anext(numbers) == 0
            await anyio.sleep(0.05)
            assert await threaded(lambda: 7)() == 7
    finally:
        rp_core.set_cpu_limit(None)


async def test_an_error_comes_after_the_items_before_it() -> None:
    seen = []
    with pytest.raises(KeyError):
        async for number in derived(Source(fails_at=5))(10):
            seen.append(number)
    assert seen == [0, 1, 2, 3, 4]


async def test_cancelling_waits_for_the_item_and_closes() -> None:
    source = Source(pause=0.05)
    with anyio.move_on_after(0.12) as scope:
        async for _ in derived(source)(100):
            pass
    assert scope.cancelled_caught
    made = source.made
    await anyio.sleep(0.12)
    assert (source.made, source.closed) == (made, 1)


async def numbers_of(count: int, *, fails_at: int | None = None) -> AsyncIterator[int]:
    for number in range(count):
        await anyio.lowlevel.checkpoint()
        if number == fails_at:
            raise KeyError(number)
        yield number


def total(items: Iterable[int], *, most: int = 10**9) -> int:
    result = 0
    for item in items:
        result += item
        if result > most:
            raise OverflowError(result)
    return result


summed: Any = threaded(total, takes_async=True)


async def test_blocking_code_takes_from_an_async_iterable() -> None:
    assert await summed(numbers_of(300)) == sum(range(300))
    assert await summed(range(300)) == sum(range(300))
    assert await summed(items=numbers_of(4)) == 6


async def test_its_errors_are_raised_as_they_are() -> None:
    with pytest.raises(KeyError):
        await summed(numbers_of(10, fails_at=3))
    with pytest.raises(OverflowError):
        await summed(numbers_of(10), most=3)


async def test_the_iterable_is_closed_and_never_ahead() -> None:
    state = {"made": 0, "taken": 0, "closed": 0}

    async def numbers() -> AsyncIterator[int]:
        try:
            while True:
                state["made"] += 1
                assert state["made"] <= state["taken"] + 1
                yield 1
        finally:
            state["closed"] += 1

    def take(items: Iterable[int]) -> None:
        for item in items:
            state["taken"] += item
            if state["taken"] == 50:
                return

    taking: Any = threaded(take, takes_async=True)
    await taking(numbers())

    assert state["closed"] == 1


async def test_cancelling_ends_blocking_code_that_waits_for_an_item() -> None:
    ended = threading.Event()

    def wait(items: Iterable[int]) -> None:
        try:
            list(items)
        finally:
            ended.set()

    async def stuck() -> AsyncIterator[int]:
        yield 1
        await anyio.sleep(60)

    with anyio.move_on_after(0.05):
        waiting: Any = threaded(wait, takes_async=True)
        await waiting(stuck())
    assert ended.is_set()


async def test_blocking_code_that_waits_lends_its_slot() -> None:
    rp_core.set_cpu_limit(1)
    try:
        async with aclosing(derived(Source())(30)) as numbers:
            assert await summed(numbers) == sum(range(30))
    finally:
        rp_core.set_cpu_limit(None)


async def test_long_work_sees_that_it_was_given_up() -> None:
    ended = threading.Event()

    def work() -> None:
        try:
            while True:
                check_wanted()
                time.sleep(0.001)
        finally:
            ended.set()

    with anyio.move_on_after(0.05):
        await threaded(work)()
    assert ended.is_set()


async def test_what_work_waits_for_is_ended_with_it() -> None:
    door = threading.Event()

    def work() -> bool:
        with when_abandoned(door.set):
            return door.wait(30)

    began = time.monotonic()
    with anyio.move_on_after(0.05):
        await threaded(work)()
    assert door.is_set()
    assert time.monotonic() - began < 10


def test_work_that_nobody_can_give_up_goes_on() -> None:
    calls: list[int] = []
    with when_abandoned(lambda: calls.append(1)):
        check_wanted()
    assert calls == []


async def test_many_at_once_never_stall() -> None:
    async def drained() -> int:
        count = 0
        async for _ in derived(Source())(400, buffer=1):
            count += 1
        return count

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            counts: list[int] = []

            async def count() -> None:
                counts.append(await drained())

            for _ in range(12):
                tasks.start_soon(count)
    assert counts == [400] * 12
