"""Where cached responses are: in memory, or in a `DiskStore`."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol

from rp_core import DiskStore, threaded
from rp_net._stored import Stored

if TYPE_CHECKING:
    from rp_net._tls import Path

_MOST_VARIANTS: Final = 32
_OVERHEAD: Final = 512


class CacheStore(Protocol):
    """What a cache asks of its store."""

    max_bytes: int

    async def find(self, url: str) -> list[Stored]:
        """Return what is stored for a URL, the newest first."""
        ...

    async def body(self, url: str, stored: Stored) -> bytes | None:
        """Return the body of a stored response; None: it is gone."""
        ...

    async def put(self, url: str, stored: Stored, body: bytes, replaced: set[str]) -> None:
        """Store a response in the place of others, which are named by their ids."""
        ...

    async def update(self, url: str, stored: Stored) -> None:
        """Replace all but the body of a stored response."""
        ...

    async def drop(self, url: str, ids: set[str]) -> None:
        """Drop some of what is stored for a URL."""
        ...

    async def remove(self, url: str) -> None:
        """Drop everything stored for a URL."""
        ...

    def clear(self) -> None:
        """Drop everything; blocks."""
        ...


class MemoryStore:
    """Keeps bodies in memory; the least recently used go first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.nbytes = 0
        self._lock = RLock()
        self._entries: OrderedDict[str, list[tuple[Stored, bytes]]] = OrderedDict()

    async def find(self, url: str) -> list[Stored]:
        """Return what is stored for a URL; see `CacheStore`."""
        with self._lock:
            entry = self._entries.get(url)
            if entry is None:
                return []
            self._entries.move_to_end(url)
            return [stored for stored, _ in entry]

    async def body(self, url: str, stored: Stored) -> bytes | None:
        """Return a body; see `CacheStore`."""
        for one, body in self._entries.get(url, ()):
            if one.id == stored.id:
                return body
        return None

    async def put(self, url: str, stored: Stored, body: bytes, replaced: set[str]) -> None:
        """Store a response; see `CacheStore`."""
        with self._lock:
            kept = [pair for pair in self._take(url) if pair[0].id not in replaced]
            if _weight((stored, body)) <= self.max_bytes:
                kept = [(stored, body), *kept][:_MOST_VARIANTS]
            self._give(url, kept)

    async def update(self, url: str, stored: Stored) -> None:
        """Replace all but the body; see `CacheStore`."""
        with self._lock:
            pairs = self._take(url)
            self._give(url, [(stored, b) if o.id == stored.id else (o, b) for o, b in pairs])

    async def drop(self, url: str, ids: set[str]) -> None:
        """Drop some of what is stored for a URL; see `CacheStore`."""
        with self._lock:
            self._give(url, [pair for pair in self._take(url) if pair[0].id not in ids])

    async def remove(self, url: str) -> None:
        """Drop everything stored for a URL; see `CacheStore`."""
        with self._lock:
            self._take(url)

    def clear(self) -> None:
        """Drop everything; see `CacheStore`."""
        with self._lock:
            self._entries.clear()
            self.nbytes = 0

    def _take(self, url: str) -> list[tuple[Stored, bytes]]:
        pairs = self._entries.pop(url, [])
        self.nbytes -= sum(map(_weight, pairs))
        return pairs

    def _give(self, url: str, pairs: list[tuple[Stored, bytes]]) -> None:
        if pairs:
            self._entries[url] = pairs
            self.nbytes += sum(map(_weight, pairs))
        while self.nbytes > self.max_bytes and self._entries:
            self._take(next(iter(self._entries)))


class FileStore:
    """Keeps responses in a `DiskStore`: for each URL a list, and each body by itself."""

    def __init__(self, path: Path | None, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._disk = DiskStore("rp-net", max_bytes, folder=path)
        self._lock = RLock()
        offload: Any = threaded
        self._find = offload(self._find_here, module=__name__, cpu=False)
        self._body = offload(self._body_here, module=__name__, cpu=False)
        self._put = offload(self._put_here, module=__name__, cpu=False)
        self._update = offload(self._update_here, module=__name__, cpu=False)
        self._drop = offload(self._drop_here, module=__name__, cpu=False)

    async def find(self, url: str) -> list[Stored]:
        """Return what is stored for a URL; see `CacheStore`."""
        found: list[Stored] = await self._find(url)
        return found

    async def body(self, url: str, stored: Stored) -> bytes | None:
        """Return a body; see `CacheStore`."""
        found: bytes | None = await self._body(url, stored)
        return found

    async def put(self, url: str, stored: Stored, body: bytes, replaced: set[str]) -> None:
        """Store a response; see `CacheStore`."""
        await self._put(url, stored, body, replaced)

    async def update(self, url: str, stored: Stored) -> None:
        """Replace all but the body; see `CacheStore`."""
        await self._update(url, stored)

    async def drop(self, url: str, ids: set[str]) -> None:
        """Drop some of what is stored for a URL; see `CacheStore`."""
        await self._drop(url, ids)

    async def remove(self, url: str) -> None:
        """Drop everything stored for a URL; see `CacheStore`."""
        await self._drop(url, None)

    def clear(self) -> None:
        """Drop everything; see `CacheStore`."""
        self._disk.clear()

    def _find_here(self, url: str) -> list[Stored]:
        listed = self._disk.get(("list", url)) or []
        try:
            return [Stored.of_json(plain) for plain in listed]
        except (TypeError, ValueError, KeyError):  # of another version of this package
            return []

    def _body_here(self, url: str, stored: Stored) -> bytes | None:
        found: bytes | None = self._disk.get(("body", url, stored.id))
        return found

    def _put_here(self, url: str, stored: Stored, body: bytes, replaced: set[str]) -> None:
        with self._lock:
            kept = self._find_here(url)
            gone = [one for one in kept if one.id in replaced] + kept[_MOST_VARIANTS - 1 :]
            kept = [one for one in kept if one not in gone]
            self._disk.set(("body", url, stored.id), body)
            self._write_list(url, [stored, *kept])
            for one in gone:
                self._disk.discard(("body", url, one.id))

    def _update_here(self, url: str, stored: Stored) -> None:
        with self._lock:
            listed = self._find_here(url)
            self._write_list(url, [stored if o.id == stored.id else o for o in listed])

    def _drop_here(self, url: str, ids: set[str] | None) -> None:
        with self._lock:
            kept: list[Stored] = []
            for one in self._find_here(url):
                if ids is None or one.id in ids:
                    self._disk.discard(("body", url, one.id))
                else:
                    kept.append(one)
            if kept:
                self._write_list(url, kept)
            else:
                self._disk.discard(("list", url))

    def _write_list(self, url: str, listed: list[Stored]) -> None:
        self._disk.set(("list", url), [one.as_json() for one in listed])


def _weight(pair: tuple[Stored, bytes]) -> int:
    fields = pair[0].fields
    return _OVERHEAD + len(pair[1]) + sum(len(name) + len(value) for name, value in fields)
