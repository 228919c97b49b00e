"""Playing by sounddevice, which is PortAudio."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import sounddevice

from rp_audio._errors import DeviceLostError, PlaybackError

if TYPE_CHECKING:
    from rp_audio._performance import Performance


def play(performance: Performance) -> None:
    """Play, and return when all has been heard.

    Raises:
        PlaybackError: There is no device.
        DeviceLostError: It ended before the sound did.
    """
    feed = performance.feed
    feed.rewind()
    ended = Event()
    given_all = Event()
    failures: list[Exception] = []

    def callback(outdata: Any, frames: int, _time: Any, _status: Any) -> None:
        try:
            count = feed.fill(outdata)
        except Exception as error:
            failures.append(error)
            raise sounddevice.CallbackAbort from error
        if count < frames:
            given_all.set()
            raise sounddevice.CallbackStop

    try:
        stream = sounddevice.RawOutputStream(
            samplerate=feed.rate,
            channels=feed.channels,
            dtype="int16",
            callback=callback,
            finished_callback=ended.set,
        )
    except (sounddevice.PortAudioError, ValueError) as error:
        raise PlaybackError(f"sounddevice: {error}") from error
    with stream:
        performance.begin()
        performance.when_stopped(ended.set)
        ended.wait()
        if performance.is_stopped:
            stream.abort()
    if failures:
        raise failures[0]
    if not given_all.is_set() and not performance.is_stopped:
        raise DeviceLostError("the device stopped")
