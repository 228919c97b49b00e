"""Which runner a map of blocking calls has: threads, or an executor."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from rp_core._submissions import Submissions
from rp_core._threads import budget, pool
from rp_core._workers import Workers, check_blocking

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from rp_core._plan import Plan
    from rp_core._window import Window
    from rp_core._workers import Bell, Runner

    MakeRunner: TypeAlias = Callable[[Window[Any, Any], Bell], Runner[Any]]

T = TypeVar("T")
R = TypeVar("R")


def runner_maker(
    fn: Callable[[T], R], plan: Plan[T, R], *, cpu: bool, executor: Executor | None
) -> MakeRunner:
    """Return what makes the runner of a map once it begins.

    Raises:
        TypeError: The function or the executor is none, or the two do not go together.
        ValueError: There are chunks but no executor.
    """
    check_blocking(plan.name, fn)
    if executor is None:
        if plan.chunk != 1:
            raise ValueError(f"{plan.name}: chunk needs an executor")
        crew = budget if cpu else pool
        return lambda window, bell: Workers(fn, window, bell, limit=plan.limit, crew=crew)
    if not callable(getattr(executor, "submit", None)):
        raise TypeError(f"{plan.name}: executor must be a concurrent.futures.Executor")
    if isinstance(executor, ProcessPoolExecutor):
        _check_picklable(plan.name, fn)
    return lambda window, bell: Submissions(
        fn, window, bell, limit=plan.limit, cpu=cpu, executor=executor, chunk=plan.chunk
    )


def _check_picklable(name: str, fn: Any) -> None:
    try:
        pickle.dumps(fn)
    except Exception as error:
        raise TypeError(
            f"{name}: a process pool needs a function that pickles, such as one at the top of a "
            f"module, not {fn!r}"
        ) from error
