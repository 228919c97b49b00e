"""The options of reading, checked before any work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rp_audio._decoding import Opened, interval
from rp_audio._given import check_rate
from rp_audio._open_sound import chosen
from rp_core import check_int

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_audio._decoding import Decoding
    from rp_audio._types import Seconds


@dataclass(frozen=True, slots=True)
class Options:
    """How sound is to be read; the attributes are those of `load`."""

    ask: Callable[[Decoding], Opened]
    rate: int | None
    mono: bool
    start: Seconds
    stop: Seconds | None
    strict: bool
    max_bytes: int | None
    chunk: int | None
    urls: bool


def check_options(
    *,
    rate: int | None = None,
    mono: bool = False,
    start: object = 0,
    stop: object = None,
    strict: bool = False,
    max_bytes: int | None = None,
    chunk: int | None = None,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Options:
    """Return the options, or refuse those that make no sense.

    Raises:
        TypeError, ValueError: As `load` and `stream`.
    """
    ask = chosen(backend)
    begin, end = interval(start, stop)
    if rate is not None:
        check_rate(rate)
    if max_bytes is not None:
        check_int("max_bytes", max_bytes, 1)
    if chunk is not None:
        check_int("chunk", chunk, 1, 1 << 28)
    return Options(ask, rate, mono, begin, end, strict, max_bytes, chunk, urls)
