"""Images, in plain code: the names of `rp_image`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image._convert import convert as convert
    from rp_image._encode import encode as encode
    from rp_image._encoding import AlphaPolicy as AlphaPolicy
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._fit import resize_to_fit as resize_to_fit
    from rp_image._frames import Animation as Animation
    from rp_image._frames import Frame as Frame
    from rp_image._frames import frames as frames
    from rp_image._frames import load_animation as load_animation
    from rp_image._grid import grid as grid
    from rp_image._loader import Cache as Cache
    from rp_image._loader import Icc as Icc
    from rp_image._load import load as load
    from rp_image._probe import probe as probe
    from rp_image._resize import Method as Method
    from rp_image._resize import resize as resize
    from rp_image._save import save as save
    from rp_image._save_animation import save_animation as save_animation
    from rp_image._show import show as show
    from rp_image._sync_faces import convert_many as convert_many
    from rp_image._sync_faces import load_many as load_many
    from rp_image._sync_faces import save_many as save_many
    from rp_image._sync_faces import stream as stream
    from rp_image._types import Color as Color
    from rp_image._types import DType as DType
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Mode as Mode
    from rp_image._types import Sample as Sample
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image._convert": "convert",
            "rp_image._encode": "encode",
            "rp_image._encoding": "AlphaPolicy",
            "rp_image._errors": "DecodeError EncodeError FormatError",
            "rp_image._fit": "resize_to_fit",
            "rp_image._frames": "Animation Frame frames load_animation",
            "rp_image._grid": "grid",
            "rp_image._load": "load",
            "rp_image._loader": "Cache Icc",
            "rp_image._probe": "probe",
            "rp_image._resize": "Method resize",
            "rp_image._save": "save",
            "rp_image._save_animation": "save_animation",
            "rp_image._show": "show",
            "rp_image._sync_faces": "convert_many load_many save_many stream",
            "rp_image._types": "Color DType Format Image ImageInfo MAX_PIXELS Mode Sample",
        },
    )
