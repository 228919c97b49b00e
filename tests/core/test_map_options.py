"""What may be put around the calls of `amap`: a pace, a time limit; and the wrong functions."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import AsyncIterator
from functools import partial
from itertools import count, pairwise
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import Failure, amap, thread_map
from rp_core.sync import thread_map as sync_thread_map

pytestmark = pytest.mark.usefixtures("anyio_backend")
TIMER = 3e-3  # what a timer may be late, and a little


async def double(item: int) -> int:
    await anyio.lowlevel.checkpoint()
    return item * 2


async def hang(item: int) -> int:
    if item % 2:
        await anyio.sleep_forever()
    return item


@pytest.mark.parametrize("limit", [0, 1, 8])
async def test_calls_begin_no_closer_than_the_rate_says(limit: int) -> None:
    begun: list[float] = []

    async def record(item: int) -> int:
        begun.append(time.monotonic())
        return item

    assert await amap(record, range(12), limit=limit, max_per_second=100) == list(range(12))
    assert all(later - earlier >= 1 / 100 - TIMER for earlier, later in pairwise(begun))


async def test_slow_calls_do_not_slow_the_pace() -> None:
    running = most = 0

    async def slow(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.1)
        running -= 1
        return item

    await amap(slow, range(30), limit=8, max_per_second=500)
    assert most == 8


async def test_a_slow_pace_does_not_delay_the_end() -> None:
    with anyio.fail_after(20):
        assert await amap(double, [1], max_per_second=0.001) == [2]
        async with amap(double, count(), max_per_second=0.001) as results:
            async for result in results:
                assert result == 0
                break


@pytest.mark.parametrize("limit", [0, 3])
async def test_an_item_that_takes_too_long_is_a_timeout_error(limit: int) -> None:
    with pytest.raises(TimeoutError, match=r"no result within 0\.02 s") as caught:
        await amap(hang, range(3), limit=limit, timeout=0.02)
    assert "item 1: 1" in caught.value.__notes__

    skipped = await amap(hang, range(6), limit=limit, timeout=0.02, on_error="skip")
    assert skipped == [0, 2, 4]
    kept = await amap(hang, range(2), limit=limit, timeout=0.02, on_error="return")
    assert isinstance(kept[1], Failure)
    assert isinstance(kept[1].error, TimeoutError)


async def test_waiting_for_the_pace_is_not_part_of_the_timeout() -> None:
    assert await amap(double, range(5), max_per_second=20, timeout=0.04) == [0, 2, 4, 6, 8]


async def test_a_time_limit_does_not_hide_the_cancellation_of_the_map() -> None:
    with anyio.move_on_after(0.02) as scope:
        await amap(hang, [1, 3, 5], timeout=30)
    assert scope.cancelled_caught


@pytest.mark.parametrize("name", ["timeout", "max_per_second"])
async def test_a_time_that_is_none_is_refused_at_the_call(name: str) -> None:
    run: Any = amap
    for wrong in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match=f"{name} must be above 0"):
            run(double, [1], **{name: wrong})
    for kind in ("1", True, [1]):
        with pytest.raises(TypeError, match=f"{name} must be a number"):
            run(double, [1], **{name: kind})


@pytest.mark.parametrize("limit", [0, 4])
@pytest.mark.parametrize("on_error", ["raise", "skip", "return"])
async def test_a_function_that_returns_no_awaitable_ends_the_map_whatever_the_policy(
    limit: int, on_error: str
) -> None:
    run: Any = amap
    with pytest.raises(TypeError, match=r"returned no awaitable but int; .* use thread_map"):
        await run(abs, range(5), limit=limit, on_error=on_error)


@pytest.mark.parametrize("limit", [0, 4])
@pytest.mark.parametrize("on_error", ["raise", "skip", "return"])
async def test_a_blocking_map_refuses_coroutines_whatever_the_policy(
    limit: int, on_error: str
) -> None:
    def forgot(item: int) -> object:
        return double(item)

    run: Any = thread_map
    with pytest.raises(TypeError, match="use amap, not thread_map"):
        await run(forgot, range(5), limit=limit, on_error=on_error)
    run = sync_thread_map
    with pytest.raises(TypeError, match="use amap, not thread_map"):
        list(run(forgot, range(5), limit=limit, on_error=on_error))
    gc.collect()


async def test_anything_that_gives_an_awaitable_will_do() -> None:
    class Doubler:
        async def __call__(self, item: int) -> int:
            return item * 2

    class Later:
        def __init__(self, item: int) -> None:
            self.item = item

        def __await__(self) -> Any:
            yield from anyio.lowlevel.checkpoint().__await__()
            return self.item * 2

    for fn in (Doubler(), Later, partial(double), lambda item: double(item)):
        assert await amap(fn, range(3)) == [0, 2, 4]


async def test_an_input_that_never_ends_is_left_when_the_block_is() -> None:
    closed = False

    async def forever() -> AsyncIterator[int]:
        nonlocal closed
        try:
            yield 1
            await anyio.sleep_forever()
        finally:
            closed = True

    async with amap(double, forever()) as results:
        async for result in results:
            assert result == 2
            break
    assert closed
