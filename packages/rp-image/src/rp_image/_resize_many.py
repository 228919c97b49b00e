"""Resize many images."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from rp_core import Batch, split_options
from rp_image._resize import resample_image, resize
from rp_image._sizes import target_size
from rp_image._weights import METHODS

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import Unpack

    from rp_core import OnError, Progress
    from rp_image._resize import Method
    from rp_image._types import Image


class ResizeOptions(TypedDict, total=False):
    """The options of `resize`, for `resize_many`."""

    method: Method
    backend: str | Sequence[str] | None


class ResizeManyOptions(ResizeOptions, total=False):
    """The options of `resize_many`, beside `on_error`."""

    limit: int | None
    buffer: int | None
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


def resize_many(
    images: Iterable[Image] | AsyncIterable[Image],
    size: float | tuple[int, int],
    *,
    on_error: OnError = "raise",
    **options: Unpack[ResizeManyOptions],
) -> Batch[Any]:
    """Resize many images on worker threads, and return them in a list.

    Args:
        images: Any iterable of what `resize` takes; with `await`, also an async iterable, such as a
            `stream`.
        size: As in `resize`.
        on_error: As in `load_many`.
        **options: `method` and `backend`, as in `resize`; `limit`, `buffer`, `ordered` and
            `progress`, as in `load_many`.

    Returns:
        The images in their order.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: What `resize` raised first, with a note.
    """
    return _batch(images, size, on_error, dict(options))


def resize_stream(
    images: Iterable[Image] | AsyncIterable[Image],
    size: float | tuple[int, int],
    *,
    on_error: OnError = "raise",
    **options: Unpack[ResizeManyOptions],
) -> Batch[Any]:
    """Resize many images and give them one by one, in bounded memory.

    Args:
        images: As in `resize_many`; it may be infinite.
        size: As in `resize`.
        on_error: As in `load_many`.
        **options: As in `resize_many`.

    Returns:
        The stream of the images.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: From the stream: what `resize` raised first, with a note.
    """
    return _batch(images, size, on_error, dict(options))


def _batch(images: Any, size: Any, on_error: OnError, options: dict[str, Any]) -> Batch[Any]:
    own, rest = split_options(options, ResizeOptions, ResizeManyOptions)
    if own.get("method", "auto") not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {own['method']!r}")
    resample_image.using(own.get("backend"))
    target_size((1, 1), size)
    work = partial(resize, size=size, **own)
    return Batch(work, images, options={"on_error": on_error, **rest})
