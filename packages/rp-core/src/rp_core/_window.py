"""The window of a map: what is issued, finished and handed out."""

from __future__ import annotations

import reprlib
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from os import PathLike, fspath
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Sequence

    from rp_core._progress import Reporter

T = TypeVar("T")
R = TypeVar("R")
OnError: TypeAlias = Literal["raise", "skip", "return"]

PENDING: Final[Any] = object()
END: Final[Any] = object()
_SKIPPED: Final[Any] = object()
_LONG = 200


@dataclass(frozen=True, slots=True)
class Failure(Generic[T]):
    """Stands for an item that failed, in a map with `on_error="return"`.

    Attributes:
        item: The item.
        index: Its place in the input, from 0.
        error: What it raised.
    """

    __module__ = "rp_core"

    item: T
    index: int
    error: Exception


class MisuseError(TypeError):
    """The function of a map is of the wrong kind, which no error policy can mend."""


class Window(Generic[T, R]):
    """Order, bound and error policy of one map; it knows no thread, no task and no waiting.

    At most `size` items are issued and not yet taken. `finish` and `fail` may be called by any
    thread, everything else by the consumer's only.
    """

    def __init__(self, *, size: int, ordered: bool, on_error: OnError, patience: int = 1) -> None:
        self.size = size
        self.patience = patience
        self.issued = 0
        self.taken = 0
        self.dry = False
        self.failed = False
        self.reporter: Reporter | None = None
        self._ordered = ordered
        self.on_error: OnError = on_error
        self._results: dict[int, Any] = {}  # by index, or by arrival
        self._arrivals = count()
        self._errors: list[tuple[int, BaseException]] = []

    @property
    def room(self) -> int:
        """How many items may be issued now."""
        return 0 if self.dry else self.size - self.issued + self.taken

    @property
    def ready(self) -> bool:
        """Whether `take` would return something else than PENDING, skipped items aside."""
        if self.failed or (self.dry and self.taken == self.issued):
            return True
        return self.taken in self._results

    def issue(self) -> int:
        """Count one more item and return its index."""
        index = self.issued
        self.issued = index + 1
        return index

    def finish(self, index: int, value: R) -> bool:
        """Keep a result; return whether to wake the consumer for it."""
        place = index if self._ordered else next(self._arrivals)
        self._results[place] = value
        return place == self.taken if self.patience == 1 else self._is_worth_waking()

    def _is_worth_waking(self) -> bool:
        kept = len(self._results)
        return self.taken in self._results and (
            kept >= self.patience or kept >= self.issued - self.taken
        )

    def finish_all(self, indices: Sequence[int], values: Sequence[R]) -> bool:
        """Keep several results; return whether to wake the consumer for them."""
        places = indices if self._ordered else islice(self._arrivals, len(values))
        self._results.update(zip(places, values, strict=False))
        return self._is_worth_waking()

    def fail(self, index: int, item: T, error: BaseException) -> bool:
        """Apply the error policy to one item; return whether to wake the consumer for it."""
        if isinstance(error, Exception) and not isinstance(error, MisuseError):
            if self.on_error == "skip":
                return self.finish(index, _SKIPPED)
            if self.on_error == "return":
                return self.finish(index, Failure(item, index, error))  # type: ignore[arg-type]
        with suppress(Exception):  # a repr may raise, and an error refuse attributes
            error.add_note(f"item {index}: {describe(item)}")
        self.break_off(index, error)
        return True

    def break_off(self, index: int, error: BaseException) -> None:
        """End the map with an error, once the results that are ready have been taken."""
        self._errors.append((index, error))
        self.failed = self.dry = True

    def take(self) -> R:
        """Return the next result, PENDING, or END.

        Raises:
            BaseException: The error that broke the map off, the earliest in input order.
        """
        while (value := self._results.pop(self.taken, PENDING)) is not PENDING:
            self.taken += 1
            if self.reporter:
                failed = value is _SKIPPED or isinstance(value, Failure)
                self.reporter.advance(failed=failed)
            if value is not _SKIPPED:
                return value  # type: ignore[no-any-return]
        return self._nothing_ready()  # type: ignore[no-any-return]

    def take_ready(self, results: list[R] | deque[R], most: int) -> bool:
        """Append up to `most` results that are ready; return whether more may come.

        With progress that is one result, so that none is reported before it is handed out.

        Raises:
            BaseException: As `take`, once no result is left before the error.
        """
        if self.reporter:
            value = self.take()
            if value is not PENDING and value is not END:
                results.append(value)
            return value is not END
        start = index = self.taken
        end, pop, append = start + most, self._results.pop, results.append
        while index < end and (value := pop(index, PENDING)) is not PENDING:
            index += 1
            if value is not _SKIPPED:
                append(value)
        self.taken = index
        return index > start or self._nothing_ready() is not END

    def _nothing_ready(self) -> Any:
        if self._errors:
            error = min(self._errors, key=lambda entry: entry[0])[1]
            self._errors = []
            if isinstance(error, (StopIteration, StopAsyncIteration)):
                # Raised as it is, it would end the caller's loop as if the items had run out.
                raise RuntimeError(f"a call of the map raised {type(error).__name__}") from error
            raise error
        return END if self.dry and (self.failed or self.taken == self.issued) else PENDING


def describe(item: object) -> str:
    """Name an item in a few words: a path as it is, data by its size."""
    if isinstance(item, (bytes, bytearray, memoryview)):
        return f"{len(item)} bytes"
    if isinstance(item, PathLike):
        item = fspath(item)
    if isinstance(item, str):
        return repr(item) if len(item) <= _LONG else f"{item[:_LONG]!r}..."
    return reprlib.repr(item)
