"""The arguments of a map, checked when it is called."""

from __future__ import annotations

import math
from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from rp_core._platform import cpu_count
from rp_core._progress import Reporter
from rp_core._window import OnError, Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from concurrent.futures import Executor

    from rp_core._progress import Progress

T = TypeVar("T")
R = TypeVar("R")
MOST_THREADS = 32
SUBMISSIONS = 32
LINGER_SECONDS = 0.0005


@dataclass(slots=True)
class Plan(Generic[T, R]):
    """What every map is told, checked."""

    name: str
    items: Iterable[T] | AsyncIterable[T]
    limit: int
    buffer: int | None
    ordered: bool
    on_error: OnError
    progress: bool | Callable[[Progress], object] | None
    chunk: int = 1
    patient: bool = False  # whether all results are kept, so that none is wanted at once

    def __post_init__(self) -> None:
        """Refuse what no map can be run with."""
        # Not isinstance of Iterable: a sequence may have no more than __getitem__.
        if not any(hasattr(self.items, name) for name in ("__iter__", "__aiter__", "__getitem__")):
            raise TypeError(f"{self.name}: items must be iterable, not {self.items!r}")
        _check_count(self.name, "limit", self.limit)
        if self.buffer is not None:
            _check_count(self.name, "buffer", self.buffer)
        _check_count(self.name, "chunk", self.chunk, least=1)
        if self.on_error not in get_args(OnError):
            raise ValueError(
                f'{self.name}: on_error must be "raise", "skip" or "return", not {self.on_error!r}'
            )
        if not (
            self.progress is None or isinstance(self.progress, bool) or callable(self.progress)
        ):
            raise TypeError(f"{self.name}: progress must be a bool or callable")

    def window(self) -> Window[T, R]:
        """Make the window: `limit + buffer` chunks, or one item where items run inline."""
        size = (self.limit + self._spare) * self.chunk if self.limit else 1
        patience = self.low_water if self.patient and not self.progress else 1
        return Window(size=size, ordered=self.ordered, on_error=self.on_error, patience=patience)

    @property
    def low_water(self) -> int:
        """How much room in the window is worth giving out work for."""
        return max(1, self._spare // 2) * self.chunk if self.limit else 1

    @property
    def lingers(self) -> bool:
        """Whether to wait a moment for more chunks: to wake costs as much as a small chunk does."""
        return self.limit > 0 and self.chunk > 1 and not self.patient

    @property
    def _spare(self) -> int:
        return self.limit if self.buffer is None else self.buffer

    def reporter(self) -> Reporter | None:
        """Make what reports the progress, if it was asked for."""
        if not self.progress:
            return None
        total = len(self.items) if isinstance(self.items, Sized) else None
        return Reporter(self.progress, total)


def check_callable(name: str, fn: Any) -> None:
    """Refuse a function that is none."""
    if not callable(fn):
        raise TypeError(f"{name}: the first argument must be callable, not {fn!r}")


def call_limit(limit: int | None, *, cpu: bool, executor: Executor | None) -> int:
    """Return how many calls or submissions of a map of blocking work may be under way at once."""
    if limit is not None:
        return limit
    if executor is not None:
        return max(SUBMISSIONS, cpu_count() + 4)
    if cpu:
        from rp_core._threads import cpu_limit

        return cpu_limit()
    return min(MOST_THREADS, cpu_count() + 4)


def check_positive(name: str, argument: str, value: object) -> None:
    """Refuse what is no number above zero; None stands for none."""
    if value is None:
        return
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{name}: {argument} must be a number, not {value!r}")
    if not 0 < value < math.inf:
        raise ValueError(f"{name}: {argument} must be above 0 and finite, it is {value}")


def _check_count(name: str, argument: str, value: object, least: int = 0) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: {argument} must be an int, not {value!r}")
    if value < least:
        bound = f"be at least {least}" if least else "not be negative"
        raise ValueError(f"{name}: {argument} must {bound}, it is {value}")
