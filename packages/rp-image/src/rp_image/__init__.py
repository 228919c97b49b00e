"""Images, asynchronously; `rp_image.sync` has the same names for plain code.

Every function here is a coroutine function (`stream` gives an async iterator); every one in
`rp_image.sync` is plain. An image is a numpy array: C-contiguous, RGB order, straight alpha.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image import sync as sync
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._faces import grid as grid
    from rp_image._faces import load as load
    from rp_image._faces import load_many as load_many
    from rp_image._faces import probe as probe
    from rp_image._faces import resize as resize
    from rp_image._faces import resize_to_fit as resize_to_fit
    from rp_image._faces import save as save
    from rp_image._faces import stream as stream
    from rp_image._resize import Method as Method
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import Mode as Mode

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image.sync": "",
            "rp_image._errors": "DecodeError EncodeError FormatError",
            "rp_image._faces": "grid load load_many probe resize resize_to_fit save stream",
            "rp_image._resize": "Method",
            "rp_image._types": "MAX_PIXELS Format Image ImageInfo Mode",
        },
    )
