"""Images, in plain code: the names of `rp_image`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image import kernels as kernels
    from rp_image import torch as torch
    from rp_image._blur import blur as blur
    from rp_image._clipboard import copy_to_clipboard as copy_to_clipboard
    from rp_image._clipboard import paste_from_clipboard as paste_from_clipboard
    from rp_image._color import to_gray as to_gray
    from rp_image._color import to_rgb as to_rgb
    from rp_image._color import to_rgba as to_rgba
    from rp_image._composite import composite as composite
    from rp_image._contact_sheet import contact_sheet as contact_sheet
    from rp_image._convert import convert as convert
    from rp_image._depth import as_float32 as as_float32
    from rp_image._depth import as_uint8 as as_uint8
    from rp_image._depth import as_uint16 as as_uint16
    from rp_image._draw import Corner as Corner
    from rp_image._draw import draw_label as draw_label
    from rp_image._encode import encode as encode
    from rp_image._encoding import AlphaPolicy as AlphaPolicy
    from rp_image._errors import ClipboardUnavailableError as ClipboardUnavailableError
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EmptyClipboardError as EmptyClipboardError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._fit import resize_to_cover as resize_to_cover
    from rp_image._fit import resize_to_fit as resize_to_fit
    from rp_image._frames import Animation as Animation
    from rp_image._frames import Frame as Frame
    from rp_image._frames import frames as frames
    from rp_image._frames import load_animation as load_animation
    from rp_image._grid import grid as grid
    from rp_image._hsv import hsv_to_rgb as hsv_to_rgb
    from rp_image._hsv import rgb_to_hsv as rgb_to_hsv
    from rp_image._load import load as load
    from rp_image._loader import Cache as Cache
    from rp_image._loader import Icc as Icc
    from rp_image._probe import probe as probe
    from rp_image._resize import Method as Method
    from rp_image._resize import resize as resize
    from rp_image._rotate import rotate as rotate
    from rp_image._save import save as save
    from rp_image._save_animation import save_animation as save_animation
    from rp_image._show import show as show
    from rp_image._sync_faces import convert_many as convert_many
    from rp_image._sync_faces import load_many as load_many
    from rp_image._sync_faces import resize_many as resize_many
    from rp_image._sync_faces import resize_stream as resize_stream
    from rp_image._sync_faces import save_many as save_many
    from rp_image._sync_faces import stream as stream
    from rp_image._sync_faces import thumbnails as thumbnails
    from rp_image._thumbnail import Quality as Quality
    from rp_image._thumbnail import thumbnail as thumbnail
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Color as Color
    from rp_image._types import DType as DType
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import Mode as Mode
    from rp_image._types import Sample as Sample
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image.kernels": "",
            "rp_image.torch": "",
            "rp_image._blur": "blur",
            "rp_image._clipboard": "copy_to_clipboard paste_from_clipboard",
            "rp_image._color": "to_gray to_rgb to_rgba",
            "rp_image._composite": "composite",
            "rp_image._contact_sheet": "contact_sheet",
            "rp_image._convert": "convert",
            "rp_image._depth": "as_float32 as_uint16 as_uint8",
            "rp_image._draw": "Corner draw_label",
            "rp_image._encode": "encode",
            "rp_image._encoding": "AlphaPolicy",
            "rp_image._errors": (
                "ClipboardUnavailableError DecodeError EmptyClipboardError EncodeError FormatError"
            ),
            "rp_image._fit": "resize_to_cover resize_to_fit",
            "rp_image._frames": "Animation Frame frames load_animation",
            "rp_image._grid": "grid",
            "rp_image._hsv": "hsv_to_rgb rgb_to_hsv",
            "rp_image._load": "load",
            "rp_image._loader": "Cache Icc",
            "rp_image._probe": "probe",
            "rp_image._resize": "Method resize",
            "rp_image._rotate": "rotate",
            "rp_image._save": "save",
            "rp_image._save_animation": "save_animation",
            "rp_image._show": "show",
            "rp_image._sync_faces": (
                "convert_many load_many resize_many resize_stream save_many stream thumbnails"
            ),
            "rp_image._thumbnail": "Quality thumbnail",
            "rp_image._types": "Color DType Format Image ImageInfo MAX_PIXELS Mode Sample",
        },
    )
