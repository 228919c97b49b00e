"""A cache of responses (RFC 9111), for one user or for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rp_net._background import Background
from rp_net._cache_flow import CacheFlow
from rp_net._cache_stores import FileStore, MemoryStore

if TYPE_CHECKING:
    from typing import Self

    from rp_net._options import Call
    from rp_net._tls import Path
    from rp_net._types import Exchange, Request, Transport

CacheMode: TypeAlias = Literal["default", "offline", "refresh"]
_MODES: Final = ("default", "offline", "refresh")


class Cache:
    """Keeps responses as HTTP allows, and answers requests with them while they are fresh.

    It is a private cache: for one user. A response to a request with Authorization is given out
    for the same credentials only, unless the response says that it is for all.

    Args:
        path: Folder, made on demand, for this user alone; several processes may share it. None:
            responses are kept in memory.
        max_bytes: The most bytes of all; those least recently used go first.
        shared: Whether its responses go to several users: the stricter rules hold then.
        mode: "offline" gives what is stored whatever its age, and 504 where nothing is;
            "refresh" asks the origin each time whether what is stored still holds.

    Raises:
        TypeError: `max_bytes` is no int.
        ValueError: It is negative, or the mode is unknown.
        OSError: The folder cannot be made, or belongs to somebody else.
    """

    __module__ = "rp_net"

    def __init__(
        self,
        path: Path | None = None,
        *,
        max_bytes: int = 1 << 28,
        shared: bool = False,
        mode: CacheMode = "default",
    ) -> None:
        if not isinstance(max_bytes, int) or isinstance(max_bytes, bool):
            raise TypeError(f"Cache: max_bytes must be an int, not {max_bytes!r}")
        if max_bytes < 0:
            raise ValueError(f"Cache: max_bytes must not be negative, it is {max_bytes}")
        _check_mode(mode)
        store = MemoryStore(max_bytes) if path is None else FileStore(path, max_bytes)
        self._background = Background()
        self._flow = CacheFlow(store, self._background, shared=shared, mode=mode)

    @property
    def mode(self) -> str:
        """How it is used: "default", "offline" or "refresh"."""
        return self._flow.mode

    def with_mode(self, mode: CacheMode) -> Self:
        """Return a cache of the same responses that is used in another way.

        Raises:
            ValueError: The mode is unknown.
        """
        _check_mode(mode)
        other = type(self).__new__(type(self))
        other._background = self._background  # noqa: SLF001
        other._flow = self._flow.with_mode(mode)  # noqa: SLF001
        return other

    def clear(self) -> None:
        """Drop every response."""
        self._flow.store.clear()

    async def _send(self, transport: Transport, request: Request, call: Call) -> Exchange:
        return await self._flow.send(transport, request, call)

    async def _settle(self) -> None:
        await self._background.close()


def _check_mode(mode: str) -> None:
    if mode not in _MODES:
        raise ValueError(f"Cache: mode must be one of {', '.join(_MODES)}, not {mode!r}")
