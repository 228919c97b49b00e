"""Load many images at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar, overload

from rp_core import Batch, split_options
from rp_image._load import fetch_first
from rp_image._loader import Loader, LoadOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from typing import TypeAlias, Unpack

    from rp_core import Failure, OnError, Progress, Source
    from rp_image._types import Image

    Sources: TypeAlias = Iterable[Source] | AsyncIterable[Source]

R = TypeVar("R")
FETCHED_AHEAD: Final = 32


class BatchOptions(LoadOptions, total=False):
    """The options of `load_many` and `stream`, beside `transform` and `on_error`."""

    limit: int | None
    buffer: int | None
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


@dataclass(frozen=True, slots=True)
class _Job(Generic[R]):
    """What a worker does with one source."""

    loader: Loader
    transform: Callable[[Any], R] | None

    def __call__(self, source: Source) -> Any:
        image = self.loader(source)
        return image if self.transform is None else self.transform(image)


@overload
def load_many(
    sources: Sources,
    *,
    transform: None = None,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[Image]: ...
@overload
def load_many(
    sources: Sources,
    *,
    transform: Callable[[Image], R],
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[R]: ...
@overload
def load_many(
    sources: Sources,
    *,
    transform: None = None,
    on_error: Literal["return"],
    **options: Unpack[BatchOptions],
) -> Batch[Image | Failure[Source]]: ...
@overload
def load_many(
    sources: Sources,
    *,
    transform: Callable[[Image], R],
    on_error: Literal["return"],
    **options: Unpack[BatchOptions],
) -> Batch[R | Failure[Source]]: ...
def load_many(
    sources: Sources,
    *,
    transform: Callable[[Image], Any] | None = None,
    on_error: OnError = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[Any]:
    """Load many images, each read and decoded on a worker thread, and return them in a list.

    The threads come from the CPU budget that all rp packages share (`rp_core.set_cpu_limit`), so
    that many of these at once run no more of them than one. URLs are fetched ahead, up to 32.

    Args:
        sources: Any iterable of what `load` takes; with `await`, also an async iterable.
        transform: Called with each image, on the thread that decoded it; its result takes the
            place of the image.
        on_error: "raise" ends the batch at the first error; "skip" drops what fails; "return"
            gives an `rp_core.Failure` in its place.
        **options: Those of `load`, for every image, and `limit` (threads; default: the CPU
            budget; 0: none, one by one), `buffer` (images begun ahead of the consumer), `ordered`
            (default True) and `progress` (True for a bar, or a callable), as in
            `rp_core.thread_map`.

    Returns:
        The images in the order of `sources`, or as they come with `ordered=False`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: What `load` or `transform` raised first, with a note of the source.
    """
    return _batch(sources, transform, on_error, dict(options))


@overload
def stream(
    sources: Sources,
    *,
    transform: None = None,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[Image]: ...
@overload
def stream(
    sources: Sources,
    *,
    transform: Callable[[Image], R],
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[R]: ...
@overload
def stream(
    sources: Sources,
    *,
    transform: None = None,
    on_error: Literal["return"],
    **options: Unpack[BatchOptions],
) -> Batch[Image | Failure[Source]]: ...
@overload
def stream(
    sources: Sources,
    *,
    transform: Callable[[Image], R],
    on_error: Literal["return"],
    **options: Unpack[BatchOptions],
) -> Batch[R | Failure[Source]]: ...
def stream(
    sources: Sources,
    *,
    transform: Callable[[Image], Any] | None = None,
    on_error: OnError = "raise",
    **options: Unpack[BatchOptions],
) -> Batch[Any]:
    """Load many images and give them one by one, in bounded memory.

    At most `limit + buffer` images are begun and not yet consumed, however many there are. Iterate
    over the stream, or use it in a `with` block, which closes it at once when it is left.

    Args:
        sources: As in `load_many`; it may be infinite.
        transform: As in `load_many`.
        on_error: As in `load_many`.
        **options: As in `load_many`; `buffer` is `limit` by default.

    Returns:
        The stream of the images.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: From the stream: what `load` or `transform` raised first, with a note.
    """
    return _batch(sources, transform, on_error, dict(options))


def _batch(
    sources: Any,
    transform: Callable[[Image], Any] | None,
    on_error: OnError,
    options: dict[str, Any],
) -> Batch[Any]:
    if transform is not None and not callable(transform):
        raise TypeError(f"transform must be callable, not {transform!r}")
    own, rest = split_options(options, LoadOptions, BatchOptions)
    loader = Loader(**own)
    prepare = partial(fetch_first, urls=loader.urls)
    job = _Job(loader, transform)
    return Batch(job, sources, prepare, FETCHED_AHEAD, {"on_error": on_error, **rest})
