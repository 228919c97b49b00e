"""The deadline of a call: when it comes, whatever the call waits for is cancelled."""

from __future__ import annotations

import asyncio
import math
from contextlib import nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeAlias

import anyio

from rp_net._loop import loop_token, on_trio

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rp_net._options import Call

    Late: TypeAlias = Callable[[], Exception]

_PER_SECOND: Final = 16
current_deadline: ContextVar[float] = ContextVar("rp_net_deadline", default=math.inf)


class Clock:
    """Deadlines on one event loop."""

    def __init__(self) -> None:
        self._on_trio = on_trio()
        self._now = anyio.current_time if self._on_trio else loop_token().time
        self._alarms: dict[float, set[_Alarm]] = {}

    def deadline(self, call: Call) -> float:
        """Return when the time of a call that begins now is up; infinity: never."""
        return math.inf if call.timeout.total is None else self._now() + call.timeout.total

    def within(self, seconds: float | None, late: Late) -> InTime:
        """Return what `until` returns, for a deadline in some seconds; None: never."""
        return nullcontext() if seconds is None else self.until(self._now() + seconds, late)

    def until(self, deadline: float, late: Late) -> InTime:
        """Return a context manager that cancels its block at a deadline, or up to 1/16 s later.

        Leaving it then raises what `late` returns.
        """
        if deadline == math.inf:
            return nullcontext()
        if self._on_trio:
            return _Scope(deadline, late)
        # Many calls share one timer: a timer of its own would be a tenth of what a small one costs.
        moment = math.ceil(deadline * _PER_SECOND) / _PER_SECOND
        alarms = self._alarms.get(moment)
        if alarms is None:
            alarms = self._alarms[moment] = set()
            asyncio.get_running_loop().call_at(moment, self._ring, moment)
        return _Alarm(alarms, moment, late)

    def _ring(self, moment: float) -> None:
        for alarm in self._alarms.pop(moment):
            alarm.ring()


class _Scope:
    __slots__ = ("_late", "_scope")

    def __init__(self, deadline: float, late: Late) -> None:
        self._late = late
        self._scope = anyio.CancelScope(deadline=deadline)

    def __enter__(self) -> None:
        self._scope.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope.__exit__(kind, error, traceback)
        if self._scope.cancelled_caught:
            raise self._late()


class _Alarm:
    """Cancels a task as `asyncio.timeout_at` does, at one time with others."""

    __slots__ = ("_alarms", "_cancelling", "_late", "_moment", "_rung", "_task", "_token")

    def __init__(self, alarms: set[_Alarm], moment: float, late: Late) -> None:
        self._alarms = alarms
        self._moment = moment
        self._late = late
        self._rung = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("rp_net must be awaited in a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._alarms.add(self)
        self._token = current_deadline.set(self._moment)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._alarms.discard(self)
        current_deadline.reset(self._token)
        if not self._rung:
            return
        ours = self._task.uncancel() <= self._cancelling
        if ours and kind is asyncio.CancelledError:
            raise self._late() from None

    def ring(self) -> None:
        """Cancel the task."""
        self._rung = True
        self._task.cancel()


InTime: TypeAlias = _Scope | _Alarm | nullcontext[None]
