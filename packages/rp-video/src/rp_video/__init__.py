"""Films, asynchronously; `rp_video.sync` has the same names for plain code.

Every function here is a coroutine function (`stream` is an async generator function); every one
in `rp_video.sync` is plain. A frame is a numpy array: uint8, (H, W, 3) RGB, upright.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_video import sync as sync
    from rp_video._errors import CodecUnavailableError as CodecUnavailableError
    from rp_video._errors import DamagedWarning as DamagedWarning
    from rp_video._errors import DecodeError as DecodeError
    from rp_video._errors import EncodeError as EncodeError
    from rp_video._errors import TruncatedError as TruncatedError
    from rp_video._errors import VideoError as VideoError
    from rp_video._faces import concat as concat
    from rp_video._faces import convert as convert
    from rp_video._faces import extract_audio as extract_audio
    from rp_video._faces import extract_frames as extract_frames
    from rp_video._faces import frames_at as frames_at
    from rp_video._faces import load as load
    from rp_video._faces import map_frames as map_frames
    from rp_video._faces import probe as probe
    from rp_video._faces import replace_audio as replace_audio
    from rp_video._faces import save as save
    from rp_video._faces import save_gif as save_gif
    from rp_video._faces import slowmo as slowmo
    from rp_video._faces import stream as stream
    from rp_video._faces import thumbnail_strip as thumbnail_strip
    from rp_video._faces import thumbnails as thumbnails
    from rp_video._faces import trim as trim
    from rp_video._save_gif import Dither as Dither
    from rp_video._slowmo import Method as Method
    from rp_video._sound import Audio as Audio
    from rp_video._trim import How as How
    from rp_video._types import AudioInfo as AudioInfo
    from rp_video._types import Frame as Frame
    from rp_video._types import Image as Image
    from rp_video._types import Rate as Rate
    from rp_video._types import Seconds as Seconds
    from rp_video._types import Size as Size
    from rp_video._types import VideoInfo as VideoInfo

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_video.sync": "",
            "rp_video._errors": (
                "CodecUnavailableError DamagedWarning DecodeError EncodeError TruncatedError "
                "VideoError"
            ),
            "rp_video._faces": (
                "concat convert extract_audio extract_frames frames_at load map_frames probe "
                "replace_audio save save_gif slowmo stream thumbnail_strip thumbnails trim"
            ),
            "rp_video._save_gif": "Dither",
            "rp_video._slowmo": "Method",
            "rp_video._sound": "Audio",
            "rp_video._trim": "How",
            "rp_video._types": "AudioInfo Frame Image Rate Seconds Size VideoInfo",
        },
    )
