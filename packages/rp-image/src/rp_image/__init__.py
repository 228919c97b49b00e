"""Images, asynchronously; `rp_image.sync` has the same names for plain code.

Every function here is a coroutine function (`stream` and `frames` give async iterators); every one
in `rp_image.sync` is plain. An image is a numpy array: C-contiguous, RGB order, straight alpha.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image import sync as sync
    from rp_image._encoding import AlphaPolicy as AlphaPolicy
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._faces import convert as convert
    from rp_image._faces import convert_many as convert_many
    from rp_image._faces import encode as encode
    from rp_image._faces import frames as frames
    from rp_image._faces import grid as grid
    from rp_image._faces import load as load
    from rp_image._faces import load_animation as load_animation
    from rp_image._faces import load_many as load_many
    from rp_image._faces import probe as probe
    from rp_image._faces import resize as resize
    from rp_image._faces import resize_to_fit as resize_to_fit
    from rp_image._faces import save as save
    from rp_image._faces import save_animation as save_animation
    from rp_image._faces import save_many as save_many
    from rp_image._faces import show as show
    from rp_image._faces import stream as stream
    from rp_image._frames import Animation as Animation
    from rp_image._frames import Frame as Frame
    from rp_image._loader import Cache as Cache
    from rp_image._loader import Icc as Icc
    from rp_image._resize import Method as Method
    from rp_image._types import Color as Color
    from rp_image._types import DType as DType
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Mode as Mode
    from rp_image._types import Sample as Sample

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image.sync": "",
            "rp_image._encoding": "AlphaPolicy",
            "rp_image._errors": "DecodeError EncodeError FormatError",
            "rp_image._faces": "convert convert_many encode frames grid load load_animation load_many probe resize resize_to_fit save save_animation save_many show stream",
            "rp_image._frames": "Animation Frame",
            "rp_image._loader": "Cache Icc",
            "rp_image._resize": "Method",
            "rp_image._types": "Color DType Format Image ImageInfo MAX_PIXELS Mode Sample",
        },
    )
