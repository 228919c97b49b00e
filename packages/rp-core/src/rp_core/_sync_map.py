"""`thread_map` for plain code: threads, and no event loop."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from rp_core._plan import Plan, call_limit
from rp_core._runners import runner_maker
from rp_core._sync_stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

    from rp_core._map import ShowProgress
    from rp_core._window import Failure, OnError

T = TypeVar("T")
R = TypeVar("R")


@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
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
) -> Stream[R]: ...
@overload
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
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
) -> Stream[R | Failure[T]]: ...
def thread_map(
    fn: Callable[[T], R],
    items: Iterable[T],
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
) -> Stream[Any]:
    """Call a blocking function on every item, in a bounded number of threads, or on an executor.

    Args:
        fn: Function of one item; in this process it sees the caller's context variables.
        items: Any iterable, also an infinite one. It is advanced by the consumer, as there is
            room.
        limit: How many calls may run at once. None: the number of CPUs and four more, at most
            32; with `cpu`, the CPU budget; with an executor 32, or more where there are more CPUs
            than 28. 0 runs them one by one in the consumer.
        buffer: How many more items may be issued and not yet consumed; default: `limit`.
            `limit + buffer` bounds the memory, also while the first item is the slowest.
        ordered: Give results in input order, or else as they come.
        on_error: "raise" ends the map at the first error; "skip" drops items that fail; "return"
            gives a `Failure` in their place. Only an `Exception` can be skipped or returned.
        progress: True shows a bar on stderr; a callable receives a `Progress` for each item.
        cpu: Whether `fn` is CPU-bound: its threads then come from the budget that all rp packages
            share in this process (see `set_cpu_limit`).
        executor: Where to call `fn` instead of in threads of this process: a process pool, a
            cluster. `limit` then counts submissions.
        chunk: How many items one submission to the executor carries; a worker runs the chunk in
            threads of its own once an item turns out to be slow. `buffer` counts submissions too.

    Returns:
        The `Stream` of the results.

    Raises:
        TypeError: An argument has the wrong type, or `fn` is a coroutine function.
        ValueError: An argument has a value that makes no sense.
        BrokenExecutor: From the stream: a worker of the executor died, or the executor was shut
            down.
        Exception: From the stream: what `fn` raised first, as it is, with a note of the item.
    """
    if isinstance(items, AsyncIterable):
        raise TypeError("thread_map: async iterables need the async face, rp_core.thread_map")
    limit = call_limit(limit, cpu=cpu, executor=executor)
    plan: Plan[T, R] = Plan("thread_map", items, limit, buffer, ordered, on_error, progress, chunk)
    return Stream(plan, fn, runner_maker(fn, plan, cpu=cpu, executor=executor))
