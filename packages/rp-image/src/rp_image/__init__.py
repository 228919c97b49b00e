"""Images, asynchronously; `rp_image.sync` has the same names for plain code.

Every function here is a coroutine function (`stream` and `frames` give async iterators); every one
in `rp_image.sync` is plain. An image is a numpy array: C-contiguous, RGB order, straight alpha.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image import kernels as kernels
    from rp_image import sync as sync
    from rp_image import torch as torch
    from rp_image._draw import Corner as Corner
    from rp_image._encoding import AlphaPolicy as AlphaPolicy
    from rp_image._errors import ClipboardUnavailableError as ClipboardUnavailableError
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EmptyClipboardError as EmptyClipboardError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._faces import as_float32 as as_float32
    from rp_image._faces import as_uint8 as as_uint8
    from rp_image._faces import as_uint16 as as_uint16
    from rp_image._faces import blur as blur
    from rp_image._faces import composite as composite
    from rp_image._faces import contact_sheet as contact_sheet
    from rp_image._faces import convert as convert
    from rp_image._faces import convert_many as convert_many
    from rp_image._faces import copy_to_clipboard as copy_to_clipboard
    from rp_image._faces import draw_label as draw_label
    from rp_image._faces import encode as encode
    from rp_image._faces import frames as frames
    from rp_image._faces import grid as grid
    from rp_image._faces import hsv_to_rgb as hsv_to_rgb
    from rp_image._faces import load as load
    from rp_image._faces import load_animation as load_animation
    from rp_image._faces import load_many as load_many
    from rp_image._faces import paste_from_clipboard as paste_from_clipboard
    from rp_image._faces import probe as probe
    from rp_image._faces import resize as resize
    from rp_image._faces import resize_many as resize_many
    from rp_image._faces import resize_stream as resize_stream
    from rp_image._faces import resize_to_cover as resize_to_cover
    from rp_image._faces import resize_to_fit as resize_to_fit
    from rp_image._faces import rgb_to_hsv as rgb_to_hsv
    from rp_image._faces import rotate as rotate
    from rp_image._faces import save as save
    from rp_image._faces import save_animation as save_animation
    from rp_image._faces import save_many as save_many
    from rp_image._faces import show as show
    from rp_image._faces import stream as stream
    from rp_image._faces import thumbnail as thumbnail
    from rp_image._faces import thumbnails as thumbnails
    from rp_image._faces import to_gray as to_gray
    from rp_image._faces import to_rgb as to_rgb
    from rp_image._faces import to_rgba as to_rgba
    from rp_image._frames import Animation as Animation
    from rp_image._frames import Frame as Frame
    from rp_image._loader import Cache as Cache
    from rp_image._loader import Icc as Icc
    from rp_image._resize import Method as Method
    from rp_image._thumbnail import Quality as Quality
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Color as Color
    from rp_image._types import DType as DType
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import Mode as Mode
    from rp_image._types import Sample as Sample

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image.kernels": "",
            "rp_image.torch": "",
            "rp_image.sync": "",
            "rp_image._draw": "Corner",
            "rp_image._encoding": "AlphaPolicy",
            "rp_image._errors": (
                "ClipboardUnavailableError DecodeError EmptyClipboardError EncodeError FormatError"
            ),
            "rp_image._faces": (
                "as_float32 as_uint16 as_uint8 blur composite contact_sheet convert "
                "convert_many copy_to_clipboard draw_label encode frames grid hsv_to_rgb load "
                "load_animation load_many paste_from_clipboard probe resize resize_many "
                "resize_stream resize_to_cover resize_to_fit rgb_to_hsv rotate save "
                "save_animation save_many show stream thumbnail thumbnails to_gray to_rgb "
                "to_rgba"
            ),
            "rp_image._frames": "Animation Frame",
            "rp_image._loader": "Cache Icc",
            "rp_image._resize": "Method",
            "rp_image._thumbnail": "Quality",
            "rp_image._types": "Color DType Format Image ImageInfo MAX_PIXELS Mode Sample",
        },
    )
