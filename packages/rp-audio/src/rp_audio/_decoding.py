"""What a backend is asked for when sound is read, and what it tells of the file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING

from rp_core import LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._encoded import Encoded
    from rp_audio._types import Samples, Seconds


@dataclass(slots=True)
class Tally:
    """What was found while a file was read.

    Attributes:
        end: Number of samples of each channel from the beginning to where reading stopped.
        at_end: Whether reading stopped because the file has no more.
        damaged: How many pieces did not decode.
    """

    end: int = 0
    at_end: bool = False
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Decoding:
    """One request for sound.

    Attributes:
        encoded: The file.
        start: Time in seconds at which to begin.
        stop: Time in seconds at which to end; None: at the end.
        chunk: Samples of each channel in one block; None: as many as suits the backend.
        max_bytes: Most bytes that the samples may take; None: any number.
        lenient: Whether what comes before damage will do, where no backend gets past it.
        tally: What the backend found.
    """

    encoded: Encoded
    start: Seconds = 0.0
    stop: Seconds | None = None
    chunk: int | None = None
    max_bytes: int | None = None
    lenient: bool = False
    tally: Tally = field(default_factory=Tally)

    def first(self, rate: int) -> int:
        """Return the number of the first sample, at a rate in Hz."""
        return round(self.start * rate)

    def last(self, rate: int) -> int | None:
        """Return the number of the sample before which to end; None: at the end."""
        return None if self.stop is None else round(self.stop * rate)

    def check_size(self, count: int, channels: int) -> None:
        """Refuse more samples than there may be.

        Raises:
            LimitExceededError: They take more than `max_bytes`.
        """
        if self.max_bytes is not None and count * channels * 4 > self.max_bytes:
            raise LimitExceededError(
                f"{self.encoded.name}: its samples take more than {self.max_bytes} bytes; "
                "raise max_bytes, or stream it"
            )


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read.

    Attributes:
        rate: Samples a second.
        channels: Number of channels.
        blocks: Its samples, float32 (n, channels), C-contiguous, n not 0.
        is_finite: Whether none of them can be NaN or infinite, as they are stored as integers.
    """

    rate: int
    channels: int
    blocks: Generator[Samples, None, None]
    is_finite: bool = False


def as_time(name: str, value: object) -> Seconds | None:
    """Return a time in seconds, if it is one.

    Raises:
        TypeError: It is no number.
        ValueError: It is negative or not finite.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be at least 0 seconds, and finite, not {value}")
    return Fraction(value) if isinstance(value, Rational) else float(value)


def interval(start: object, stop: object) -> tuple[Seconds, Seconds | None]:
    """Return the times between which something is asked for.

    Raises:
        TypeError: One is no number.
        ValueError: One is negative or not finite, or they are in the wrong order.
    """
    begin, end = as_time("start", start) or 0.0, as_time("stop", stop)
    if end is not None and end < begin:
        raise ValueError(f"stop={stop} is before start={start}")
    return begin, end
