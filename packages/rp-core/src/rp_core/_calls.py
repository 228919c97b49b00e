"""What a map may put around each call of a coroutine function: its pace, its time limit."""

from __future__ import annotations

import math
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from rp_core._window import MisuseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
R = TypeVar("R")
TIMER_SECONDS = 0.002


def around(
    fn: Callable[[T], Awaitable[R]], *, timeout: float | None, max_per_second: float | None
) -> Callable[[T], Awaitable[R]]:
    """Return `fn` with a pace and a time limit, or as it is where neither is asked for."""
    call = fn if _is_coroutine_function(fn) else _checked(fn)
    if timeout is not None:
        call = _limited(call, timeout)
    return call if max_per_second is None else _paced(call, max_per_second)


def _is_coroutine_function(fn: Any) -> bool:
    return iscoroutinefunction(fn) or iscoroutinefunction(getattr(type(fn), "__call__", None))  # noqa: B004


def _checked(fn: Callable[[T], Awaitable[R]]) -> Callable[[T], Awaitable[R]]:
    def call(item: T) -> Awaitable[R]:
        coming = fn(item)
        if not hasattr(coming, "__await__"):
            raise MisuseError(
                f"amap: {fn!r} returned no awaitable but {type(coming).__name__}; "
                "for a blocking function use thread_map"
            )
        return coming

    return call


def _limited(fn: Callable[[T], Awaitable[R]], timeout: float) -> Callable[[T], Awaitable[R]]:
    async def call(item: T) -> R:
        with anyio.move_on_after(timeout):
            return await fn(item)
        raise TimeoutError(f"no result within {timeout:g} s")

    return call


def _paced(fn: Callable[[T], Awaitable[R]], per_second: float) -> Callable[[T], Awaitable[R]]:
    interval = 1 / per_second
    due = -math.inf
    gate = anyio.Lock(fast_acquire=True)

    async def call(item: T) -> R:
        nonlocal due
        async with gate:
            if due > anyio.current_time():
                await anyio.sleep_until(due)
            # What a timer is late is made up for, and no more: that would be a burst.
            due = max(due, anyio.current_time() - TIMER_SECONDS) + interval
        return await fn(item)

    return call
