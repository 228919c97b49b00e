"""Load many sounds at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, overload

from rp_audio._encoded import fetch_first
from rp_audio._load import load
from rp_audio._options import check_options
from rp_core import Batch, split_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence
    from typing import TypeAlias, Unpack

    from rp_audio._types import Audio, Seconds
    from rp_core import Failure, OnError, Progress, Source

    Sources: TypeAlias = Iterable[Source] | AsyncIterable[Source]

FETCHED_AHEAD: Final = 32


class LoadOptions(TypedDict, total=False):
    """The options of `load`, for the operations that load many."""

    rate: int | None
    mono: bool
    start: Seconds
    stop: Seconds | None
    strict: bool
    max_bytes: int | None
    urls: bool
    backend: str | Sequence[str] | None


class LoadManyOptions(LoadOptions, total=False):
    """The options of `load_many`, beside `on_error`."""

    limit: int | None
    ordered: bool
    progress: bool | Callable[[Progress], object] | None


@overload
def load_many(
    sources: Sources,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[LoadManyOptions],
) -> Batch[Audio]: ...
@overload
def load_many(
    sources: Sources, *, on_error: Literal["return"], **options: Unpack[LoadManyOptions]
) -> Batch[Audio | Failure[Source]]: ...
def load_many(
    sources: Sources, *, on_error: OnError = "raise", **options: Unpack[LoadManyOptions]
) -> Batch[Any]:
    """Load many sounds, each read and decoded on a worker thread, and return them in a list.

    The threads come from the CPU budget that all rp packages share (`rp_core.set_cpu_limit`), so
    that many of these at once run no more of them than one. URLs are fetched ahead, up to 32.

    Args:
        sources: Any iterable of what `load` takes; with `await`, also an async iterable.
        on_error: "raise" ends the batch at the first error; "skip" drops what fails; "return"
            gives an `rp_core.Failure` in its place.
        **options: Those of `load`, for every sound, and `limit` (threads; default: the CPU budget;
            0: none, one by one), `ordered` (default True) and `progress` (True for a bar, or a
            callable), as in `rp_core.thread_map`.

    Returns:
        The sounds in the order of `sources`, or as they come with `ordered=False`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: What `load` raised first, with a note of the source.
    """
    own, rest = split_options(dict(options), LoadOptions, LoadManyOptions)
    check_options(**own)
    prepare = partial(fetch_first, urls=own.get("urls", True))
    return Batch(
        partial(load, **own), sources, prepare, FETCHED_AHEAD, {"on_error": on_error, **rest}
    )
