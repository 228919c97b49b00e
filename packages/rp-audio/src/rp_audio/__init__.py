"""Sound, asynchronously; `rp_audio.sync` has the same names for plain code.

Every function here is a coroutine function (`stream` is an async generator function); every one
in `rp_audio.sync` is plain. Sound is `Audio(samples, rate)`: float32 (samples, channels), in Hz.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_audio import sync as sync
    from rp_audio._errors import AudioError as AudioError
    from rp_audio._errors import ClippedWarning as ClippedWarning
    from rp_audio._errors import DamagedWarning as DamagedWarning
    from rp_audio._errors import DecodeError as DecodeError
    from rp_audio._errors import DeviceLostError as DeviceLostError
    from rp_audio._errors import EncodeError as EncodeError
    from rp_audio._errors import PlaybackError as PlaybackError
    from rp_audio._errors import SpeechError as SpeechError
    from rp_audio._errors import TruncatedError as TruncatedError
    from rp_audio._errors import UnknownVoiceError as UnknownVoiceError
    from rp_audio._faces import concat as concat
    from rp_audio._faces import convert as convert
    from rp_audio._faces import convert_many as convert_many
    from rp_audio._faces import engines as engines
    from rp_audio._faces import fade as fade
    from rp_audio._faces import load as load
    from rp_audio._faces import load_many as load_many
    from rp_audio._faces import loudness as loudness
    from rp_audio._faces import mix as mix
    from rp_audio._faces import normalize as normalize
    from rp_audio._faces import play as play
    from rp_audio._faces import plot_waveform as plot_waveform
    from rp_audio._faces import probe as probe
    from rp_audio._faces import resample as resample
    from rp_audio._faces import save as save
    from rp_audio._faces import speak as speak
    from rp_audio._faces import start as start
    from rp_audio._faces import start_speaking as start_speaking
    from rp_audio._faces import stream as stream
    from rp_audio._faces import to_mono as to_mono
    from rp_audio._faces import trim_silence as trim_silence
    from rp_audio._faces import tts as tts
    from rp_audio._faces import tts_many as tts_many
    from rp_audio._faces import voices as voices
    from rp_audio._fade import Shape as Shape
    from rp_audio._formats import Depth as Depth
    from rp_audio._normalize import Level as Level
    from rp_audio._playback import Playback as Playback
    from rp_audio._plot_waveform import Color as Color
    from rp_audio._types import Audio as Audio
    from rp_audio._types import AudioInfo as AudioInfo
    from rp_audio._types import Samples as Samples
    from rp_audio._types import Seconds as Seconds
    from rp_audio._types import Sound as Sound
    from rp_audio._voice import Engine as Engine
    from rp_audio._voice import Gender as Gender
    from rp_audio._voice import Voice as Voice

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_audio.sync": "",
            "rp_audio._errors": (
                "AudioError ClippedWarning DamagedWarning DecodeError DeviceLostError "
                "EncodeError PlaybackError SpeechError TruncatedError UnknownVoiceError"
            ),
            "rp_audio._faces": (
                "concat convert convert_many engines fade load load_many loudness mix "
                "normalize play plot_waveform probe resample save speak start "
                "start_speaking stream to_mono trim_silence tts tts_many voices"
            ),
            "rp_audio._fade": "Shape",
            "rp_audio._formats": "Depth",
            "rp_audio._normalize": "Level",
            "rp_audio._playback": "Playback",
            "rp_audio._plot_waveform": "Color",
            "rp_audio._types": "Audio AudioInfo Samples Seconds Sound",
            "rp_audio._voice": "Engine Gender Voice",
        },
    )
