"""The backends that play sound; they give way to the next one before it has begun only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from rp_audio._errors import DeviceLostError, PlaybackError
from rp_audio._performance import Performance
from rp_audio._players import by_simpleaudio
from rp_audio._players.programs import on_path, play_by_file, play_by_pipe
from rp_audio._source_error import SourceError
from rp_core import Fallback, base, extra, is_macos, is_windows, system

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ON_LINUX: Final = ("pw_play", "paplay", "aplay")
_EVERYWHERE: Final = ("miniaudio", "sounddevice", "simpleaudio")

player: Fallback[[Performance], None] = Fallback(
    "rp_audio.play", error=PlaybackError, final=(DeviceLostError, SourceError)
)


@player.via(install=system("afplay"), check=on_path("afplay", "macOS"))
def afplay(performance: Performance) -> None:
    play_by_file(performance, lambda path: ["afplay", path])


@player.via(needs="winsound", install=base)
def winsound(performance: Performance) -> None:
    play_by_file(performance, winsound_command)


@player.via(install=system("pipewire-bin"), check=on_path("pw-play", "pipewire-bin"))
def pw_play(performance: Performance) -> None:
    play_by_file(performance, lambda path: ["pw-play", path])


@player.via(install=system("pulseaudio-utils"), check=on_path("paplay", "pulseaudio-utils"))
def paplay(performance: Performance) -> None:
    feed = performance.feed
    form = [f"--rate={feed.rate}", f"--channels={feed.channels}", "--format=s16le"]
    play_by_pipe(performance, ["paplay", "--raw", "--client-name=rp-audio", *form])


@player.via(install=system("alsa-utils"), check=on_path("aplay", "alsa-utils"))
def aplay(performance: Performance) -> None:
    feed = performance.feed
    form = ["-f", "S16_LE", "-r", str(feed.rate), "-c", str(feed.channels)]
    play_by_pipe(performance, ["aplay", "-q", "-t", "raw", *form, "-"])


@player.via(needs="miniaudio", install=extra("miniaudio"))
def miniaudio(performance: Performance) -> None:
    from rp_audio._by_miniaudio.play import play

    play(performance)


@player.via(needs="sounddevice", install=extra("sounddevice"))
def sounddevice(performance: Performance) -> None:
    from rp_audio._players.by_sounddevice import play

    play(performance)


@player.via(needs="simpleaudio", install=extra("simpleaudio"), check=by_simpleaudio.check)
def simpleaudio(performance: Performance) -> None:
    by_simpleaudio.play(performance)


def winsound_command(path: str) -> list[str]:
    """Return the command that plays a WAV file on Windows: a process of its own can be ended."""
    flags = "winsound.SND_FILENAME | winsound.SND_NODEFAULT"
    code = f"import sys, winsound; winsound.PlaySound(sys.argv[1], {flags})"
    return [sys.executable, "-c", code, path]


def chosen_player(backend: str | Sequence[str] | None) -> Callable[[Performance], None]:
    """Return what plays: the backends that are named, or those of this system in their order.

    Raises:
        ValueError: There is no backend of that name.
    """
    if backend is not None:
        return player.using(backend)
    native = ("afplay",) if is_macos() else ("winsound",) if is_windows() else _ON_LINUX
    return player.using((*native, *_EVERYWHERE))
