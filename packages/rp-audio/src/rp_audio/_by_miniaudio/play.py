"""Playing by miniaudio."""

from __future__ import annotations

import sys
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import miniaudio

from rp_audio._errors import DeviceLostError, PlaybackError
from rp_core import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._performance import Performance

_BUFFER_MS: Final = 100
_PERIODS: Final = 3
_MOST_CHANNELS: Final = 32
_SILENT_SECONDS: Final = 5.0
_OF_PLATFORM: Final = {
    "darwin": ("COREAUDIO",),
    "win32": ("WASAPI", "DSOUND", "WINMM"),
}


def play(performance: Performance) -> None:
    """Play, and return when all has been heard.

    Raises:
        PlaybackError: There is no device.
        DeviceLostError: It stopped asking for sound.
    """
    feed = performance.feed
    feed.rewind()
    if feed.channels > _MOST_CHANNELS:
        raise UnsupportedError(f"miniaudio plays {_MOST_CHANNELS} channels at most")
    ended = Event()
    calls = _Calls()
    source = _samples(performance, ended, calls)
    next(source)
    # Named one by one, since by itself it falls back to a device that nobody hears.
    names = _OF_PLATFORM.get(sys.platform, ("PULSEAUDIO", "ALSA", "JACK"))
    try:
        device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=feed.channels,
            sample_rate=feed.rate,
            buffersize_msec=_BUFFER_MS,
            callback_periods=_PERIODS,
            backends=[miniaudio.Backend[name] for name in names],
            app_name="rp-audio",
        )
    except miniaudio.MiniaudioError as error:
        raise PlaybackError(f"miniaudio: {error}") from error
    with device:
        performance.when_stopped(ended.set)
        try:
            device.start(source)
        except miniaudio.MiniaudioError as error:
            raise PlaybackError(f"miniaudio: {error}") from error
        _await_end(performance, ended, calls)


class _Calls:
    count = 0
    failure: Exception | None = None


def _await_end(performance: Performance, ended: Event, calls: _Calls) -> None:
    seen = 0
    while not ended.wait(_SILENT_SECONDS):
        if not performance.has_begun:
            raise PlaybackError("the device does not ask for sound")
        if calls.count == seen:
            raise DeviceLostError("the device does not ask for sound any more")
        seen = calls.count
    if calls.failure:
        raise calls.failure


def _samples(performance: Performance, ended: Event, calls: _Calls) -> Generator[Any, int, None]:
    """Give as many samples as the device asks for; at the end silence, until all was heard."""
    feed = performance.feed
    wanted = yield b""
    spare = 0
    while spare < feed.rate * _BUFFER_MS * _PERIODS // 1000 and not performance.is_stopped:
        performance.begin()
        calls.count += 1
        buffer = bytearray(wanted * feed.frame_bytes)
        try:
            spare += wanted - feed.fill(buffer)
        except Exception as error:  # nobody would hear of it in the device's own thread
            calls.failure = error
            break
        wanted = yield bytes(buffer)
    ended.set()
    while True:
        wanted = yield bytes(wanted * feed.frame_bytes)
