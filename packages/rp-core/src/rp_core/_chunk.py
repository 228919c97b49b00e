"""What runs on a worker of an executor: a function on one item, or on a chunk of items."""

from __future__ import annotations

import sys
from functools import partial
from time import perf_counter
from traceback import format_exception
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
Outcome: TypeAlias = tuple[bool, Any]  # True and the result, or False and the error
SLOW_SECONDS = 0.001


def run_one(fn: Callable[[T], R], item: T, submission: str) -> R:  # noqa: ARG001
    """Call a function.

    Args:
        fn: Blocking function of one item.
        item: The item.
        submission: Unique name. A cluster may take equal calls for one, and cancel them as one.
    """
    return fn(item)


def run_chunk(
    fn: Callable[[T], R],
    items: Sequence[T],
    submission: str,  # noqa: ARG001
    *,
    cpu: bool,
    stop: bool,
) -> list[Outcome]:
    """Return what each item came to.

    An item that takes longer than starting a thread does sends those after it to threads.

    Args:
        fn: Blocking function of one item.
        items: The chunk.
        submission: As in `run_one`.
        cpu: Whether the threads come from the CPU budget of this process.
        stop: Whether to leave out what follows the first error.
    """
    outcomes: list[Outcome] = []
    for item in items:
        began = perf_counter()
        outcomes.append(_attempt(fn, item))
        if stop and not outcomes[-1][0]:
            return outcomes
        if perf_counter() - began > SLOW_SECONDS:
            break
    rest = items[len(outcomes) :]
    return outcomes + _in_threads(fn, rest, cpu=cpu, stop=stop) if rest else outcomes


def _in_threads(
    fn: Callable[[T], R], items: Sequence[T], *, cpu: bool, stop: bool
) -> list[Outcome]:
    from rp_core._sync_map import thread_map

    outcomes: list[Outcome] = []
    with thread_map(partial(_attempt, fn), items, cpu=cpu) as results:
        for outcome in results:
            outcomes.append(outcome)
            if stop and not outcome[0]:
                break
    return outcomes


def _attempt(fn: Callable[[T], R], item: T) -> Outcome:
    try:
        return True, fn(item)
    except Exception as error:
        return False, _sendable(error)


def _sendable(error: Exception) -> Exception:
    """Return the error with its traceback as a note; one that does not pickle as a RuntimeError."""
    import pickle

    # A class of the user's script is pickled by value where the executor does so, as dask does.
    pickler: Any = sys.modules.get("cloudpickle", pickle)
    error.add_note(f"In the worker:\n{''.join(format_exception(error)).rstrip()}")
    try:
        pickle.loads(pickler.dumps(error))  # noqa: S301
    except Exception:
        stand_in = RuntimeError(f"{type(error).__name__}: {error}")
        stand_in.__notes__ = [*error.__notes__]
        return stand_in
    return error
