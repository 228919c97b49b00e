"""Load one image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp_core import resolve_source
from rp_image._loader import Loader, remembered
from rp_image._types import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rp_core import Source
    from rp_image._loader import Cache, Icc, Size
    from rp_image._types import DType, Image, Mode


def load(
    source: Source,
    /,
    *,
    mode: Mode = "auto",
    dtype: DType | None = None,
    size: Size | None = None,
    frame: int = 0,
    orient: bool = True,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    icc: Icc = "keep",
    cache: Cache = False,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Load an image of any format that `ImageInfo.format` names.

    The format is found from the content, never from the name. Palettes, CMYK and Lab are converted
    to RGB. Of an animation the first frame is loaded; of an animated PNG, the picture that programs
    without animation show.

    Args:
        source: A path, bytes, a binary file, a `data:` URL or a URL (https needs rp-net); with
            `await`, also an async file.
        mode: "auto" gives RGBA exactly where the file has transparency, and RGB elsewhere; "rgb"
            drops alpha, "rgba" adds an opaque one, "gray" gives BT.601 luma, and "native" keeps
            gray and gray with alpha as they are in the file.
        dtype: "uint8", "uint16" or "float32": samples are scaled, not cast. None: that of the file.
            Floats outside 0..1 cannot become integers: load them as they are, and clip.
        size: (height, width) of the upright picture, or a factor, as in `resize`: the result has
            this size. A JPEG is decoded at a reduced scale, at least twice the size, where that is
            smaller than the whole.
        frame: Which frame of an animation, page of a TIFF, or size of an icon (0: the largest).
        orient: Whether to turn the image upright, as the file's orientation says.
        strict: Whether a container that is cut off or malformed is an error, and pixels that
            libjpeg finds lost inside a JPEG. Without it, damage is passed over where a backend can
            bridge it. Damage inside compressed data that no decoder notices is found neither way.
        max_pixels: The most pixels to decode; the header is checked before any decoder runs. None:
            no limit.
        icc: "keep" leaves colours as they are stored; "srgb" converts them by the embedded profile,
            if there is one.
        cache: Whether to remember the picture, in one store of 256 MB for the package: True hands
            out copies, "readonly" views that cannot be written to. A file is known by its path,
            size and time of change, other sources by their content.
        urls: Whether URLs may be read.
        backend: Use only this backend, or these in order: "simplejpeg", "codecs", "opencv",
            "numpy", "pillow", "tiff", "exr", "heif", "jxl", "raw", "imageio".

    Returns:
        Array (H, W, 3) or (H, W, 4), or (H, W) for gray (with alpha (H, W, 2) in native mode), in
        RGB order with straight alpha, C-contiguous and writable. uint8 for up to 8 bits a sample,
        uint16 full scale for 9 to 16, float32 for floats, and for signed and 32-bit integers, whose
        values stay as they are stored.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        IndexError: The file has no such frame.
        FormatError: The content is in no format that this package reads.
        LimitExceededError: The image has more than `max_pixels`.
        DecodeError: It is damaged; `.attempts` says what each backend found.
        NoBackendError: No installed backend can decode it rightly.
        UnsupportedError: The frame is a later one of an animated JPEG XL, or of an AVIF of more
            than 8 bits, or `backend` has no part in its decoding.
        MissingDependencyError: The profile that is to be applied is that of a JPEG XL, and the
            extra that unpacks it is missing.
        TypeError: `source` is no source.
        ValueError: An option makes no sense.
    """
    plain = (backend is None or isinstance(backend, str)) and not isinstance(size, list)
    make = remembered if plain else Loader
    loader = make(
        mode=mode,
        dtype=dtype,
        size=size,
        frame=frame,
        orient=orient,
        strict=strict,
        max_pixels=max_pixels,
        icc=icc,
        cache=cache,
        urls=urls,
        backend=backend,
    )
    return loader(source)


def fetch_first(
    source: Source, /, *_rest: Any, urls: bool = True, **_options: Any
) -> Callable[[], Awaitable[Any]] | None:
    """Say what to await on the caller's loop before a source is loaded on a thread."""
    return resolve_source(source, urls=urls)
