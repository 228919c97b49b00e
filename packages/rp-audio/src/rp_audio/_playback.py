"""A sound that is being played, in async code."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self

import anyio

import rp_core
from rp_audio import _encoded, _sync_playback

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
_wait: Final = rp_core.threaded(_sync_playback.Playback.wait, cpu=False)
_stop: Final = rp_core.threaded(_sync_playback.Playback.stop, cpu=False)


class Playback:
    """A sound that is being played; leaving its block stops it."""

    __module__ = "rp_audio"

    def __init__(self, twin: _sync_playback.Playback) -> None:
        self._twin = twin

    @property
    def position(self) -> float:
        """Seconds of the sound that have been heard, as near as the clock tells."""
        return self._twin.position

    @property
    def is_playing(self) -> bool:
        """Whether it has not ended yet."""
        return self._twin.is_playing

    async def wait(self) -> None:
        """Wait until the sound has ended, or was stopped.

        Raises:
            DeviceLostError: The device went away.
        """
        await _wait(self._twin)

    async def stop(self) -> None:
        """End the sound at once; without effect once it has ended."""
        with anyio.CancelScope(shield=True):
            await _stop(self._twin)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.stop()


def started(
    fn: Callable[P, _sync_playback.Playback],
) -> Callable[P, Coroutine[Any, Any, Playback]]:
    """Derive the async face of a function that begins to play."""
    apart = rp_core.threaded(fn, cpu=False, prepare=_encoded.fetch_first)

    @functools.wraps(fn)
    async def face(*args: P.args, **kwargs: P.kwargs) -> Playback:
        return Playback(await apart(*args, **kwargs))

    face.__module__ = "rp_audio"
    return face
