"""The results of one cached function on disk."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from rp_core._code_key import identity
from rp_core._keys import encode_key
from rp_core._table import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from rp_core._disk_store import DiskStore
    from rp_core._flight import Flight


class Shelf:
    """A function's part of a store.

    A store that cannot be read or written never fails a call: it is reported once, as a warning.
    """

    def __init__(self, store: DiskStore, fn: Callable[..., Any], ttl: float | None) -> None:
        self._store = store
        self._name = f"{fn.__module__}.{fn.__qualname__}"
        self._prefix = b"%b\0%b\0" % (self._name.encode(), identity(fn))
        self._ttl = ttl
        self._warned = False

    def load(self, key: Hashable) -> tuple[Any, float]:
        """Return a result, or ABSENT, and its age in seconds."""
        name = self._key(key)
        try:
            return self._store._find(name, ABSENT, self._ttl)  # noqa: SLF001
        except OSError as error:
            self._report(error)
            return ABSENT, 0.0

    def save(self, key: Hashable, value: Any, flight: Flight) -> None:
        """Keep a result, unless the cache has been cleared since its flight began.

        Raises:
            TypeError: The store cannot hold it exactly.
        """
        name = self._key(key)
        try:
            if flight.fresh:
                self._store.set(name, value)
            if not flight.fresh:
                self._store.discard(name)
        except OSError as error:
            self._report(error)

    async def load_on_loop(self, key: Hashable) -> tuple[Any, float]:
        """Do as `load`, on a thread."""
        found: tuple[Any, float] = await self._offload(partial(self.load, key))
        return found

    async def save_on_loop(self, key: Hashable, value: Any, flight: Flight) -> None:
        """Do as `save`, on a thread."""
        await self._offload(partial(self.save, key, value, flight))

    def discard(self, key: Hashable) -> None:
        """Forget a result."""
        self._store.discard(self._key(key))

    def clear(self) -> None:
        """Forget every result of this function."""
        self._store.discard_prefix(self._prefix)

    def _key(self, key: Hashable) -> bytes:
        return self._prefix + encode_key(key)

    async def _offload(self, call: Callable[[], Any]) -> Any:
        from rp_core._offload import offload
        from rp_core._threads import pool

        return await offload(call, crew=pool)

    def _report(self, error: OSError) -> None:
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        logging.getLogger("rp_core.cached").log(
            level, "%s is not kept on disk: %s", self._name, error
        )
