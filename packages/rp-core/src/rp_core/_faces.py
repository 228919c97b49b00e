"""The two faces of an operation.

An operation is written once, in its native colour; the other face is derived here, in one line,
and keeps the parameters, the result, the docstring and the errors.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        Awaitable,
        Callable,
        Coroutine,
        Generator,
        Iterable,
    )
    from typing import TypeAlias

    from rp_core._threads import Crew

    Prepare: TypeAlias = Callable[..., Callable[[], Awaitable[Any]] | None]

P = ParamSpec("P")
R = TypeVar("R")


def threaded(
    fn: Callable[P, R],
    *,
    module: str | None = None,
    cpu: bool = True,
    prepare: Prepare | None = None,
    takes_async: bool = False,
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Derive the async face of a blocking function: it runs on a worker thread.

    Works on asyncio and Trio. A cancel scope that is cancelled waits for a call that has begun;
    asyncio's own cancel returns at once. Either way the call takes no effect later.

    Args:
        fn: The blocking function.
        module: Public name of the module that exports the face, so that it pickles; default: that
            of the package where the face is derived.
        cpu: Whether `fn` is CPU-bound: it then takes a slot of the process-wide budget.
        prepare: Called with the arguments; says what to await on the caller's loop before the
            thread is crossed: None, or a function that returns an awaitable, whose result takes
            the place of the first argument.
        takes_async: Whether an async iterable among the arguments is advanced on the caller's loop
            as `fn` asks for items, which gets a blocking iterator in its place.
    """

    @functools.wraps(fn)
    async def face(*args: P.args, **kwargs: P.kwargs) -> R:
        from rp_core._offload import offload
        from rp_core._threads import budget, pool

        if takes_async and any(hasattr(value, "__aiter__") for value in (*args, *kwargs.values())):
            from rp_core._intake import offload_fed

            return await offload_fed(fn, args, kwargs, crew=budget if cpu else pool)
        call: Callable[[], R] = functools.partial(fn, *args, **kwargs)
        if prepare and (coming := prepare(*args, **kwargs)):
            call = functools.partial(fn, await coming(), *args[1:], **kwargs)  # type: ignore[arg-type]
        return await offload(call, crew=budget if cpu else pool)

    face.__module__ = module or _deriving_package()
    return face


def threaded_iter(
    fn: Callable[P, Iterable[R]],
    *,
    module: str | None = None,
    cpu: bool = True,
    prepare: Prepare | None = None,
    ahead: Callable[P, int] | None = None,
    takes_async: bool = False,
) -> Callable[P, AsyncGenerator[R, None]]:
    """Derive the async face of a blocking generator function, one thread hop per item.

    Nothing is produced before the first item is asked for, and no more than one item, or `ahead`,
    before it is taken, so memory stays bounded. Closing the face closes the generator. What `fn`
    gives may have a method `is_ready`: where it returns True, the next item needs no waiting, and
    is produced without a hop.

    Args:
        fn: The blocking generator function.
        module: As in `threaded`.
        cpu: Whether `fn` is CPU-bound: each item then takes a slot of the process-wide budget.
        prepare: As in `threaded`.
        ahead: Called with the arguments; says how many items may wait, produced, for a consumer
            that is slower. 0: none is produced before it is asked for, as without `ahead`.
        takes_async: As in `threaded`; where there is an async iterable, nothing runs ahead.
    """

    @functools.wraps(fn)
    async def face(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[R, None]:
        from contextlib import aclosing

        from rp_core._threads import budget, pool

        crew = budget if cpu else pool
        if takes_async and any(hasattr(value, "__aiter__") for value in (*args, *kwargs.values())):
            from rp_core._intake import fed_hop_per_item

            hops = fed_hop_per_item(fn, args, kwargs, crew)
        else:
            call: Callable[[], Iterable[R]] = functools.partial(fn, *args, **kwargs)
            if prepare and (coming := prepare(*args, **kwargs)):
                call = functools.partial(fn, await coming(), *args[1:], **kwargs)  # type: ignore[arg-type]
            hops = _hops(call, crew, ahead(*args, **kwargs) if ahead else 0)
        async with aclosing(hops) as items:
            async for item in items:
                yield item

    face.__module__ = module or _deriving_package()
    return face


def _hops(call: Callable[[], Iterable[R]], crew: Crew, most: int) -> AsyncGenerator[R, None]:
    from rp_core._ahead import run_ahead
    from rp_core._iterators import hop_per_item

    return run_ahead(call, crew, most) if most else hop_per_item(call, crew)


def blocking(
    fn: Callable[P, Coroutine[Any, Any, R]], *, module: str | None = None
) -> Callable[P, R]:
    """Derive the sync face of a coroutine function: the caller's thread waits for it.

    The coroutine runs on one background event loop per process, so it works where a loop runs
    already (Jupyter), and connection pools live on between calls. Ctrl-C cancels the coroutine.

    Args:
        fn: The coroutine function.
        module: Public name of the module that exports the face, so that it pickles; default: that
            of the package where the face is derived.
    """

    @functools.wraps(fn)
    def face(*args: P.args, **kwargs: P.kwargs) -> R:
        from rp_core._portal import portal

        return portal.call(functools.partial(fn, *args, **kwargs))

    face.__module__ = module or _deriving_package()
    return face


def blocking_iter(
    fn: Callable[P, AsyncIterable[R]], *, module: str
) -> Callable[P, Generator[R, None, None]]:
    """Derive the sync face of an async generator function.

    The generator runs as one task of the background loop, from its first item to its close, so
    that what it opens it can also close.

    Args:
        fn: The async generator function.
        module: Public name of the module that exports the face, so that it pickles; default: that
            of the package where the face is derived.
    """

    @functools.wraps(fn)
    def face(*args: P.args, **kwargs: P.kwargs) -> Generator[R, None, None]:
        from rp_core._iterators import item_per_call

        yield from item_per_call(functools.partial(fn, *args, **kwargs))

    face.__module__ = module or _deriving_package()
    return face


def _deriving_package() -> str:
    """Return the public name of the module that derives a face: without private parts."""
    name: str = sys._getframe(2).f_globals.get("__name__", "__main__")  # noqa: SLF001
    return name.partition("._")[0]
