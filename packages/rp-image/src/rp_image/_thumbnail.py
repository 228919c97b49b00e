"""Small pictures of files, decoded at a reduced scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, get_args

from rp_core import Batch, read_source, split_options
from rp_image._header import read_header
from rp_image._load import fetch_first
from rp_image._load_many import FETCHED_AHEAD
from rp_image._loader import Loader
from rp_image._types import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from typing import Unpack

    from rp_core import OnError, Progress, Source
    from rp_image._types import Image, Mode

Quality: TypeAlias = Literal["fast", "good"]


class ThumbnailOptions(TypedDict, total=False):
    """The options of `thumbnail`, for `thumbnails`."""

    quality: Quality
    mode: Mode
    strict: bool
    max_pixels: int | None
    urls: bool


class ThumbnailsOptions(ThumbnailOptions, total=False):
    """The options of `thumbnails`, beside `on_error`."""

    limit: int | None
    buffer: int | None
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


def thumbnail(
    source: Source,
    /,
    side: int = 256,
    *,
    quality: Quality = "fast",
    mode: Mode = "auto",
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
) -> Image:
    """Load a small picture of a file: 8 bits, sRGB, upright, no side longer than asked for.

    A JPEG is decoded at a reduced scale, in an eighth to a quarter of the time.

    Args:
        source: As in `load`.
        side: The most pixels of a side. A smaller picture is not enlarged.
        quality: "fast" decodes a JPEG at the smallest scale that is enough; "good" at twice that,
            and averages.
        mode: As in `load`.
        strict: As in `load`.
        max_pixels: As in `load`.
        urls: Whether URLs may be read.

    Returns:
        A new array (H, W, 3) or (H, W, 4) uint8; with mode="gray" (H, W). The colour profile, if
        there is one, is applied; one that is damaged, or for another colour model, is passed over.

    Raises:
        TypeError, ValueError: `side` or an option makes no sense; or the samples of a float picture
            are outside 0..1.
        Exception: What `load` raises.
    """
    return Thumbnailer(side, quality, mode, strict, max_pixels, urls)(source)


@dataclass(frozen=True, slots=True)
class Thumbnailer:
    """`thumbnail` with its options, checked."""

    side: int = 256
    quality: Quality = "fast"
    mode: Mode = "auto"
    strict: bool = True
    max_pixels: int | None = MAX_PIXELS
    urls: bool = True

    def __post_init__(self) -> None:
        """Refuse options that make no sense."""
        if not isinstance(self.side, int) or isinstance(self.side, bool):
            raise TypeError(f"side must be an int, not {self.side!r}")
        if self.side < 1:
            raise ValueError(f"side must be at least 1, not {self.side}")
        if self.quality not in get_args(Quality):
            raise ValueError(f"quality must be fast or good, not {self.quality!r}")
        self._loader(None)

    def __call__(self, source: Source) -> Image:
        """Load a small picture of a file."""
        data = read_source(source, urls=self.urls)
        height, width = read_header(data).info.shape[:2]
        factor = min(1.0, self.side / max(height, width))
        size = max(1, round(height * factor)), max(1, round(width * factor))
        return self._loader(size if factor < 1 else None).decode(data)

    def _loader(self, size: tuple[int, int] | None) -> Loader:
        return Loader(
            mode=self.mode,
            size=size,
            strict=self.strict,
            max_pixels=self.max_pixels,
            icc="srgb",
            profile_needed=False,
            dtype="uint8",
            spare=2 if self.quality == "good" else 1,
        )


def thumbnails(
    sources: Iterable[Source] | AsyncIterable[Source],
    side: int = 256,
    *,
    on_error: OnError = "raise",
    **options: Unpack[ThumbnailsOptions],
) -> Batch[Any]:
    """Load small pictures of many files, and return them in a list.

    Args:
        sources: As in `load_many`.
        side: As in `thumbnail`.
        on_error: As in `load_many`.
        **options: Those of `thumbnail`, for every file, and `limit`, `buffer`, `ordered` and
            `progress`, as in `load_many`.

    Returns:
        The pictures in the order of `sources`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        Exception: What `thumbnail` raised first, with a note of the source.
    """
    own, rest = split_options(options, ThumbnailOptions, ThumbnailsOptions)
    thumbnailer = Thumbnailer(side, **own)
    prepare = partial(fetch_first, urls=thumbnailer.urls)
    return Batch(thumbnailer, sources, prepare, FETCHED_AHEAD, {"on_error": on_error, **rest})
