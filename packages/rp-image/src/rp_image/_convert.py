"""Convert image files, metadata and profiles kept."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from rp_core import Batch, read_source, resolve_pair, split_options
from rp_image._capacities import COLOR_ONLY, format_of
from rp_image._encode import encode_request
from rp_image._encoding import Encoding, check_choices
from rp_image._frames import loop_of, timed
from rp_image._header import read_header
from rp_image._headers.exif import is_readable
from rp_image._icc import USABLE, profile_of
from rp_image._load_many import FETCHED_AHEAD
from rp_image._loader import Loader
from rp_image._metadata import EXIF_READERS, HOLDING, PROFILED, Metadata
from rp_image._probe import probe
from rp_image._save import write
from rp_image._save_animation import ANIMATED, MOST_LOOPS, Making
from rp_image._types import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import Unpack

    from rp_core import OnError, Progress, Source
    from rp_image._encoding import AlphaPolicy
    from rp_image._loader import Icc
    from rp_image._types import DType, Format, ImageInfo

Path: TypeAlias = "str | os.PathLike[str]"


class ConvertOptions(TypedDict, total=False):
    """The options of `convert`, for `convert_many`."""

    format: Format | None
    quality: int | None
    lossless: bool
    alpha: AlphaPolicy
    background: float | Sequence[float] | None
    clip: bool
    dtype: DType | None
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
    clip: bool = False,
    dtype: DType | None = None,
    frame: int | None = None,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
    durable: bool = False,
) -> None:
    """Convert an image file to another format, with its metadata.

    EXIF, XMP and the colour profile go along where the destination holds them; EXIF that is damaged
    does not go into AVIF and TIFF. The picture is turned upright, and its EXIF says so. Gray stays
    gray. Where the destination holds no such profile, or the picture is in inks, the colours are
    converted to sRGB by the profile; one for other colours is left out. Between GIF, PNG and WebP,
    animations stay animated.

    Args:
        source: As in `load`.
        destination: The file to be written; its folder must exist.
        format: As in `save`; default: by the suffix of `destination`.
        quality: As in `save`.
        lossless: As in `save`.
        alpha: As in `save`.
        background: As in `save`.
        clip: As in `save`.
        dtype: As in `load`, where the destination cannot hold the depth of the source.
        frame: Which frame to convert. None: the only one, or all of an animation.
        strict: As in `load`.
        max_pixels: As in `load`.
        urls: Whether URLs may be read.
        durable: As in `save`.

    Raises:
        ValueError: The destination holds no animation, its format cannot hold the image, or an
            option makes no sense.
        MissingDependencyError: The colours of a JPEG XL are not those of sRGB, and the extra that
            tells which they are is missing.
        DecodeError, FormatError, LimitExceededError, NoBackendError: As `load`.
        EncodeError: As `save`.
        OSError: A file could not be read or written; the old one stays.
    """
    path = os.fspath(destination)
    name = format or format_of(path)
    check_choices({"format": name, "alpha": alpha, "quality": quality})
    data = read_source(source, urls=urls)
    info = _described(data)
    metadata, icc = _metadata(info, name)
    loader = Loader(
        mode="native",
        strict=strict,
        max_pixels=max_pixels,
        icc=icc,
        frame=frame or 0,
        dtype=dtype,
        clip=clip,
    )
    if info.frames > 1 and frame is None and info.format != "ico":
        if name not in ANIMATED or info.format in {"jxl", "tiff"}:
            raise ValueError(f"{name} holds one picture of {info.frames}; choose one by frame=0")
        loop = min(loop_of(data), MOST_LOOPS[name])
        making = Making(name, loop, quality, lossless, alpha, background, metadata)
        write(path, making.encode(timed(data, loader)), durable=durable)
        return
    request = Encoding(
        loader.decode(data), name, quality, lossless, alpha, background, clip, metadata
    )
    write(path, encode_request(request, None), durable=durable)


def _described(data: bytes) -> ImageInfo:
    """Return what the header says, with the profile, wherever it is."""
    header = read_header(data)
    info = replace(probe(data), icc=header.info.icc)
    return replace(info, icc=profile_of(data, header)) if info.format == "jxl" else info


def _metadata(info: ImageInfo, name: Format) -> tuple[Metadata, Icc]:
    """Return what goes with the picture, and what becomes of its profile."""
    if info.exif and name in EXIF_READERS and not is_readable(info.exif):
        info = replace(info, exif=None)
    space = (info.icc or b"")[16:20]
    if space not in USABLE[info.color]:
        return _without_profile(info, name), "keep"
    inks = info.color in {"cmyk", "lab"}
    if inks or name not in PROFILED or (space == b"GRAY" and name in COLOR_ONLY):
        return _without_profile(info, name), "srgb"
    return Metadata(info.exif, info.icc, info.xmp), "keep"


def _without_profile(info: ImageInfo, name: Format) -> Metadata:
    return Metadata(info.exif, None, info.xmp) if name in HOLDING else Metadata()


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
    loading = {key: own[key] for key in ("strict", "max_pixels", "dtype") if key in own}
    Loader(frame=own.get("frame") or 0, **loading)
    prepare = partial(resolve_pair, urls=own.get("urls", True))
    work = partial(_convert_pair, own)
    return Batch(work, items, prepare, FETCHED_AHEAD, {"on_error": on_error, **rest})


def _convert_pair(options: dict[str, Any], item: tuple[Source, Path]) -> Path:
    source, destination = item
    convert(source, destination, **options)
    return destination
