"""A cached function that is bound to an instance."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from rp_core._cached import Cached
    from rp_core._table import CacheInfo

Q = ParamSpec("Q")
R = TypeVar("R")


class BoundCached(Generic[Q, R]):
    """A cached method of one instance."""

    __module__ = "rp_core"

    def __init__(self, cached: Cached[..., R], instance: object) -> None:
        self._cached = cached
        self.__self__ = instance
        self.__wrapped__ = self.uncached = functools.partial(cached.uncached, instance)
        self.__name__ = cached.__name__
        self.__qualname__ = cached.__qualname__
        self.__doc__ = cached.__doc__

    def __call__(self, /, *args: Q.args, **kwargs: Q.kwargs) -> R:
        """Call the method of the instance."""
        key = self._cached._bound_key(self.__self__, args, kwargs)  # noqa: SLF001
        return self._cached._answer(key, (self.__self__, *args), kwargs)  # type: ignore[no-any-return]  # noqa: SLF001

    def __eq__(self, other: object) -> bool:
        """Compare as bound methods do."""
        if not isinstance(other, BoundCached):
            return NotImplemented
        return self._cached is other._cached and self.__self__ is other.__self__

    def __hash__(self) -> int:
        """Hash as it compares."""
        return hash((id(self._cached), id(self.__self__)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it as bound methods are: the instance, and a name."""
        return getattr, (self.__self__, self.__name__)

    def cache_info(self) -> CacheInfo:
        """Return hits, misses, bounds and sizes, over all instances."""
        return self._cached.cache_info()

    def cache_clear(self) -> None:
        """Forget every result of every instance."""
        self._cached.cache_clear()

    def cache_discard(self, /, *args: Q.args, **kwargs: Q.kwargs) -> None:
        """Forget the result of one call of this instance."""
        key = self._cached._bound_key(self.__self__, args, kwargs)  # noqa: SLF001
        self._cached._discard(key)  # noqa: SLF001
