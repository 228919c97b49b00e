"""Read sound block by block."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from rp_audio._flow import flow_of
from rp_audio._options import check_options
from rp_audio._types import Audio

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from rp_audio._types import Samples, Seconds
    from rp_core import Source


def stream(
    source: Source,
    /,
    *,
    chunk: int = 1 << 16,
    rate: int | None = None,
    mono: bool = False,
    start: Seconds = 0,
    stop: Seconds | None = None,
    strict: bool = False,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Generator[Audio, None, None]:
    """Read sound block by block, in bounded memory.

    A file is read as it is asked for; what is no file (bytes, URLs) is in memory as it is stored.
    Leave early by closing the generator (`contextlib.aclosing`, `contextlib.closing`), which closes
    the file.

    Args:
        source: As in `load`.
        chunk: Samples of each channel in one block; the last has what is left, and others may have
            fewer where sound is resampled.
        rate: As in `load`.
        mono: As in `load`.
        start: As in `load`.
        stop: As in `load`.
        strict: As in `load`; the error is raised after the last block.
        urls: Whether URLs may be read.
        backend: As in `load`.

    Yields:
        Each block, an `Audio`; together they are what `load` gives.

    Raises:
        Exception: As `load`.
    """
    options = check_options(
        rate=rate, mono=mono, start=start, stop=stop, strict=strict, chunk=chunk, urls=urls,
        backend=backend,
    )  # fmt: skip
    flow = flow_of(source, options)
    return _sounds(flow.blocks, flow.rate)


def _sounds(blocks: Generator[Samples, None, None], rate: int) -> Generator[Audio, None, None]:
    with closing(blocks):
        for block in blocks:
            yield Audio(block, rate)
