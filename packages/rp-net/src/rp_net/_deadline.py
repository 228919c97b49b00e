"""The deadline of a call: when it comes, whatever the call waits for is cancelled."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, TypeAlias

import anyio

from rp_net._errors import NetTimeoutError
from rp_net._loop import loop_token, on_trio

if TYPE_CHECKING:
    from types import TracebackType

    from rp_net._options import Call


class Clock:
    """Deadlines on one event loop."""

    def __init__(self) -> None:
        self._on_trio = on_trio()
        self._now = anyio.current_time if self._on_trio else loop_token().time

    def deadline(self, call: Call) -> float:
        """Return when the time of a call that begins now is up; infinity: never."""
        return math.inf if call.timeout.total is None else self._now() + call.timeout.total

    def until(self, deadline: float, call: Call) -> InTime:
        """Return a context manager that cancels its block at a deadline.

        Leaving it raises `NetTimeoutError` if it was cancelled.
        """
        if self._on_trio or deadline == math.inf:
            return _Scope(deadline, call)
        return _Alarm(deadline, call)


class _Scope:
    __slots__ = ("_call", "_scope")

    def __init__(self, deadline: float, call: Call) -> None:
        self._call = call
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
            raise _late(self._call)


class _Alarm:
    """Does what `asyncio.timeout_at` does, without its coroutines: every request has one."""

    __slots__ = ("_call", "_cancelling", "_deadline", "_handle", "_rung", "_task")

    def __init__(self, deadline: float, call: Call) -> None:
        self._deadline = deadline
        self._call = call
        self._rung = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("rp_net must be awaited in a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._handle = task.get_loop().call_at(self._deadline, self._ring)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._handle.cancel()
        ours = self._rung and self._task.uncancel() <= self._cancelling
        if ours and kind is asyncio.CancelledError:
            raise _late(self._call) from None

    def _ring(self) -> None:
        self._rung = True
        self._task.cancel()


InTime: TypeAlias = _Scope | _Alarm


def _late(call: Call) -> NetTimeoutError:
    return NetTimeoutError(
        f"{call.first.authority}: not done within {call.timeout.total} seconds", "total"
    )
