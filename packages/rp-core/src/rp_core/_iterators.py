"""Iterators across the colours: a blocking one for a loop, an async one for a thread."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Lock
from types import AsyncGeneratorType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
import anyio.lowlevel

from rp_core._cancel import current_token
from rp_core._offload import offload
from rp_core._portal import portal
from rp_core._threads import carried_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable

    from rp_core._threads import Crew

R = TypeVar("R")
END: Final[Any] = object()


class Raised:
    """An error among the items: it is raised where the item would be handed out."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


async def hop_per_item(make: Callable[[], Iterable[R]], crew: Crew) -> AsyncGenerator[R, None]:
    """Yield the items of a blocking iterable, each produced on a thread of `crew`.

    An iterator with a method `is_ready` says so when the next item needs no waiting; it is then
    produced here.
    """
    source = BlockingSource(make)
    try:
        while True:
            if source.is_ready():
                await anyio.lowlevel.checkpoint()
                item = source.next()
            else:
                item = await offload(source.next, crew=crew)
            if item is END:
                return
            yield item
    finally:
        with anyio.CancelScope(shield=True):
            await offload(source.close, crew=crew)


class BlockingSource:
    """An iterator that one thread at a time advances, and that closes after its last item."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make
        self._iterator: Any = None
        self._lock = Lock()
        self._context = carried_context()

    def next(self) -> Any:
        return self._run(self._next)

    def close(self) -> None:
        self._run(self._close)

    def is_ready(self) -> bool:
        ask = getattr(self._iterator, "is_ready", None)
        return ask is not None and ask()

    def _run(self, step: Callable[[], Any]) -> Any:
        """Take a step in the one context of the iterator, for what it sets and resets there."""
        with self._lock:
            self._context.run(current_token.set, current_token.get())
            return self._context.run(step)

    def _next(self) -> Any:
        if self._iterator is None:
            self._iterator = iter(self._make())
        return next(self._iterator, END)

    def _close(self) -> None:
        if hasattr(self._iterator, "close"):
            self._iterator.close()


def item_per_call(make: Callable[[], AsyncIterable[R]]) -> Generator[R, None, None]:
    """Yield the items of an async iterable, which runs as one task of the portal's loop."""
    hosted = portal.call(partial(_start, make))
    try:
        while (item := portal.call(hosted.next)) is not END:
            yield item
    finally:
        if portal.is_here():  # collected there: nobody could wait
            hosted.cancel()
        elif portal.runs(hosted.loop):
            portal.call(hosted.close)
        else:  # this is a forked child, or the end of the program
            hosted.forget()


async def _start(make: Callable[[], AsyncIterable[Any]]) -> _Hosted:
    return _Hosted(make)


class _Hosted:
    """An async iterable in a task of its own, asked for one item at a time."""

    def __init__(self, make: Callable[[], AsyncIterable[Any]]) -> None:
        self._make = make
        self._requests: asyncio.Queue[asyncio.Future[Any]] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self._task = self.loop.create_task(self._serve())

    async def next(self) -> Any:
        """Return the next item or END; a cancelled call ends the iterable."""
        request: asyncio.Future[Any] = self.loop.create_future()
        self._requests.put_nowait(request)
        try:
            return await request
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    def cancel(self) -> None:
        """End the iterable soon."""
        self._task.cancel()

    def forget(self) -> None:
        """Say nothing of a task whose loop has gone without it."""
        self._task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001

    async def close(self) -> None:
        """End the iterable and wait until it has."""
        self.cancel()
        await asyncio.wait([self._task])

    async def _serve(self) -> None:
        request = await self._requests.get()
        try:
            items = self._make()
            try:
                async for item in items:
                    request.set_result(item)
                    request = await self._requests.get()
            finally:
                if isinstance(items, AsyncGeneratorType):
                    await items.aclose()
        except asyncio.CancelledError:
            request.cancel()
            raise
        except BaseException as error:
            if not request.done():
                request.set_exception(error)
            return
        while True:
            if not request.done():
                request.set_result(END)
            request = await self._requests.get()
