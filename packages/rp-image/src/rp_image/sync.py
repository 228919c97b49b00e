"""Images, in plain code: the names of `rp_image`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_image._errors import DecodeError as DecodeError
    from rp_image._errors import EncodeError as EncodeError
    from rp_image._errors import FormatError as FormatError
    from rp_image._fit import resize_to_fit as resize_to_fit
    from rp_image._grid import grid as grid
    from rp_image._load import load as load
    from rp_image._probe import probe as probe
    from rp_image._resize import Method as Method
    from rp_image._resize import resize as resize
    from rp_image._save import save as save
    from rp_image._sync_faces import load_many as load_many
    from rp_image._sync_faces import stream as stream
    from rp_image._types import MAX_PIXELS as MAX_PIXELS
    from rp_image._types import Format as Format
    from rp_image._types import Image as Image
    from rp_image._types import ImageInfo as ImageInfo
    from rp_image._types import Mode as Mode
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_image._errors": "DecodeError EncodeError FormatError",
            "rp_image._fit": "resize_to_fit",
            "rp_image._grid": "grid",
            "rp_image._load": "load",
            "rp_image._probe": "probe",
            "rp_image._resize": "Method resize",
            "rp_image._save": "save",
            "rp_image._sync_faces": "load_many stream",
            "rp_image._types": "MAX_PIXELS Format Image ImageInfo Mode",
        },
    )
