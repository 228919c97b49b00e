"""One playing of a sound, whatever plays it."""

from __future__ import annotations

import atexit
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from rp_audio._source_error import SourceError
from rp_core import check_wanted, when_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_audio._feed import Feed

_PATIENCE: Final = 0.05
_running: WeakSet[Performance] = WeakSet()


class Performance:
    """Plays a feed by the first backend whose device opens, in this thread or in one of its own.

    A backend calls `begin` once its device takes sound, and returns when all has been heard.

    Attributes:
        feed: The sound.
    """

    def __init__(self, feed: Feed, play: Callable[[Performance], None]) -> None:
        self.feed = feed
        self._play = play
        self._error: BaseException | None = None
        self._began: float | None = None
        self._length: float | None = None
        self._settled = Event()  # it has begun, or ended
        self._ended = Event()
        self._halts: list[Callable[[], object]] = []
        self.is_stopped = False

    @property
    def has_begun(self) -> bool:
        """Whether a device has taken sound."""
        return self._began is not None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._ended.is_set()

    @property
    def position(self) -> float:
        """Seconds of the sound that have been heard, as near as the clock tells."""
        if self._began is None:
            return 0.0
        if self._length is not None:
            return self._length
        return min(monotonic() - self._began, self.feed.taken / self.feed.rate)

    def begin(self) -> None:
        """Take note that the device takes sound: from now on no other is tried."""
        if self._began is None:
            self._began = monotonic()
            self._settled.set()

    def when_stopped(self, halt: Callable[[], object]) -> None:
        """Have a function called, from another thread, that ends the sound at once."""
        self._halts.append(halt)
        if self.is_stopped:
            halt()

    def stop(self) -> None:
        """End the sound at once; without effect once it has ended."""
        self.is_stopped = True
        for halt in list(self._halts):
            halt()

    def run(self) -> None:
        """Play, and return when all has been heard or it was stopped.

        Raises:
            PlaybackError, NoBackendError: No backend has a device.
            DeviceLostError: The device failed after it had begun.
        """
        try:
            with when_abandoned(self.stop):
                self._play(self)
        except SourceError as error:
            if not self.is_stopped:
                self._error = error.failure
                raise error.failure from error.failure.__cause__
        except Exception as error:
            if not self.is_stopped:
                self._error = error
                raise
        finally:
            is_whole = self._error is None and not self.is_stopped
            self._length = self.feed.taken / self.feed.rate if is_whole else self.position
            self.feed.close()
            self._ended.set()
            self._settled.set()

    def start(self) -> None:
        """Play in a thread of its own; return as soon as it has begun.

        Raises:
            PlaybackError, NoBackendError: No backend has a device.
        """
        _running.add(self)
        Thread(target=self._run_apart, name="rp-playback", daemon=True).start()
        try:
            with when_abandoned(self._settled.set):
                self._settled.wait()
            check_wanted()
        except BaseException:
            self.stop()
            raise
        if self._error is not None and not self.has_begun:
            raise self._error

    def wait(self) -> None:
        """Wait until it has ended.

        Raises:
            DeviceLostError: The device failed.
        """
        while not self._ended.wait(_PATIENCE):
            check_wanted()
        if self._error is not None:
            raise self._error

    def _run_apart(self) -> None:
        try:
            self.run()
        except BaseException as error:
            self._error = error


@atexit.register
def _stop_all() -> None:
    """End what still plays when the interpreter does: a program would go on by itself."""
    for performance in list(_running):
        performance.stop()
