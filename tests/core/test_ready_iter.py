"""What an iterator has ready is produced on the loop, without a hop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from rp_core import threaded_iter


class Numbers:
    """Numbers, of which every third needs waiting for."""

    def __init__(self, end: int, fails_at: int | None = None) -> None:
        self._end = end
        self._fails_at = fails_at
        self.number = 0
        self.made_by: list[int] = []
        self.closed = 0

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        if self.number == self._fails_at:
            raise KeyError(self.number)
        if self.number == self._end:
            raise StopIteration
        self.made_by.append(threading.get_ident())
        self.number += 1
        return self.number - 1

    def is_ready(self) -> bool:
        return self.number % 3 != 0

    def close(self) -> None:
        self.closed += 1


def derived(numbers: Numbers) -> Any:
    return threaded_iter(lambda: numbers, module="demo")()


async def test_what_is_ready_is_made_here() -> None:
    numbers = Numbers(8)

    assert [number async for number in derived(numbers)] == list(range(8))
    here = [made_by == threading.get_ident() for made_by in numbers.made_by]
    assert here == [number % 3 != 0 for number in range(8)]
    assert numbers.closed == 1


async def test_its_errors_are_raised_as_they_are() -> None:
    for fails_at in (2, 3):
        numbers = Numbers(8, fails_at)
        with pytest.raises(KeyError):
            async for _ in derived(numbers):
                pass
        assert numbers.closed == 1


async def test_others_run_meanwhile_and_cancelling_ends_it() -> None:
    numbers = Numbers(10**9)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await anyio.sleep(0)  # noqa: ASYNC115 - what anything else does
            ticks += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        with anyio.move_on_after(0.1) as scope:
            async with aclosing(derived(numbers)) as found:
                async for _ in found:
                    pass
        tasks.cancel_scope.cancel()
    assert scope.cancelled_caught
    assert numbers.closed == 1
    assert ticks > 10
