"""Sound, in plain code: the names of `rp_audio`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_audio._concat import concat as concat
    from rp_audio._convert import convert as convert
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
    from rp_audio._fade import Shape as Shape
    from rp_audio._fade import fade as fade
    from rp_audio._formats import Depth as Depth
    from rp_audio._load import load as load
    from rp_audio._loudness import loudness as loudness
    from rp_audio._mix import mix as mix
    from rp_audio._normalize import Level as Level
    from rp_audio._normalize import normalize as normalize
    from rp_audio._play import play as play
    from rp_audio._plot_waveform import Color as Color
    from rp_audio._plot_waveform import plot_waveform as plot_waveform
    from rp_audio._probe import probe as probe
    from rp_audio._resample import resample as resample
    from rp_audio._save import save as save
    from rp_audio._speak import speak as speak
    from rp_audio._speak import start_speaking as start_speaking
    from rp_audio._start import start as start
    from rp_audio._stream import stream as stream
    from rp_audio._sync_faces import convert_many as convert_many
    from rp_audio._sync_faces import load_many as load_many
    from rp_audio._sync_faces import tts_many as tts_many
    from rp_audio._sync_playback import Playback as Playback
    from rp_audio._to_mono import to_mono as to_mono
    from rp_audio._trim_silence import trim_silence as trim_silence
    from rp_audio._tts import tts as tts
    from rp_audio._types import Audio as Audio
    from rp_audio._types import AudioInfo as AudioInfo
    from rp_audio._types import Samples as Samples
    from rp_audio._types import Seconds as Seconds
    from rp_audio._types import Sound as Sound
    from rp_audio._voice import Engine as Engine
    from rp_audio._voice import Gender as Gender
    from rp_audio._voice import Voice as Voice
    from rp_audio._voices import engines as engines
    from rp_audio._voices import voices as voices
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_audio._concat": "concat",
            "rp_audio._convert": "convert",
            "rp_audio._errors": (
                "AudioError ClippedWarning DamagedWarning DecodeError DeviceLostError "
                "EncodeError PlaybackError SpeechError TruncatedError UnknownVoiceError"
            ),
            "rp_audio._fade": "Shape fade",
            "rp_audio._formats": "Depth",
            "rp_audio._load": "load",
            "rp_audio._loudness": "loudness",
            "rp_audio._mix": "mix",
            "rp_audio._normalize": "Level normalize",
            "rp_audio._play": "play",
            "rp_audio._plot_waveform": "Color plot_waveform",
            "rp_audio._probe": "probe",
            "rp_audio._resample": "resample",
            "rp_audio._save": "save",
            "rp_audio._speak": "speak start_speaking",
            "rp_audio._start": "start",
            "rp_audio._stream": "stream",
            "rp_audio._sync_faces": "convert_many load_many tts_many",
            "rp_audio._sync_playback": "Playback",
            "rp_audio._to_mono": "to_mono",
            "rp_audio._trim_silence": "trim_silence",
            "rp_audio._tts": "tts",
            "rp_audio._types": "Audio AudioInfo Samples Seconds Sound",
            "rp_audio._voice": "Engine Gender Voice",
            "rp_audio._voices": "engines voices",
        },
    )
