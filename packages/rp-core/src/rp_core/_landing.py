"""How the computation of a cached result ends."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from rp_core._table import ABSENT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from rp_core._flight import Flight
    from rp_core._table import Table


class Landing:
    """Lands a flight in whatever way its computation ends.

    Attributes:
        kept: The result as the cache keeps it, once there is one.
        age: For how many seconds there has been this result.
    """

    kept: Any = ABSENT
    age: float = 0.0

    def __init__(self, table: Table, key: Hashable, flight: Flight) -> None:
        self._table = table
        self._key = key
        self._flight = flight

    def __enter__(self) -> Landing:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        try:
            value = ABSENT if error else self.kept
            self._table.land(self._key, self._flight, value, age=self.age)
        finally:
            if error is None:
                self._flight.succeed(self.kept)
            elif isinstance(error, Exception):
                self._flight.fail(error)
            else:
                self._flight.give_up()


def refuse_streams(value: Any) -> Any:
    """Return what a function gave, unless it is used up by its first reader."""
    if isinstance(value, CoroutineType):
        value.close()
        raise TypeError("cached: the function returned a coroutine; make it a coroutine function")
    if hasattr(type(value), "__next__") or hasattr(type(value), "__anext__"):
        raise TypeError("cached: the function returned an iterator, which is used up once")
    return value
