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
    from rp_video._faces import frames_at as frames_at
    from rp_video._faces import load as load
    from rp_video._faces import probe as probe
    from rp_video._faces import save as save
    from rp_video._faces import stream as stream
    from rp_video._types import AudioInfo as AudioInfo
    from rp_video._types import Frame as Frame
    from rp_video._types import Image as Image
    from rp_video._types import Rate as Rate
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
            "rp_video._faces": "frames_at load probe save stream",
            "rp_video._types": "AudioInfo Frame Image Rate Size VideoInfo",
        },
    )
