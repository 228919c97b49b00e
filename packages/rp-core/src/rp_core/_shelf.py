"""The results of one cached function on disk."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from rp_core._keys import encode_key
from rp_core._table import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from rp_core._disk_store import DiskStore


class Shelf:
    """A function's part of a store.

    A store that cannot be read or written never fails a call: it is reported once, as a warning.
    """

    def __init__(self, store: DiskStore, fn: Callable[..., Any], ttl: float | None) -> None:
        self._store = store
        self._name = f"{fn.__module__}.{fn.__qualname__}"
        self._prefix = f"{self._name}\0".encode()
        self._ttl = ttl
        self._warned = False

    def load(self, key: Hashable) -> Any:
        """Return a result, or ABSENT."""
        name = self._key(key)
        try:
            return self._store.get(name, ABSENT, max_age=self._ttl)
        except OSError as error:
            self._report(error)
            return ABSENT

    def save(self, key: Hashable, value: Any) -> None:
        """Keep a result.

        Raises:
            TypeError: The store cannot hold it exactly.
        """
        name = self._key(key)
        try:
            self._store.set(name, value)
        except OSError as error:
            self._report(error)

    async def load_on_loop(self, key: Hashable) -> Any:
        """Do as `load`, on a thread."""
        return await self._offload(partial(self.load, key))

    async def save_on_loop(self, key: Hashable, value: Any) -> None:
        """Do as `save`, on a thread."""
        await self._offload(partial(self.save, key, value))

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
