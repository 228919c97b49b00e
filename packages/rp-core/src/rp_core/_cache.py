"""`cached`: single flight, keys by type and equality, bounds of entries, bytes and age."""

from __future__ import annotations

from inspect import isasyncgenfunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from rp_core._cached import is_method, kind_of
from rp_core._plan import check_positive
from rp_core._table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core._cached import Cached
    from rp_core._copies import Copy
    from rp_core._disk_store import DiskStore

P = ParamSpec("P")
R = TypeVar("R")


@overload
def cached(fn: Callable[P, R], /) -> Cached[P, R]: ...
@overload
def cached(
    *,
    maxsize: int | None = 128,
    max_bytes: int | None = None,
    ttl: float | None = None,
    key: Callable[..., object] | None = None,
    copy: Copy = True,
    store: DiskStore | None = None,
) -> Callable[[Callable[P, R]], Cached[P, R]]: ...
def cached(
    fn: Any = None,
    /,
    *,
    maxsize: int | None = 128,
    max_bytes: int | None = None,
    ttl: float | None = None,
    key: Callable[..., object] | None = None,
    copy: Copy = True,
    store: DiskStore | None = None,
) -> Any:
    """Remember the results of a function, a coroutine function or a method.

    Calls are the same if their bound arguments, defaults included, have the same types and values:
    `f(1)`, `f(1.0)` and `f(True)` differ. Lists, dicts, sets and arrays count by what is in them,
    `os.PathLike` by the file that is there now (`file_key`), dataclasses by their fields, dates and
    decimals by what they say, anything else by its own equality.
    Of those who ask for the same call at once, threads or tasks, one computes and the others wait;
    an error is theirs too, and is not kept. If the one is cancelled, another takes over. The
    results of a method belong to its instance and go with it.

    Args:
        fn: The function, where there are no options.
        maxsize: Most results that are kept; the least recently used goes first. None: no bound.
        max_bytes: Most bytes that the results may take together, as estimated: what a C library
            holds counts only where the object has an `nbytes`. A larger result is not kept. None:
            no bound.
        ttl: Seconds for which a result is kept. None: no bound.
        key: Called with the arguments of each call; what it returns is the key instead.
        copy: True hands out copies of arrays, bytearrays, lists, dicts, sets, deques, and tuples
            and dataclasses that hold them; "readonly" hands out views of arrays that cannot be
            written to; False hands out the very object. Other objects are never copied.
        store: Keeps results on disk as well, across processes, under the function's name, code,
            and the constants that it closes over; what it calls does not count.

    Returns:
        The function, with `cache_info()`, `cache_clear()`, `cache_discard(*args, **kwargs)` and
        `uncached`. A call raises TypeError for an argument that cannot be part of a key, and
        RuntimeError where it needs its own result in the same thread or task; where it does so by
        way of another thread or task, it waits for ever.

    Raises:
        TypeError: `fn` is no function, or gives results that are used up; or an option is of the
            wrong type; or a method is to be kept in a store.
        ValueError: An option makes no sense.
    """
    _check_bound("maxsize", maxsize)
    _check_bound("max_bytes", max_bytes)
    check_positive("cached", "ttl", ttl)
    if key is not None and not callable(key):
        raise TypeError(f"cached: key must be callable, not {key!r}")
    if copy not in (True, False, "readonly") or isinstance(copy, int) is not isinstance(copy, bool):
        raise ValueError(f'cached: copy must be True, False or "readonly", not {copy!r}')

    def decorate(fn: Callable[P, R]) -> Cached[P, R]:
        _check_cacheable(fn)
        shelf = None
        if store is not None:
            from rp_core._shelf import Shelf

            if is_method(fn):
                raise TypeError("cached: a store keeps no methods, whose instances it cannot name")
            shelf = Shelf(store, fn, ttl)
        return kind_of(fn)(fn, Table(maxsize, max_bytes, ttl), key=key, copy=copy, shelf=shelf)

    return decorate if fn is None else decorate(fn)


def _check_cacheable(fn: Any) -> None:
    if not callable(fn):
        raise TypeError(f"cached: expected a function, not {fn!r}")
    if isgeneratorfunction(fn) or isasyncgenfunction(fn):
        raise TypeError(f"cached: {fn!r} is a generator function, whose results are used up")


def _check_bound(name: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"cached: {name} must be an int or None, not {value!r}")
    if value < 0:
        raise ValueError(f"cached: {name} must not be negative, it is {value}")
