"""Convert image files, metadata and profiles kept."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from rp_core import Batch, read_source, split_options
from rp_image._encode import encode_request
from rp_image._encoding import CAPACITIES, Encoding, check_choices, format_of
from rp_image._frames import frames, loop_of
from rp_image._loader import Loader
from rp_image._metadata import HOLDING, Metadata
from rp_image._probe import probe
from rp_image._save import write
from rp_image._save_animation import ANIMATED, encode_animation
from rp_image._types import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import Unpack

    from rp_core import OnError, Progress, Source
    from rp_image._encoding import AlphaPolicy
    from rp_image._types import Format, ImageInfo

Path: TypeAlias = "str | os.PathLike[str]"


class ConvertOptions(TypedDict, total=False):
    """The options of `convert`, for `convert_many`."""

    format: Format | None
    quality: int | None
    lossless: bool
    alpha: AlphaPolicy
    background: float | Sequence[float] | None
    frame: int | None
    strict: bool
    max_pixels: int | None
    urls: bool
    durable: bool


class ConvertManyOptions(ConvertOptions, total=False):
    """The options of `convert_many`, beside `on_error`."""

    limit: int | None
    progress: bool | Callable[[Progress], object] | None


def convert(
    source: Source,
    /,
    destination: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002
    quality: int | None = None,
    lossless: bool = False,
    alpha: AlphaPolicy = "error",
    background: float | Sequence[float] | None = None,
    frame: int | None = None,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
    durable: bool = False,
) -> None:
    """Convert an image file to another format; EXIF, XMP and the colour profile go with it.

    The picture is turned upright, and its EXIF says so. Gray stays gray. Where the destination
    holds no profile, or the picture is in inks, the colours are converted to sRGB by the profile.
    Between GIF, PNG and WebP, animations stay animated.

    Args:
        source: As in `load`.
        destination: The file to be written; its folder must exist.
        format: As in `save`; default: by the suffix of `destination`.
        quality: As in `save`.
        lossless: As in `save`.
        alpha: As in `save`.
        background: As in `save`.
        frame: Which frame to convert. None: the only one, or all of an animation.
        strict: As in `load`.
        max_pixels: As in `load`.
        urls: Whether URLs may be read.
        durable: As in `save`.

    Raises:
        ValueError: The destination holds no animation, its format cannot hold the image, or an
            option makes no sense.
        DecodeError, FormatError, LimitExceededError, NoBackendError: As `load`.
        EncodeError: As `save`.
        OSError: A file could not be read or written; the old one stays.
    """
    path = os.fspath(destination)
    name = format or format_of(path)
    if name not in CAPACITIES:
        raise ValueError(f"cannot write {name!r}, only {', '.join(CAPACITIES)}")
    data = read_source(source, urls=urls)
    info = probe(data)
    if info.frames > 1 and frame is None and info.format != "ico":
        if name not in ANIMATED or info.format == "tiff":
            raise ValueError(f"{name} holds one picture of {info.frames}; choose one by frame=0")
        timed = ((f.image, f.duration) for f in frames(data, strict=strict, max_pixels=max_pixels))
        encoded = encode_animation(timed, name, loop_of(data), quality, lossless=lossless)
        write(path, encoded, durable=durable)
        return
    metadata, icc = _metadata(info, name)
    loader = Loader(mode="native", strict=strict, max_pixels=max_pixels, icc=icc, frame=frame or 0)
    image = loader.decode(data)
    request = Encoding(image, name, quality, lossless, alpha, background, metadata=metadata)
    write(path, encode_request(request, None), durable=durable)


def _metadata(info: ImageInfo, name: Format) -> tuple[Metadata, Any]:
    """Return what goes with the picture, and what becomes of its profile."""
    if name not in HOLDING:
        return Metadata(), "srgb" if info.icc and info.bits <= 8 else "keep"
    if info.icc and info.color in {"cmyk", "lab"}:
        return Metadata(info.exif, None, info.xmp), "srgb"
    return Metadata(info.exif, info.icc, info.xmp), "keep"


def convert_many(
    items: Iterable[tuple[Source, Path]] | AsyncIterable[tuple[Source, Path]],
    *,
    on_error: OnError = "raise",
    **options: Unpack[ConvertManyOptions],
) -> Batch[Any]:
    """Convert many image files, each read, converted and written on a worker thread.

    Args:
        items: Pairs of a source and a destination. With `await`, also an async iterable.
        on_error: As in `save_many`.
        **options: Those of `convert`, for every file, and `limit` and `progress`, as in
            `load_many`.

    Returns:
        The destinations that were written, in the order of `items`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        Exception: What `convert` raised first, with a note of the item.
    """
    own, rest = split_options(options, ConvertOptions, ConvertManyOptions)
    check_choices(own)
    return Batch(partial(_convert_pair, own), items, options={"on_error": on_error, **rest})


def _convert_pair(options: dict[str, Any], item: tuple[Source, Path]) -> Path:
    source, destination = item
    convert(source, destination, **options)
    return destination
