"""One computation that several callers wait for."""

from __future__ import annotations

from threading import Event, Lock
from typing import Any

from rp_core._threads import budget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Flight:
    """The call for one key that is under way: its leader computes, its followers wait.

    Attributes:
        leader: The thread or task that computes.
        landed: Whether it has ended.
        given_up: Whether it ended without an answer; a follower then leads anew.
        fresh: Whether its result may be kept: the cache has not been cleared since it began.
    """

    def __init__(self, leader: object) -> None:
        self.leader = leader
        self.landed = self.given_up = False
        self.fresh = True
        self._value: Any = None
        self._error: Exception | None = None
        self._lock = Lock()
        self._wakers: list[Callable[[], object]] = []

    def succeed(self, value: Any) -> None:
        """End with what `result` is to return."""
        self._value = value
        self._land()

    def fail(self, error: Exception) -> None:
        """End with what `result` is to raise."""
        self._error = error
        self._land()

    def give_up(self) -> None:
        """End without an answer: the leader was cancelled or interrupted."""
        self.given_up = True
        self._land()

    def result(self) -> Any:
        """Return the answer of a flight that has landed and was not given up.

        Raises:
            Exception: What the leader's call raised.
        """
        if self._error:
            raise self._error
        return self._value

    def wait(self) -> None:
        """Wait in this thread, whose CPU slot others may use meanwhile."""
        landed = Event()
        self._when_landed(landed.set)
        with budget.released():
            landed.wait()

    async def wait_on_loop(self) -> None:
        """Wait in this task, also for a leader on another event loop."""
        import anyio

        from rp_core._loop import poster

        post, landed = poster(), anyio.Event()

        def wake() -> None:
            post(landed.set)

        self._when_landed(wake)
        try:
            await landed.wait()
        finally:
            self._forget(wake)

    def _when_landed(self, waker: Callable[[], object]) -> None:
        with self._lock:
            if not self.landed:
                self._wakers.append(waker)
                return
        waker()

    def _forget(self, waker: Callable[[], object]) -> None:
        with self._lock:
            if waker in self._wakers:
                self._wakers.remove(waker)

    def _land(self) -> None:
        with self._lock:
            self.landed = True
            wakers, self._wakers = self._wakers, []
        for wake in wakers:
            wake()
