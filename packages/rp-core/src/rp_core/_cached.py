"""Functions that remember their results."""

from __future__ import annotations

import functools
from inspect import iscoroutinefunction
from threading import get_ident
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from rp_core._bound_cached import BoundCached
from rp_core._copies import IMMUTABLE, hand_out_copy, hand_out_view, keep
from rp_core._flight import Flight
from rp_core._key_builder import key_builder
from rp_core._keys import freeze
from rp_core._landing import Landing, refuse_streams
from rp_core._table import ABSENT, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from rp_core._copies import Copy
    from rp_core._shelf import Shelf
    from rp_core._table import CacheInfo

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")


class Cached(Generic[P, R]):
    """A function that remembers its results; what `cached` makes.

    Attributes:
        uncached: The function itself.
    """

    __module__ = "rp_core"
    __name__: str
    __qualname__: str

    def __init__(
        self,
        fn: Callable[P, R],
        table: Table,
        *,
        key: Callable[..., object] | None,
        copy: Copy,
        shelf: Shelf | None,
    ) -> None:
        functools.update_wrapper(self, fn)
        self.uncached: Callable[P, R] = fn
        self._table = table
        self._shelf = shelf
        self._is_method = False
        self._custom = key
        self._key: Callable[..., Hashable] = self._custom_key if key else key_builder(fn)
        self._keep = keep if copy else _as_it_is
        self._hand_out = {True: hand_out_copy, False: _as_it_is, "readonly": hand_out_view}[copy]
        self._is_shared = copy is not True

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result from memory, from who computes it now, or from a call."""
        key = self._key_of(args, kwargs) if self._is_method else self._key(*args, **kwargs)
        value: Any = self._table.find(key)
        if value is ABSENT:
            return self._miss(key, args, kwargs)  # type: ignore[no-any-return]
        return value if type(value) in IMMUTABLE else self._hand_out(value)  # type: ignore[no-any-return]

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the first argument for an instance from now on: it is defined in a class."""
        self._is_method = not isinstance(self.uncached, staticmethod)

    @overload
    def __get__(self, instance: None, owner: type) -> Cached[P, R]: ...
    @overload
    def __get__(
        self: Cached[Concatenate[S, Q], R], instance: S, owner: type | None = None
    ) -> BoundCached[Q, R]: ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind it to an instance, as a method is."""
        if instance is None or isinstance(self.uncached, staticmethod):
            return self
        return BoundCached(self, instance)

    def __reduce__(self) -> str:
        """Pickle it as functions are: by name."""
        return self.__qualname__

    def __repr__(self) -> str:
        """Name the function."""
        return f"<cached {self.uncached!r}>"

    def cache_info(self) -> CacheInfo:
        """Return hits, misses, bounds and sizes."""
        return self._table.info()

    def cache_clear(self) -> None:
        """Forget every result, also those of the store; what is under way will not be kept."""
        self._table.clear()
        if self._shelf:
            self._shelf.clear()

    def cache_discard(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Forget the result of one call."""
        self._discard(self._key_of(args, kwargs))

    def _discard(self, key: Hashable) -> None:
        self._table.discard(key)
        if self._shelf:
            self._shelf.discard(key)

    def _answer(self, key: Hashable, args: Any, kwargs: Any) -> Any:
        value: Any = self._table.find(key)
        if value is ABSENT:
            return self._miss(key, args, kwargs)
        return value if type(value) in IMMUTABLE else self._hand_out(value)

    def _key_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
        if not self._is_method or not args:  # without its instance, it raises as the function does
            return self._key(*args, **kwargs)
        return self._bound_key(args[0], args[1:], kwargs)

    def _bound_key(self, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
        owner = self._owner(instance)
        if self._custom:
            return owner, self._custom_key(instance, *args, **kwargs)
        return owner, self._key_of_rest(*args, **kwargs)

    @functools.cached_property
    def _key_of_rest(self) -> Callable[..., Hashable]:
        return key_builder(self.uncached, bound=True)

    def _custom_key(self, /, *args: Any, **kwargs: Any) -> Hashable:
        return freeze(self._custom(*args, **kwargs))  # type: ignore[misc]

    def _owner(self, instance: object) -> Hashable:
        try:
            return self._table.owner(instance)
        except TypeError:  # no weak reference: a value such as a NamedTuple, which counts as one
            return freeze(instance)

    def _miss(self, key: Hashable, args: Any, kwargs: Any) -> Any:
        while True:
            own = Flight(get_ident())
            flight, value = self._table.board(key, own)
            if flight is None:
                return self._hand_out(value)
            if flight is own:
                return self._lead(key, own, args, kwargs)
            flight.wait()
            if not flight.given_up:
                return self._hand_out(flight.result())

    def _lead(self, key: Hashable, flight: Flight, args: Any, kwargs: Any) -> Any:
        with Landing(self._table, key, flight) as landing:
            result, landing.age = self._shelf.load(key) if self._shelf else (ABSENT, 0.0)
            computed = result is ABSENT
            if computed:
                result = refuse_streams(self.uncached(*args, **kwargs))
            landing.kept = self._keep(result)
            if self._shelf and computed:
                self._shelf.save(key, landing.kept, flight)
        return self._hand_out(landing.kept) if self._is_shared else result


class CachedCoroutineFunction(Cached[P, R]):
    """A coroutine function that remembers its results."""

    __module__ = "rp_core"

    async def __call__(  # type: ignore[override]
        self, /, *args: P.args, **kwargs: P.kwargs
    ) -> Any:
        """Return the result from memory, from who computes it now, or from a call."""
        key = self._key_of(args, kwargs) if self._is_method else self._key(*args, **kwargs)
        value = self._table.find(key)
        if value is ABSENT:
            return await self._miss(key, args, kwargs)
        return value if type(value) in IMMUTABLE else self._hand_out(value)

    async def _answer(self, key: Hashable, args: Any, kwargs: Any) -> Any:
        value = self._table.find(key)
        if value is ABSENT:
            return await self._miss(key, args, kwargs)
        return value if type(value) in IMMUTABLE else self._hand_out(value)

    async def _miss(self, key: Hashable, args: Any, kwargs: Any) -> Any:
        import anyio

        while True:
            own = Flight(anyio.get_current_task().id)
            flight, value = self._table.board(key, own)
            if flight is None:
                return self._hand_out(value)
            if flight is own:
                return await self._lead(key, own, args, kwargs)
            await flight.wait_on_loop()
            if not flight.given_up:
                return self._hand_out(flight.result())

    async def _lead(self, key: Hashable, flight: Flight, args: Any, kwargs: Any) -> Any:
        call: Any = self.uncached
        with Landing(self._table, key, flight) as landing:
            result, landing.age = (
                await self._shelf.load_on_loop(key) if self._shelf else (ABSENT, 0.0)
            )
            computed = result is ABSENT
            if computed:
                result = refuse_streams(await call(*args, **kwargs))
            landing.kept = self._keep(result)
            if self._shelf and computed:
                await self._shelf.save_on_loop(key, landing.kept, flight)
        return self._hand_out(landing.kept) if self._is_shared else result


def is_method(fn: Callable[..., Any]) -> bool:
    """Return whether a function is defined in the body of a class."""
    home = getattr(fn, "__qualname__", "").rpartition(".")[0]
    return bool(home) and not home.endswith("<locals>")


def kind_of(fn: Any) -> type[Cached[Any, Any]]:
    """Return the class for a plain function, or for a coroutine function."""
    plain = fn.__func__ if isinstance(fn, staticmethod) else fn
    return CachedCoroutineFunction if iscoroutinefunction(plain) else Cached


def _as_it_is(value: Any) -> Any:
    return value
