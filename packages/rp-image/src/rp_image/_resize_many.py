"""Resize many images."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from rp_core import Batch
from rp_image._resize import METHODS, resize, resample_image

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import Unpack

    from rp_core import OnError, Progress
    from rp_image._resize import Method
    from rp_image._types import Image


class ResizeOptions(TypedDict, total=False):
    """The options of `resize_many`, beside `on_error`."""

    method: Method
    backend: str | Sequence[str] | None
    limit: int | None
    buffer: int | None
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


def resize_many(
    images: Iterable[Image] | AsyncIterable[Image],
    size: float | tuple[int, int],
    *,
    on_error: OnError = "raise",
    **options: Unpack[ResizeOptions],
) -> Batch[Any]:
    """Resize many images on worker threads, and give them one by one, in bounded memory.

    Args:
        images: As in `resize`; a generator, which may be infinite, or with `await` an async one,
            such as a `stream`.
        size: As in `resize`.
        on_error: As in `load_many`.
        **options: `method` and `backend`, as in `resize`; `limit`, `buffer`, `ordered` and
            `progress`, as in `stream`.

    Returns:
        The stream of the resized images; `[*stream]` is a list of them.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: From the stream: what `resize` raised first, with a note.
    """
    if unknown := options.keys() - ResizeOptions.__annotations__.keys():
        raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
    chosen: dict[str, Any] = dict(options)
    own = {key: chosen.pop(key) for key in ("method", "backend") if key in chosen}
    if own.get("method", "auto") not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {own['method']!r}")
    resample_image.using(own.get("backend"))
    work = partial(resize, size=size, **own)
    return Batch(work, images, options={"on_error": on_error, **chosen})
