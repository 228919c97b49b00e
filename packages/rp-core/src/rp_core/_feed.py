"""The input of a map."""

from __future__ import annotations

from collections.abc import AsyncIterable
from itertools import islice
from types import AsyncGeneratorType, GeneratorType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rp_core._window import Window

T = TypeVar("T")


class Feed(Generic[T]):
    """Issues the items of an iterable while the window has room for them.

    An error of the iterable itself breaks the map off, whatever its error policy.
    """

    def __init__(self, items: Iterable[T], window: Window[T, Any]) -> None:
        self._iterator = iter(items)
        self._window = window

    def next(self) -> tuple[int, T] | None:
        """Issue the next item; None: there is no room now, or (the window is dry) no item."""
        window = self._window
        index = window.issued
        if window.dry or index - window.taken >= window.size:
            return None
        try:
            item = next(self._iterator)
        except StopIteration:
            window.dry = True
        except Exception as error:
            window.break_off(index, error)
        else:
            window.issued = index + 1
            return index, item
        return None

    def take(self, count: int) -> tuple[range, list[T]] | None:
        """Issue up to `count` items at once, as far as there is room; None as in `next`."""
        window = self._window
        index = window.issued
        count = min(count, window.size - index + window.taken)
        if window.dry or count <= 0:
            return None
        items: list[T] = []
        try:
            items.extend(islice(self._iterator, count))
        except Exception as error:
            window.break_off(index + len(items), error)
        else:
            window.dry = len(items) < count
        window.issued = index + len(items)
        return range(index, window.issued), items

    def close(self) -> None:
        """Close a generator that was not exhausted."""
        if isinstance(self._iterator, GeneratorType):
            self._iterator.close()


class AsyncFeed(Generic[T]):
    """A feed for the event loop, over an iterable or an async iterable."""

    def __init__(self, items: Iterable[T] | AsyncIterable[T], window: Window[T, Any]) -> None:
        self._window = window
        self.sync = None if isinstance(items, AsyncIterable) else Feed(items, window)
        if isinstance(items, AsyncIterable):
            import anyio

            self._iterator = aiter(items)
            self._lock = anyio.Lock(fast_acquire=True)

    async def next(self) -> tuple[int, T] | None:
        """Issue the next item; None: there is no room now, or (the window is dry) no item."""
        if self.sync:
            return self.sync.next()
        window = self._window
        async with self._lock:
            if not window.room:
                return None
            try:
                item = await anext(self._iterator)
            except StopAsyncIteration:
                window.dry = True
            except Exception as error:
                window.break_off(window.issued, error)
            else:
                return window.issue(), item
        return None

    async def close(self) -> None:
        """Close a generator that was not exhausted."""
        if self.sync:
            self.sync.close()
        elif isinstance(self._iterator, AsyncGeneratorType):
            await self._iterator.aclose()
