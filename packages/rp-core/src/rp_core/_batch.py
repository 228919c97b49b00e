"""Batches of blocking work, written once and driven in four ways.

A batch operation is a function that returns a `Batch`; its faces are derived in one line each:
`gathered` gives a list, `streamed` a stream; `rp_core.sync` has the same two for plain code.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from rp_core import _sync_stream
    from rp_core._stream import Results, Stream

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Batch(Generic[R_co]):
    """CPU-bound work on many items.

    Attributes:
        fn: Blocking function of one item.
        items: Any iterable; on an event loop also any async iterable.
        prepare: As in `thread_map`; plain code leaves it to `fn`.
        keep: How many more items may be issued where all results are kept anyway, in a list.
        options: `limit`, `buffer`, `ordered`, `on_error` and `progress`, as in `thread_map`.
    """

    __module__ = "rp_core"

    fn: Callable[[Any], Any]
    items: Any
    prepare: Callable[[Any], Callable[[], Awaitable[Any]] | None] | None = None
    keep: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def list_options(self) -> dict[str, Any]:
        """The options of a map whose results are all kept."""
        return {"buffer": self.keep, **self.options}

    def on_loop(self, options: Mapping[str, Any]) -> Results[R_co]:
        """Map on the event loop."""
        from rp_core._map import thread_map

        results: Any = thread_map(self.fn, self.items, cpu=True, prepare=self.prepare, **options)
        return results  # type: ignore[no-any-return]

    def on_threads(self, options: Mapping[str, Any]) -> _sync_stream.Stream[R_co]:
        """Map without an event loop."""
        from rp_core._sync_map import thread_map

        results: Any = thread_map(self.fn, self.items, cpu=True, **options)
        return results  # type: ignore[no-any-return]


def split_options(
    options: Mapping[str, Any], item: type, batch: type
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the options of a batch into those for each item and those of the map.

    Args:
        options: What the caller gave.
        item: TypedDict of the options for each item.
        batch: TypedDict of all that the batch takes.

    Raises:
        TypeError: An option is unknown.
    """
    if unknown := options.keys() - batch.__annotations__.keys():
        raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
    own = {key: options[key] for key in options if key in item.__annotations__}
    return own, {key: options[key] for key in options if key not in own}


def gathered(
    module: str,
) -> Callable[[Callable[P, Batch[R_co]]], Callable[P, Coroutine[Any, Any, list[R_co]]]]:
    """Derive the async face that gives the results of a batch as a list.

    `gathered("rp_image")(fn)` has two steps because mypy keeps the overloads of a function only
    where it is the sole argument.

    Args:
        module: Public name of the module that exports the face, so that it pickles.
    """

    def derive(fn: Callable[P, Batch[R_co]]) -> Callable[P, Coroutine[Any, Any, list[R_co]]]:
        @functools.wraps(fn)
        async def face(*args: P.args, **kwargs: P.kwargs) -> list[R_co]:
            batch = fn(*args, **kwargs)
            return await batch.on_loop(batch.list_options)

        face.__module__ = module
        return face

    return derive


def streamed(module: str) -> Callable[[Callable[P, Batch[R_co]]], Callable[P, Stream[R_co]]]:
    """Derive the async face that streams the results of a batch: `streamed("rp_image")(fn)`.

    Args:
        module: Public name of the module that exports the face, so that it pickles.
    """

    def derive(fn: Callable[P, Batch[R_co]]) -> Callable[P, Stream[R_co]]:
        @functools.wraps(fn)
        def face(*args: P.args, **kwargs: P.kwargs) -> Stream[R_co]:
            batch = fn(*args, **kwargs)
            return aiter(batch.on_loop(batch.options))

        face.__module__ = module
        return face

    return derive
