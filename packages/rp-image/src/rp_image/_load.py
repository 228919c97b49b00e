"""Load one image."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Final, TypedDict, get_args

from rp_core import read_source, resolve_source
from rp_image._decode import Encoded, check_size, decode
from rp_image._errors import DecodeError
from rp_image._header import read_header
from rp_image._jpeg import check_scans, find_defect
from rp_image._pixels import as_stored, own, to_mode, upright
from rp_image._types import MAX_PIXELS, Mode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rp_core import Source
    from rp_image._header import Header
    from rp_image._types import Image


class LoadOptions(TypedDict, total=False):
    """The options of `load`, for the operations that load many."""

    mode: Mode
    orient: bool
    strict: bool
    max_pixels: int | None
    urls: bool
    backend: str | Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """`load` with its options, checked."""

    mode: Mode = "auto"
    orient: bool = True
    strict: bool = True
    max_pixels: int | None = MAX_PIXELS
    urls: bool = True
    backend: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Refuse options that make no sense."""
        if self.mode not in _MODES:
            raise ValueError(f"mode must be one of {', '.join(_MODES)}, not {self.mode!r}")
        check_limit(self.max_pixels)
        decode.using(self.backend)

    def __call__(self, source: Source) -> Image:
        """Load one image."""
        try:
            return self._load(read_source(source, urls=self.urls))
        except DecodeError as error:
            if isinstance(source, (str, PathLike)):
                error.add_note(f"while loading {fspath(source)[:200]!r}")
            raise

    def _load(self, data: bytes) -> Image:
        header = read_header(data)
        check_size(header, self.max_pixels)
        if header.many_scans and self.max_pixels is not None:
            check_scans(data, header)
        if self.strict and (defect := _defect(data, header)):
            raise DecodeError(f"the {header.info.format} is damaged or cut off: {defect}")
        decoded = decode.using(self.backend)(Encoded(data, header, self.mode, self.strict))
        pixels = to_mode(decoded.pixels, header.info, self.mode)
        if self.orient != decoded.is_upright:
            turn = upright if self.orient else as_stored
            pixels = turn(pixels, header.info.orientation)
        return own(pixels)


_MODES: Final = get_args(Mode)


def load(
    source: Source,
    /,
    *,
    mode: Mode = "auto",
    orient: bool = True,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Image:
    """Load an image: JPEG, PNG, WebP, GIF (first frame), BMP or 8-bit TIFF (first page).

    Of an animated PNG, the picture that programs without animation show.

    The format is found from the content. Palettes and CMYK are converted to RGB; colour profiles
    are not applied.

    Args:
        source: A path, bytes, a binary file, a `data:` URL or a URL (https needs rp-net); with
            `await`, also an async file.
        mode: "auto" gives RGBA exactly where the file has transparency, and RGB elsewhere; "rgb"
            drops alpha, "rgba" adds an opaque one, "gray" gives BT.601 luma, and "native" keeps
            gray and gray with alpha as they are in the file.
        orient: Whether to turn the image upright, as the file's orientation says.
        strict: Whether a container that is cut off or malformed is an error, and pixels that
            libjpeg finds lost inside a JPEG. Without it, damage is passed over where a backend can
            bridge it. Damage inside compressed data that no decoder notices is found neither way.
        max_pixels: The most pixels to decode; the header is checked before any decoder runs. None:
            no limit.
        urls: Whether URLs may be read.
        backend: Use only this backend, "simplejpeg", "opencv", "pillow" or "numpy" (BMP), or these
            in order.

    Returns:
        Array (H, W, 3) or (H, W, 4), or (H, W) for gray (with alpha (H, W, 2) in native mode), in
        RGB order with straight alpha, C-contiguous and writable. uint8 for up to 8 bits a sample,
        uint16 full scale for 9 to 16.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        FormatError: The content is in no format that this package reads.
        LimitExceededError: The image has more than `max_pixels`.
        DecodeError: It is damaged; `.attempts` says what each backend found.
        NoBackendError: No installed backend can decode it rightly.
        TypeError: `source` is no source.
        ValueError: An option makes no sense.
    """
    loader = Loader(
        mode=mode,
        orient=orient,
        strict=strict,
        max_pixels=max_pixels,
        urls=urls,
        backend=backend,
    )
    return loader(source)


def fetch_first(
    source: Source, /, *, urls: bool = True, **_: Any
) -> Callable[[], Awaitable[Any]] | None:
    """Say what to await on the caller's loop before a source is loaded on a thread."""
    return resolve_source(source, urls=urls)


def check_limit(max_pixels: int | None) -> None:
    """Refuse a `max_pixels` that is no positive number."""
    if max_pixels is None:
        return
    if not isinstance(max_pixels, int) or isinstance(max_pixels, bool):
        raise TypeError(f"max_pixels must be an int or None, not {max_pixels!r}")
    if max_pixels < 1:
        raise ValueError(f"max_pixels must be at least 1, not {max_pixels}")


def _defect(data: bytes, header: Header) -> str | None:
    if header.info.format == "jpeg":
        return find_defect(data, header.body)
    return header.defect
