"""A blocking generator takes from an async iterable, which its caller's loop advances."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import threaded_iter


def pairs(items: Iterable[int]) -> Iterator[tuple[int, ...]]:
    held: list[int] = []
    for item in items:
        held.append(item)
        if len(held) == 2:
            yield tuple(held)
            held = []
    if held:
        yield tuple(held)


paired: Any = threaded_iter(pairs, module="demo", takes_async=True)


def watched() -> tuple[Any, threading.Event]:
    """Return a face that passes items on, and what says that its generator has ended."""
    ended = threading.Event()

    def passed_on(items: Iterable[int]) -> Iterator[int]:
        try:
            yield from items
        finally:
            ended.set()

    return threaded_iter(passed_on, module="demo", takes_async=True), ended


async def count_to(end: int, state: dict[str, int]) -> AsyncIterator[int]:
    try:
        for number in range(end):
            state["made"] = state.get("made", 0) + 1
            await anyio.lowlevel.checkpoint()
            yield number
    finally:
        state["closed"] = state.get("closed", 0) + 1


async def test_items_cross_both_ways() -> None:
    state: dict[str, int] = {}

    assert [pair async for pair in paired(count_to(5, state))] == [(0, 1), (2, 3), (4,)]
    assert [pair async for pair in paired(range(3))] == [(0, 1), (2,)]
    assert [pair async for pair in paired(items=count_to(0, {}))] == []
    assert state["closed"] == 1


async def test_nothing_is_taken_before_it_is_asked_for() -> None:
    state: dict[str, int] = {}

    async with aclosing(paired(count_to(100, state))) as found:
        async for _ in found:
            assert state["made"] == 2
            break
    assert state["closed"] == 1


async def test_an_error_of_the_iterable_is_raised_as_it_is() -> None:
    async def failing() -> AsyncIterator[int]:
        for number in (1, 2, 3):
            yield number
        raise KeyError(3)

    found: list[tuple[int, ...]] = []
    with pytest.raises(KeyError):
        async for pair in paired(failing()):
            found.append(pair)
    assert found == [(1, 2)]


@pytest.mark.parametrize("after", [0, 1, 2, 3])
async def test_cancelling_ends_the_generator_wherever_it_waits(after: int) -> None:
    derived, ended = watched()

    async def stuck() -> AsyncIterator[int]:
        for number in range(after):
            yield number
        await anyio.sleep(60)

    with anyio.move_on_after(0.05) as scope:
        async with aclosing(derived(stuck())) as found:
            async for _ in found:
                pass
    assert scope.cancelled_caught
    assert ended.is_set()


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_task_that_is_cancelled_ends_it_too(anyio_backend: object) -> None:
    derived, ended = watched()

    async def stuck() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(60)

    async def read() -> None:
        async with aclosing(derived(stuck())) as found:
            async for _ in found:
                pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 5)
