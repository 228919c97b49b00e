"""Save one image, or many."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from rp_core import Batch, atomic_write, split_options
from rp_image._capacities import format_of
from rp_image._encode import encode_image, encode_request
from rp_image._encoding import Encoding, check_choices
from rp_image._metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import Unpack

    from rp_core import OnError, Progress
    from rp_image._encoding import AlphaPolicy
    from rp_image._types import Format, Image

Path: TypeAlias = "str | os.PathLike[str]"


class SaveOptions(TypedDict, total=False):
    """The options of `save`, for the operations that save many."""

    format: Format | None
    quality: int | None
    lossless: bool
    alpha: AlphaPolicy
    background: float | Sequence[float] | None
    clip: bool
    exif: bytes | None
    icc: bytes | None
    xmp: bytes | None
    durable: bool
    backend: str | Sequence[str] | None


class SaveManyOptions(SaveOptions, total=False):
    """The options of `save_many`, beside `on_error`."""

    limit: int | None
    progress: bool | Callable[[Progress], object] | None


def save(
    image: Image,
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002
    quality: int | None = None,
    lossless: bool = False,
    alpha: AlphaPolicy = "error",
    background: float | Sequence[float] | None = None,
    clip: bool = False,
    exif: bytes | None = None,
    icc: bytes | None = None,
    xmp: bytes | None = None,
    durable: bool = False,
    backend: str | Sequence[str] | None = None,
) -> None:
    """Save an image.

    The file takes its place whole: a reader sees the old one or the new one, and a save that
    fails or is cancelled changes nothing. Nothing is converted silently: what a format cannot hold
    is an error. A GIF keeps the 256 colours that fit the image best.

    Args:
        image: As in `encode`.
        path: Destination; its folder must exist.
        format: As in `encode`; default: by the suffix of `path`.
        quality: As in `encode`.
        lossless: As in `encode`.
        alpha: As in `encode`.
        background: As in `encode`.
        clip: As in `encode`.
        exif: As in `encode`.
        icc: As in `encode`.
        xmp: As in `encode`.
        durable: Whether to wait until the file is on the disk (fsync).
        backend: As in `encode`.

    Raises:
        TypeError: `image` is no array of such a type.
        ValueError: Its shape is none of these, the format is unknown or cannot hold it, or an
            option makes no sense.
        EncodeError: No backend could encode it.
        NoBackendError: None that is installed is able to.
        OSError: The file could not be written; the old one stays.
    """
    path = os.fspath(path)
    metadata = Metadata(exif, icc, xmp)
    name = format or format_of(path)
    request = Encoding(image, name, quality, lossless, alpha, background, clip, metadata)
    write(path, encode_request(request, backend), durable=durable)


def write(path: str, data: bytes, *, durable: bool) -> None:
    """Put a file in its place."""
    with atomic_write(path, durable=durable) as file:
        file.write(data)


def save_many(
    items: Iterable[tuple[Image, Path]] | AsyncIterable[tuple[Image, Path]],
    *,
    on_error: OnError = "raise",
    **options: Unpack[SaveManyOptions],
) -> Batch[Any]:
    """Save many images, each encoded and written on a worker thread.

    Args:
        items: Pairs of an image and the path where it goes; a generator is asked for few at a
            time. With `await`, also an async iterable.
        on_error: "raise" ends the batch at the first error; "skip" passes over what fails;
            "return" gives an `rp_core.Failure` in its place.
        **options: Those of `save`, for every image, and `limit` (threads) and `progress`, as in
            `load_many`.

    Returns:
        The paths that were written, in the order of `items`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        Exception: What `save` raised first, with a note of the item.
    """
    own, rest = split_options(options, SaveOptions, SaveManyOptions)
    check_choices(own)
    Metadata(own.get("exif"), own.get("icc"), own.get("xmp"))
    encode_image.using(own.get("backend"))
    return Batch(partial(_save_pair, own), items, options={"on_error": on_error, **rest})


def _save_pair(options: dict[str, Any], item: tuple[Image, Path]) -> Path:
    image, path = item
    save(image, path, **options)
    return path
