"""A sound that is being played, in plain code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rp_audio._performance import Performance


class Playback:
    """A sound that is being played; leaving its block stops it."""

    __module__ = "rp_audio.sync"

    def __init__(self, performance: Performance) -> None:
        self._performance = performance

    @property
    def position(self) -> float:
        """Seconds of the sound that have been heard, as near as the clock tells."""
        return self._performance.position

    @property
    def is_playing(self) -> bool:
        """Whether it has not ended yet."""
        return not self._performance.is_over

    def wait(self) -> None:
        """Wait until the sound has ended, or was stopped.

        Raises:
            DeviceLostError: The device went away.
        """
        self._performance.wait()

    def stop(self) -> None:
        """End the sound at once; without effect once it has ended."""
        self._performance.stop()
        self._performance.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()
