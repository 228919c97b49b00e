"""The entries of one cache: bounded, aged, dropped with the instance that they belong to."""

from __future__ import annotations

import os
import weakref
from collections import OrderedDict, deque
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rp_core._copies import size_of
from rp_core._flight import Flight

if TYPE_CHECKING:
    from collections.abc import Hashable

ABSENT: Final[Any] = object()
_tables: weakref.WeakSet[Table] = weakref.WeakSet()


class CacheInfo(NamedTuple):
    """What a cache has done, and what it holds.

    Attributes:
        hits: Calls that were answered from memory.
        misses: Calls that were not.
        maxsize: Most entries; None: no bound.
        currsize: Entries now.
        max_bytes: Most bytes of all entries together; None: no bound.
        nbytes: About how many bytes they take now; 0 without a bound, since none are counted.
    """

    hits: int
    misses: int
    maxsize: int | None
    currsize: int
    max_bytes: int | None
    nbytes: int


class _Entry:
    __slots__ = ("expires", "size", "value")

    def __init__(self, value: Any, size: int, expires: float) -> None:
        self.value = value
        self.size = size
        self.expires = expires


class Owner:
    """Stands in keys for an instance, which a cache must not keep alive."""

    __slots__ = ("__weakref__", "keys")

    def __init__(self) -> None:
        self.keys: set[Hashable] = set()


class Table:
    """A mapping with the least recently used entry first, and the flights of what is missing."""

    def __init__(self, maxsize: int | None, max_bytes: int | None, ttl: float | None) -> None:
        self.maxsize = maxsize
        self.max_bytes = max_bytes
        self.ttl = ttl
        self.hits = self.misses = self.nbytes = 0
        self.entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._owners: dict[int, tuple[weakref.ref[Any], Owner]] = {}
        self._orphans: deque[tuple[int, Owner]] = deque()
        self.forget()
        _tables.add(self)

    def forget(self) -> None:
        """Start afresh after a fork: no other thread of the parent goes on in the child."""
        # An RLock, because `__eq__` of a key may call the cached function again.
        self.lock = RLock()
        self.flights: dict[Hashable, Flight] = {}

    def find(self, key: Hashable) -> Any:
        """Return a value as it is kept, or ABSENT; counts a hit."""
        with self.lock:
            entry = self.entries.get(key)
            if entry is None:
                return ABSENT
            if self.ttl is not None and monotonic() >= entry.expires:
                self._drop(key)
                return ABSENT
            self.entries.move_to_end(key)
            self.hits += 1
            return entry.value

    def board(self, key: Hashable, own: Flight) -> tuple[Flight | None, Any]:
        """Return a flight for a key, another's or else one's own; or a value found meanwhile.

        Raises:
            RuntimeError: The caller itself is computing this key, further up.
        """
        with self.lock:
            value = self.find(key)
            if value is not ABSENT:
                return None, value
            flight = self.flights.get(key)
            if flight is None:
                self.misses += 1
                self.flights[key] = own
                return own, ABSENT
            if flight.leader == own.leader:
                raise RuntimeError("a cached call needs its own result: it recurs with one key")
            self.misses += 1
            return flight, ABSENT

    def land(self, key: Hashable, flight: Flight, value: Any = ABSENT, *, age: float = 0.0) -> None:
        """Take a flight off, and keep its value unless the cache was cleared meanwhile.

        Args:
            key: What it is the value of.
            flight: The flight that `board` returned.
            value: What was computed; ABSENT: nothing.
            age: For how many seconds there has been this value.
        """
        size = 0 if self.max_bytes is None or value is ABSENT else size_of(value)
        with self.lock:
            if self.flights.get(key) is flight:
                del self.flights[key]
            if value is ABSENT or not flight.fresh:
                return
            if self.max_bytes is not None and size > self.max_bytes:
                return
            self._drop(key)
            expires = 0.0 if self.ttl is None else monotonic() + self.ttl - age
            self.entries[key] = _Entry(value, size, expires)
            self.nbytes += size
            if owner := _owner_of(key):
                owner.keys.add(key)
            self._shrink()

    def discard(self, key: Hashable) -> None:
        """Drop an entry; a computation under way will not be kept."""
        with self.lock:
            self._drop(key)
            if flight := self.flights.pop(key, None):
                flight.fresh = False

    def clear(self) -> None:
        """Drop every entry and all counts; computations under way will not be kept."""
        with self.lock:
            self._bury()
            self.hits = self.misses = 0
            for key in list(self.entries):
                self._drop(key)
            for flight in self.flights.values():
                flight.fresh = False
            self.flights.clear()

    def info(self) -> CacheInfo:
        """Return the counts."""
        with self.lock:
            self._bury()
            bounds = (self.maxsize, len(self.entries), self.max_bytes, self.nbytes)
            return CacheInfo(self.hits, self.misses, *bounds)

    def owner(self, instance: object) -> Owner:
        """Return what stands in keys for an instance.

        Raises:
            TypeError: No weak reference can be made to it.
        """
        found = self._owners.get(id(instance))
        if found and found[0]() is instance:
            return found[1]
        with self.lock:
            self._bury()
            identity, owner, orphans = id(instance), Owner(), self._orphans
            # Finalizers run anywhere, also inside the lock: they only leave a note.
            reference = weakref.ref(instance, lambda _: orphans.append((identity, owner)))
            return self._owners.setdefault(identity, (reference, owner))[1]

    def _bury(self) -> None:
        """Drop what belonged to instances that are gone."""
        while self._orphans:
            identity, owner = self._orphans.popleft()
            for key in list(owner.keys):
                self._drop(key)
            if self._owners.get(identity, (None, None))[1] is owner:
                del self._owners[identity]

    def _drop(self, key: Hashable) -> None:
        entry = self.entries.pop(key, None)
        if entry:
            self.nbytes -= entry.size
            if owner := _owner_of(key):
                owner.keys.discard(key)

    def _shrink(self) -> None:
        self._bury()
        while self.entries and (
            (self.maxsize is not None and len(self.entries) > self.maxsize)
            or (self.max_bytes is not None and self.nbytes > self.max_bytes)
        ):
            self._drop(next(iter(self.entries)))


def _owner_of(key: Hashable) -> Owner | None:
    first = key[0] if isinstance(key, tuple) and key else None
    return first if isinstance(first, Owner) else None


def _after_fork() -> None:
    for table in _tables:
        table.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
