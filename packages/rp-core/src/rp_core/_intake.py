"""An async iterable that a blocking function takes items from."""

from __future__ import annotations

from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from rp_core._cancel import AbandonedError
from rp_core._iterators import END, Raised
from rp_core._loop import poster
from rp_core._offload import offload
from rp_core._threads import budget

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Mapping

    from rp_core._threads import Crew

R = TypeVar("R")


async def offload_fed(
    fn: Callable[..., R], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, crew: Crew
) -> R:
    """Run a blocking call on a thread while this loop advances the async iterable it takes."""
    intakes: list[_Intake] = []

    def swapped(value: Any) -> Any:
        if not hasattr(value, "__aiter__"):
            return value
        intakes.append(_Intake(value))
        return intakes[-1]

    call = partial(fn, *map(swapped, args), **{name: swapped(v) for name, v in kwargs.items()})
    outcome: list[R] = []
    failure: list[Exception] = []
    async with anyio.create_task_group() as tasks:
        for intake in intakes:
            tasks.start_soon(intake.serve)
        try:
            outcome.append(await offload(call, crew=crew))
        except Exception as error:
            failure.append(error)  # not raised here, where it would become a group
        tasks.cancel_scope.cancel()
    if failure:
        raise failure.pop()
    return outcome.pop()


class _Intake:
    """A blocking iterator over an async iterable, which is advanced when an item is asked for.

    Not before: what gives its items may use one buffer for all of them.
    """

    def __init__(self, items: AsyncIterable[Any]) -> None:
        self._items = items
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._post = poster()
        self._asked = anyio.Event()
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
        try:
            iterator = aiter(self._items)
            while True:
                await self._asked.wait()
                self._asked = anyio.Event()
                try:
                    item = await anext(iterator)
                except StopAsyncIteration:
                    self._answers.put(END)
                    return
                self._answers.put(item)
                del item
        except Exception as error:
            self._answers.put(Raised(error))
        finally:
            self._answers.put(Raised(AbandonedError()))
            if close := getattr(self._items, "aclose", None):
                with anyio.CancelScope(shield=True):
                    await close()
