"""The async faces, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import rp_core
from rp_audio import (
    _concat,
    _convert,
    _encoded,
    _fade,
    _load,
    _load_many,
    _loudness,
    _mix,
    _normalize,
    _play,
    _playback,
    _plot_waveform,
    _probe,
    _resample,
    _save,
    _speak,
    _start,
    _stream,
    _to_mono,
    _trim_silence,
    _tts,
    _voices,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
R = TypeVar("R")


def _threaded(fn: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Derive the async face of a function with overloads, which mypy keeps for a sole argument."""
    return rp_core.threaded(fn, module="rp_audio")


concat: Final = rp_core.threaded(_concat.concat, module="rp_audio")
convert: Final = rp_core.threaded(_convert.convert, module="rp_audio", prepare=_encoded.fetch_first)
convert_many: Final = rp_core.gathered("rp_audio")(_convert.convert_many)
engines: Final = rp_core.threaded(_voices.engines, module="rp_audio", cpu=False)
fade: Final = rp_core.threaded(_fade.fade, module="rp_audio")
load: Final = rp_core.threaded(_load.load, module="rp_audio", prepare=_encoded.fetch_first)
load_many: Final = rp_core.gathered("rp_audio")(_load_many.load_many)
loudness: Final = rp_core.threaded(_loudness.loudness, module="rp_audio")
mix: Final = rp_core.threaded(_mix.mix, module="rp_audio")
normalize: Final = rp_core.threaded(_normalize.normalize, module="rp_audio")
play: Final = rp_core.threaded(
    _play.play, module="rp_audio", cpu=False, prepare=_encoded.fetch_first
)
plot_waveform: Final = rp_core.threaded(_plot_waveform.plot_waveform, module="rp_audio")
probe: Final = rp_core.threaded(_probe.probe, module="rp_audio", prepare=_encoded.fetch_first)
resample: Final = rp_core.threaded(_resample.resample, module="rp_audio")
save: Final = rp_core.threaded(_save.save, module="rp_audio", takes_async=True)
speak: Final = rp_core.threaded(_speak.speak, module="rp_audio", cpu=False)
start: Final = _playback.started(_start.start)
start_speaking: Final = _playback.started(_speak.start_speaking)
stream: Final = rp_core.threaded_iter(
    _stream.stream, module="rp_audio", prepare=_encoded.fetch_first
)
to_mono: Final = rp_core.threaded(_to_mono.to_mono, module="rp_audio")
trim_silence: Final = rp_core.threaded(_trim_silence.trim_silence, module="rp_audio")
tts: Final = _threaded(_tts.tts)
tts_many: Final = rp_core.gathered("rp_audio")(_tts.tts_many)
voices: Final = rp_core.threaded(_voices.voices, module="rp_audio", cpu=False)
