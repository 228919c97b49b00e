"""Bounded maps: coroutine functions in tasks, blocking functions in threads."""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from rp_core._plan import Plan, call_limit, check_callable, check_positive
from rp_core._stream import Results, Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
    from concurrent.futures import Executor
    from typing import TypeAlias

    from rp_core._progress import Progress
    from rp_core._window import Failure, OnError

    ShowProgress: TypeAlias = bool | Callable[[Progress], object] | None

T = TypeVar("T")
R = TypeVar("R")


@overload
def amap(
    fn: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int = 32,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["raise", "skip"] = "raise",
    timeout: float | None = None,
    max_per_second: float | None = None,
    progress: ShowProgress = None,
) -> Results[R]: ...
@overload
def amap(
    fn: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int = 32,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["return"],
    timeout: float | None = None,
    max_per_second: float | None = None,
    progress: ShowProgress = None,
) -> Results[R | Failure[T]]: ...
def amap(
    fn: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int = 32,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: OnError = "raise",
    timeout: float | None = None,
    max_per_second: float | None = None,
    progress: ShowProgress = None,
) -> Results[Any]:
    """Await a coroutine function on every item, a bounded number at a time.

    Args:
        fn: Coroutine function of one item. Calls in one map may share a context, so a context
            variable that one sets may be seen by a later one; the caller never sees it.
        items: Any iterable or async iterable, also an infinite one. It is advanced on the event
            loop, as there is room.
        limit: How many calls may run at once. 0 runs them one by one in the consumer.
        buffer: How many more items may be issued and not yet consumed; default: `limit`.
            `limit + buffer` bounds the memory, also while the first item is the slowest.
        ordered: Give results in input order, or else as they come.
        on_error: "raise" ends the map at the first error; "skip" drops items that fail; "return"
            gives a `Failure` in their place. Only an `Exception` can be skipped or returned.
        timeout: Seconds that one call may take; then it is cancelled and its item fails with
            `TimeoutError`.
        max_per_second: How many calls may begin in a second; they are spaced evenly, so there
            are no bursts. A call's `timeout` counts from its beginning.
        progress: True shows a bar on stderr; a callable receives a `Progress` for each item.

    Returns:
        The `Results`: `await` them for a list, or iterate over them.

    Raises:
        TypeError: An argument has the wrong type; from the results: `fn` returned no awaitable.
        ValueError: An argument has a value that makes no sense.
        Exception: From the results: what `fn` raised first, as it is, with a note of the item.
    """
    check_callable("amap", fn)
    check_positive("amap", "timeout", timeout)
    check_positive("amap", "max_per_second", max_per_second)
    plan: Plan[T, R] = Plan("amap", items, limit, buffer, ordered, on_error, progress)

    def driver(feed: Any, window: Any) -> Any:
        from rp_core._calls import around
        from rp_core._drivers import InlineDriver, TaskDriver

        call = around(fn, timeout=timeout, max_per_second=max_per_second)
        if not limit:
            return InlineDriver(call, feed, window)
        return TaskDriver(call, feed, window, limit)

    return Results(Stream(plan, driver))


@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["raise", "skip"] = "raise",
    progress: ShowProgress = None,
    cpu: bool = False,
    executor: Executor | None = None,
    chunk: int = 1,
    prepare: Callable[[T], Callable[[], Awaitable[Any]] | None] | None = None,
) -> Results[R]: ...
@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: Literal["return"],
    progress: ShowProgress = None,
    cpu: bool = False,
    executor: Executor | None = None,
    chunk: int = 1,
    prepare: Callable[[T], Callable[[], Awaitable[Any]] | None] | None = None,
) -> Results[R | Failure[T]]: ...
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T] | AsyncIterable[T],
    /,
    *,
    limit: int | None = None,
    buffer: int | None = None,
    ordered: bool = True,
    on_error: OnError = "raise",
    progress: ShowProgress = None,
    cpu: bool = False,
    executor: Executor | None = None,
    chunk: int = 1,
    prepare: Callable[[T], Callable[[], Awaitable[Any]] | None] | None = None,
) -> Results[Any]:
    """Call a blocking function on every item, in a bounded number of threads, or on an executor.

    The event loop is crossed once per burst of results, not once per item. A call that has begun
    cannot be stopped: closing the map waits for it, unless asyncio's own cancel closes it.

    Args:
        fn: Function of one item; in this process it sees the caller's context variables.
        items: Any iterable or async iterable, also an infinite one. It is advanced on the event
            loop, as there is room.
        limit: How many calls may run at once. None: the number of CPUs and four more, at most
            32; with `cpu`, the CPU budget; with an executor 32, or more where there are more CPUs
            than 28. 0 runs them one by one in the consumer.
        buffer: As in `amap`.
        ordered: As in `amap`.
        on_error: As in `amap`.
        progress: As in `amap`.
        cpu: Whether `fn` is CPU-bound: its threads then come from the budget that all rp packages
            share in this process (see `set_cpu_limit`).
        executor: Where to call `fn` instead of in threads of this process: a process pool, a
            cluster. `limit` then counts submissions.
        chunk: How many items one submission to the executor carries; a worker runs the chunk in
            threads of its own once an item turns out to be slow. `buffer` counts submissions too.
        prepare: Says for an item what to await on the event loop before `fn` is called: None, or
            a function that returns an awaitable, whose result takes the place of the item. Up to
            32 of these run at once.

    Returns:
        The `Results`: `await` them for a list, or iterate over them.

    Raises:
        TypeError: An argument has the wrong type, or `fn` is a coroutine function.
        ValueError: An argument has a value that makes no sense.
        BrokenExecutor: From the results: a worker of the executor died, or the executor was shut
            down.
        Exception: From the results: what `fn` raised first, as it is, with a note of the item.
    """
    from rp_core._runners import runner_maker

    limit = call_limit(limit, cpu=cpu, executor=executor)
    plan: Plan[T, R] = Plan("thread_map", items, limit, buffer, ordered, on_error, progress, chunk)
    make_runner = runner_maker(fn, plan, cpu=cpu, executor=executor)

    def driver(feed: Any, window: Any) -> Any:
        from rp_core._drivers import InlineDriver
        from rp_core._runner_driver import RunnerDriver

        if not limit:
            return InlineDriver(partial(_run_inline, fn, prepare), feed, window)
        return RunnerDriver(make_runner, feed, window, prepare=prepare)

    return Results(Stream(plan, driver))


async def _run_inline(
    fn: Callable[[Any], R],
    prepare: Callable[[Any], Callable[[], Awaitable[Any]] | None] | None,
    item: Any,
) -> R:
    from rp_core._workers import refuse_coroutine

    if prepare and (coming := prepare(item)):
        item = await coming()
    return refuse_coroutine(copy_context().run(fn, item))
