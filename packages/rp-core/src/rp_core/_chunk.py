"""What runs on a worker of an executor: a function on one item, or on a chunk of items."""

from __future__ import annotations

import sys
from time import perf_counter
from traceback import format_exception
from types import CoroutineType
from typing import TYPE_CHECKING, Any, TypeVar

from rp_core._workers import refuse_coroutine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
SLOW_SECONDS = 0.001


def run_one(fn: Callable[[T], R], item: T, submission: str) -> R:  # noqa: ARG001
    """Call a function.

    Args:
        fn: Blocking function of one item.
        item: The item.
        submission: Unique name. A cluster may take equal calls for one, and cancel them as one.

    Raises:
        Exception: What the function raised, or a RuntimeError that says so where that does not
            pickle: it would break a process pool.
    """
    try:
        return fn(item)
    except Exception as error:
        if (sent := _picklable(error)) is error:
            raise
        raise sent from None


def run_chunk(
    fn: Callable[[T], R],
    items: Sequence[T],
    submission: str,  # noqa: ARG001
    *,
    cpu: bool,
    stop: bool,
) -> tuple[list[Any], dict[int, Exception]]:
    """Call a function on every item of a chunk.

    An item that takes longer than starting a thread does sends those after it to threads.

    Args:
        fn: Blocking function of one item.
        items: The chunk.
        submission: As in `run_one`.
        cpu: Whether the threads come from the CPU budget of this process.
        stop: Whether to leave out what follows the first error.

    Returns:
        What each item came to, and the errors by the place of their items in the chunk.
    """
    values: list[Any] = []
    errors: dict[int, Exception] = {}
    now = perf_counter()
    for item in items:
        began = now
        try:
            value = fn(item)
            values.append(refuse_coroutine(value) if type(value) is CoroutineType else value)
        except Exception as error:
            errors[len(values)] = _sendable(error)
            values.append(None)
            if stop:
                break
        now = perf_counter()
        if now - began > SLOW_SECONDS and len(values) < len(items):
            _finish_in_threads(fn, items, (values, errors), cpu=cpu, stop=stop)
            break
    return values, errors


def _finish_in_threads(
    fn: Callable[[T], R],
    items: Sequence[T],
    outcome: tuple[list[Any], dict[int, Exception]],
    *,
    cpu: bool,
    stop: bool,
) -> None:
    from rp_core._sync_map import thread_map

    def attempt(item: T) -> tuple[Any, Exception | None]:
        try:
            return refuse_coroutine(fn(item)), None
        except Exception as error:
            return None, _sendable(error)

    values, errors = outcome
    with thread_map(attempt, items[len(values) :], cpu=cpu) as results:
        for value, error in results:
            if error:
                errors[len(values)] = error
            values.append(value)
            if error and stop:
                break


def _sendable(error: Exception) -> Exception:
    """Return the error, or what stands for it, with its traceback as a note."""
    error.add_note(f"In the worker:\n{''.join(format_exception(error)).rstrip()}")
    return _picklable(error)


def _picklable(error: Exception) -> Exception:
    """Return the error; one that does not pickle as a RuntimeError."""
    import pickle

    # A class of the user's script is pickled by value where the executor does so, as dask does.
    pickler: Any = sys.modules.get("cloudpickle", pickle)
    try:
        pickle.loads(pickler.dumps(error))  # noqa: S301
    except Exception:
        stand_in = RuntimeError(f"{type(error).__name__}: {error}")
        stand_in.__notes__ = [*getattr(error, "__notes__", [])]
        return stand_in
    return error
