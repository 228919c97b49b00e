"""The backends that change the rate of sound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from rp_core import Fallback, UnsupportedError, extra

if TYPE_CHECKING:
    from rp_audio._types import Samples

# A Kaiser window of this shape, and taps on each side for each sample of the lower rate: the
# alias is below -140 dB, and the band is kept up to 0.9 of what the lower rate can hold.
_BETA: Final = 14
_TAPS: Final = 64
_CUTOFF: Final = 0.94
_MOST_PHASES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Resampling:
    """Samples, their rate, and the rate that they are to have."""

    samples: Samples
    old: int
    new: int


class Resampler(Protocol):
    """What changes the rate of sound that comes block by block."""

    def __call__(self, block: Samples, *, last: bool) -> Samples:
        """Return what can be told so far; with the last block, all that is left."""
        ...


converted: Fallback[[Resampling], Samples] = Fallback("rp_audio.resample")
open_resampler: Fallback[[int, int, int], Resampler] = Fallback("rp_audio.stream: rate")


@converted.via(needs="soxr", install=extra("resample"))
def soxr(request: Resampling) -> Samples:
    import soxr

    result: Samples = soxr.resample(request.samples, request.old, request.new, quality="HQ")
    return result


@converted.via(needs="av", install=extra("av"))
def pyav(request: Resampling) -> Samples:
    from rp_audio._pyav.resample import Converter

    convert = Converter(request.samples.shape[1], request.old, request.new)
    return convert(request.samples, last=True)


@converted.via(needs="scipy", install=extra("scipy"))
def scipy(request: Resampling) -> Samples:
    import numpy as np
    from scipy.signal import firwin, resample_poly

    common = math.gcd(request.old, request.new)
    up, down = request.new // common, request.old // common
    longer = max(up, down)
    if longer > _MOST_PHASES:
        raise UnsupportedError(f"{request.old} to {request.new} Hz needs too large a filter")
    window = firwin(2 * _TAPS * longer + 1, _CUTOFF / longer, window=("kaiser", _BETA))
    result: Any = resample_poly(request.samples, up, down, axis=0, window=window)
    return np.ascontiguousarray(result, np.float32)


@open_resampler.via(needs="soxr", install=extra("resample"))
def soxr_stream(channels: int, old: int, new: int) -> Resampler:
    import soxr

    stream = soxr.ResampleStream(old, new, channels, dtype="float32", quality="HQ")

    def convert(block: Samples, *, last: bool) -> Samples:
        result: Samples = stream.resample_chunk(block, last=last)
        return result

    return convert


@open_resampler.via(needs="av", install=extra("av"))
def pyav_stream(channels: int, old: int, new: int) -> Resampler:
    from rp_audio._pyav.resample import Converter

    return Converter(channels, old, new)
