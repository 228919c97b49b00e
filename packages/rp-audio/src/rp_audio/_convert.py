"""Convert sound files."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from rp_audio._encoded import encoded_of
from rp_audio._errors import AudioError
from rp_audio._flow import flow_of
from rp_audio._load_many import FETCHED_AHEAD
from rp_audio._options import check_options
from rp_audio._probe import describe
from rp_audio._save import choices_of, write
from rp_core import Batch, resolve_pair, split_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from typing import Unpack

    from rp_audio._encoded import Encoded
    from rp_audio._formats import Depth, Format
    from rp_audio._types import Seconds
    from rp_core import OnError, Progress, Source

Path: TypeAlias = "str | os.PathLike[str]"
_CHUNK = 1 << 18


class ConvertOptions(TypedDict, total=False):
    """The options of `convert`, for `convert_many`."""

    rate: int | None
    mono: bool
    start: Seconds
    stop: Seconds | None
    depth: Depth | None
    quality: float | None
    strict: bool
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
    rate: int | None = None,
    mono: bool = False,
    start: Seconds = 0,
    stop: Seconds | None = None,
    depth: Depth | None = None,
    quality: float | None = None,
    strict: bool = False,
    urls: bool = True,
    durable: bool = False,
) -> None:
    """Convert a sound file to another format, in bounded memory.

    Args:
        source: As in `load`.
        destination: As in `save`; its suffix names the format. It may be the source.
        rate: As in `load`.
        mono: As in `load`.
        start: As in `load`.
        stop: As in `load`.
        depth: As in `save`. None: that of the source where the destination has it, else 16 bits.
        quality: As in `save`.
        strict: As in `load`; what is there stays if the source is cut off or damaged.
        urls: Whether URLs may be read.
        durable: As in `save`.

    Raises:
        DecodeError, TruncatedError, NoBackendError: As `load`.
        EncodeError: As `save`.
        TypeError, ValueError: An argument makes no sense.
        OSError: A file could not be read or written; the old one stays.
    """
    choices = choices_of(destination, depth=depth, quality=quality, durable=durable)
    options = check_options(
        rate=rate, mono=mono, start=start, stop=stop, strict=strict, chunk=_CHUNK, urls=urls
    )
    encoded = encoded_of(source, urls=urls)
    flow = flow_of(encoded, options)
    if depth is None and not choices.format.is_lossy:
        choices = choices._replace(depth=_depth_of(encoded, choices.format))
    try:
        write(choices, flow.rate, flow.channels, flow.blocks)
    finally:
        flow.blocks.close()


def _depth_of(encoded: Encoded, kind: Format) -> Depth:
    """Return how the destination stores what the source stores."""
    try:
        info = describe(encoded)
    except AudioError:
        return 16
    wanted: Any = "float" if info.codec.startswith("pcm_f") else info.bits
    if wanted in kind.depths:
        return wanted  # type: ignore[no-any-return]
    return 24 if wanted == "float" or (wanted or 0) > 16 else 16


def convert_many(
    items: Iterable[tuple[Source, Path]] | AsyncIterable[tuple[Source, Path]],
    *,
    on_error: OnError = "raise",
    **options: Unpack[ConvertManyOptions],
) -> Batch[Any]:
    """Convert many sound files, each read, converted and written on a worker thread.

    Args:
        items: Pairs of a source and a destination. With `await`, also an async iterable.
        on_error: As in `load_many`.
        **options: Those of `convert`, for every file, and `limit` and `progress`, as in
            `load_many`.

    Returns:
        The destinations that were written, in the order of `items`.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option makes no sense.
        Exception: What `convert` raised first, with a note of the item.
    """
    own, rest = split_options(dict(options), ConvertOptions, ConvertManyOptions)
    reading = {key: own[key] for key in own if key in {"rate", "mono", "start", "stop", "strict"}}
    check_options(**reading)
    prepare = partial(resolve_pair, urls=own.get("urls", True))
    work = partial(_convert_pair, own)
    return Batch(work, items, prepare, FETCHED_AHEAD, {"on_error": on_error, **rest})


def _convert_pair(options: dict[str, Any], item: tuple[Source, Path]) -> Path:
    source, destination = item
    convert(source, destination, **options)
    return destination
