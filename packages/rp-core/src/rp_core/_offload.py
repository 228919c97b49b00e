"""One blocking call on a worker thread, awaited."""

from __future__ import annotations

from typing import TypeVar

import anyio
import anyio.lowlevel

from rp_core._cancel import CancelToken, current_token
from rp_core._loop import is_scope_cancelled, poster
from rp_core._outcome import Outcome
from rp_core._threads import carried_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core._threads import Crew

R = TypeVar("R")


async def offload(call: Callable[[], R], *, crew: Crew) -> R:
    """Run a blocking call on a thread of `crew` and return its result.

    A cancel scope that is cancelled waits for a call that has begun; asyncio's own cancel returns
    at once. Either way the call takes no effect later.
    """
    await anyio.lowlevel.checkpoint_if_cancelled()
    work = _Offloaded(call)
    crew.start(work)
    try:
        await work.done.wait()
    except BaseException:
        work.token.cancel()
        if not crew.withdraw(work) and is_scope_cancelled():
            with anyio.CancelScope(shield=True):
                await work.done.wait()
        raise
    return work.result()


class _Offloaded(Outcome[R]):
    def __init__(self, call: Callable[[], R]) -> None:
        self._call = call
        self._context = carried_context()
        self._post = poster()
        self.token = CancelToken()
        self.done = anyio.Event()
        self._context.run(current_token.set, self.token)

    def __call__(self) -> None:
        try:
            self._result = self._context.run(self._call)
        except BaseException as error:
            self._error = error
        self._post(self.done.set)
