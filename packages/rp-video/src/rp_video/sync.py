"""Films, in plain code: the names of `rp_video`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_video._concat import concat as concat
    from rp_video._convert import convert as convert
    from rp_video._errors import CodecUnavailableError as CodecUnavailableError
    from rp_video._errors import DamagedWarning as DamagedWarning
    from rp_video._errors import DecodeError as DecodeError
    from rp_video._errors import EncodeError as EncodeError
    from rp_video._errors import TruncatedError as TruncatedError
    from rp_video._errors import VideoError as VideoError
    from rp_video._extract_audio import extract_audio as extract_audio
    from rp_video._extract_frames import extract_frames as extract_frames
    from rp_video._frames_at import frames_at as frames_at
    from rp_video._load import load as load
    from rp_video._map_frames import map_frames as map_frames
    from rp_video._probe import probe as probe
    from rp_video._replace_audio import replace_audio as replace_audio
    from rp_video._save import save as save
    from rp_video._save_gif import Dither as Dither
    from rp_video._save_gif import save_gif as save_gif
    from rp_video._slowmo import Method as Method
    from rp_video._slowmo import slowmo as slowmo
    from rp_video._sound import Audio as Audio
    from rp_video._stream import stream as stream
    from rp_video._thumbnails import thumbnail_strip as thumbnail_strip
    from rp_video._thumbnails import thumbnails as thumbnails
    from rp_video._trim import How as How
    from rp_video._trim import trim as trim
    from rp_video._types import AudioInfo as AudioInfo
    from rp_video._types import Frame as Frame
    from rp_video._types import Image as Image
    from rp_video._types import Rate as Rate
    from rp_video._types import Seconds as Seconds
    from rp_video._types import Size as Size
    from rp_video._types import VideoInfo as VideoInfo
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_video._concat": "concat",
            "rp_video._convert": "convert",
            "rp_video._errors": (
                "CodecUnavailableError DamagedWarning DecodeError EncodeError TruncatedError "
                "VideoError"
            ),
            "rp_video._extract_audio": "extract_audio",
            "rp_video._extract_frames": "extract_frames",
            "rp_video._frames_at": "frames_at",
            "rp_video._load": "load",
            "rp_video._map_frames": "map_frames",
            "rp_video._probe": "probe",
            "rp_video._replace_audio": "replace_audio",
            "rp_video._save": "save",
            "rp_video._save_gif": "Dither save_gif",
            "rp_video._slowmo": "Method slowmo",
            "rp_video._sound": "Audio",
            "rp_video._stream": "stream",
            "rp_video._thumbnails": "thumbnail_strip thumbnails",
            "rp_video._trim": "How trim",
            "rp_video._types": "AudioInfo Frame Image Rate Seconds Size VideoInfo",
        },
    )
