"""An async iterable that a blocking function takes items from."""

from __future__ import annotations

from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from rp_core._cancel import AbandonedError
from rp_core._iterators import END, BlockingSource, Raised
from rp_core._loop import poster
from rp_core._offload import offload
from rp_core._threads import budget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping

    from rp_core._threads import Crew

R = TypeVar("R")


async def offload_fed(
    fn: Callable[..., R], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, crew: Crew
) -> R:
    """Run a blocking call on a thread while this loop advances the async iterables it takes."""
    fed = FedCalls(args, kwargs)
    try:
        return await fed.run(partial(fn, *fed.args, **fed.kwargs), crew=crew)
    finally:
        await fed.close()


async def fed_hop_per_item(
    fn: Callable[..., Iterable[R]], args: tuple[Any, ...], kwargs: Mapping[str, Any], crew: Crew
) -> AsyncGenerator[R, None]:
    """Yield the items of a blocking iterable while this loop advances the async ones it takes."""
    fed = FedCalls(args, kwargs)
    source = BlockingSource(partial(fn, *fed.args, **fed.kwargs))
    try:
        while (item := await fed.run(source.next, crew=crew)) is not END:
            yield item
    finally:
        with anyio.CancelScope(shield=True):
            await offload(source.close, crew=crew)
        await fed.close()


class FedCalls:
    """Blocking calls that take items from async iterables, which the loop advances meanwhile.

    Attributes:
        args, kwargs: The arguments, with a blocking iterator in the place of each async iterable.
    """

    def __init__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._intakes: list[_Intake] = []
        self.args = tuple(map(self._swapped, args))
        self.kwargs = {name: self._swapped(value) for name, value in kwargs.items()}

    def _swapped(self, value: Any) -> Any:
        if not hasattr(value, "__aiter__"):
            return value
        self._intakes.append(_Intake(value))
        return self._intakes[-1]

    async def run(self, call: Callable[[], R], *, crew: Crew) -> R:
        """Run one call on a thread and return its result."""
        outcome: list[R] = []
        failure: list[Exception] = []
        async with anyio.create_task_group() as tasks:
            for intake in self._intakes:
                tasks.start_soon(intake.serve)
            try:
                outcome.append(await offload(call, crew=crew))
            except Exception as error:
                failure.append(error)  # not raised here, where it would become a group
            for intake in self._intakes:
                intake.rest()
            tasks.cancel_scope.cancel()
        if failure:
            raise failure.pop()
        return outcome.pop()

    async def close(self) -> None:
        """Close the async iterables."""
        for intake in self._intakes:
            await intake.close()


class _Intake:
    """A blocking iterator over an async iterable, which is advanced when an item is asked for.

    Not before: what gives its items may use one buffer for all of them.
    """

    def __init__(self, items: AsyncIterable[Any]) -> None:
        self._items = items
        self._iterator: Any = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._post = poster()
        self._asked = anyio.Event()
        self._resting = False
        self._over: Any = None

    def __iter__(self) -> _Intake:
        return self

    def __next__(self) -> Any:
        if self._over is None:
            self._post(self._ask)
            with budget.released():  # the items may come from work that needs the slot
                answer = self._answers.get()
            if answer is END or isinstance(answer, Raised):
                self._over = answer
            else:
                return answer
        if self._over is END:
            raise StopIteration
        raise self._over.error

    def _ask(self) -> None:
        self._asked.set()

    async def serve(self) -> None:
        """Fetch an item whenever one is asked for."""
        self._resting = False
        try:
            while True:
                await self._asked.wait()
                self._asked = anyio.Event()
                self._answers.put(await self._answer())
        finally:
            if not self._resting:  # cancelled: whoever asks is not to wait for ever
                self._answers.put(Raised(AbandonedError()))

    async def _answer(self) -> Any:
        try:
            if self._iterator is None:
                self._iterator = aiter(self._items)
            return await anext(self._iterator)
        except StopAsyncIteration:
            return END
        except Exception as error:
            return Raised(error)

    def rest(self) -> None:
        """Be told that the call has ended, and nothing is asked for until the next one."""
        self._resting = True

    async def close(self) -> None:
        """Close the async iterable."""
        if close := getattr(self._items, "aclose", None):
            with anyio.CancelScope(shield=True):
                await close()
