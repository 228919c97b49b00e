"""What a backend is asked for when frames are read, and what it tells of the file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING

from rp_core import check_int
from rp_video._sizes import check_size

if TYPE_CHECKING:
    from rp_video._types import Size


@dataclass(slots=True)
class Tally:
    """What was found while a film was read.

    Attributes:
        count: Number of frames from its beginning to where reading stopped.
        seen: Whether any frame was found, also one that was not asked for.
        at_end: Whether reading stopped because the file has no more.
        damaged: How many pieces did not decode.
    """

    count: int = 0
    seen: bool = False
    at_end: bool = False
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Decoding:
    """One request for frames.

    Attributes:
        path: Absolute path of the file.
        start: Earliest time, in seconds as the file has it; None: from the first frame on.
        stop: Time from which on there are no more; None: to the end.
        step: One frame of so many is given.
        size: Size in which frames are given, as they are shown.
        alpha: Whether frames are RGBA.
        tally: What the backend found.
    """

    path: str
    start: Fraction | None = None
    stop: Fraction | None = None
    step: int = 1
    size: Size | None = None
    alpha: bool = False
    tally: Tally = field(default_factory=Tally)


def as_time(name: str, value: object) -> Fraction | None:
    """Return a time as an exact number.

    Raises:
        TypeError: It is no number.
        ValueError: It is not finite.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, not {value}")
    return Fraction(value) if isinstance(value, Rational) else Fraction(float(value))


def interval(start: object, stop: object) -> tuple[Fraction | None, Fraction | None]:
    """Return the times between which something is asked for, as exact numbers.

    Raises:
        TypeError: One is no number.
        ValueError: One is not finite, or they are in the wrong order.
    """
    begin, end = as_time("start", start), as_time("stop", stop)
    if begin is not None and end is not None and end < begin:
        raise ValueError(f"stop={stop} is before start={start}")
    return begin, end


def decoding_of(
    path: str,
    *,
    start: object = None,
    stop: object = None,
    step: int = 1,
    size: Size | None = None,
    alpha: bool = False,
) -> Decoding:
    """Return a request, or refuse what makes no sense.

    Raises:
        TypeError, ValueError: As `stream`.
    """
    begin, end = interval(start, stop)
    check_int("step", step, 1)
    check_size(size)
    return Decoding(path, begin, end, step, size, bool(alpha))
