"""Measure how loud sound is, as listeners and broadcasters do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from rp_audio._given import audio_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_audio._types import Samples, Sound

_BLOCK_SECONDS: Final = 0.4
_STEPS: Final = 4  # blocks overlap by 75 %
_ABSOLUTE_GATE: Final = -70.0
_RELATIVE_GATE: Final = -10.0
_OFFSET: Final = -0.691
_LOW_FREQUENCY: Final = 3
_MOST_CHANNELS: Final = 6
_SURROUND: Final = 1.41
# The response of the filters has fallen below -200 dB by then.
_TAIL_SECONDS: Final = 0.5


def loudness(sound: Sound, /) -> float:
    """Measure integrated loudness, by ITU-R BS.1770-4 (which EBU R 128 uses).

    Args:
        sound: An `Audio`, or samples and their rate, of at least 0.4 seconds; at most 6 channels:
            from the fourth on they are behind the listener, but of 6 the fourth is that of low
            frequencies, which are not counted.

    Returns:
        Loudness in LUFS; a full-scale sine of 997 Hz in one channel is at -3.01. Minus infinity for
        silence.

    Raises:
        TypeError: It is no sound.
        ValueError: It is no sound, is too short, or has too many channels.
    """
    samples, rate = audio_of(sound)
    if samples.shape[1] > _MOST_CHANNELS:
        raise ValueError(f"loudness is defined for 6 channels at most, not {samples.shape[1]}")
    powers = _block_powers(samples, rate)
    if not len(powers):
        raise ValueError(f"loudness needs {_BLOCK_SECONDS} seconds, not {len(samples) / rate:.3f}")
    return _gated(powers)


def _gated(powers: NDArray[Any]) -> float:
    """Return the loudness of the blocks that pass both gates (BS.1770-4, annex 1)."""
    kept = powers[_lufs(powers) > _ABSOLUTE_GATE]
    if not len(kept):
        return -math.inf
    gate = _lufs(kept.mean()) + _RELATIVE_GATE
    return float(_lufs(kept[_lufs(kept) > gate].mean()))


def _lufs(power: Any) -> Any:
    import numpy as np

    with np.errstate(divide="ignore"):
        return _OFFSET + 10 * np.log10(power)


def _block_powers(samples: Samples, rate: int) -> NDArray[Any]:
    """Return the weighted mean square of each block of 400 ms, a step of 100 ms apart."""
    import numpy as np

    length = max(1, round(_BLOCK_SECONDS * rate))
    count = (len(samples) - length) * _STEPS // length + 1 if len(samples) >= length else 0
    starts = np.arange(count) * length // _STEPS
    powers = np.zeros(count)
    for channel in range(samples.shape[1]):
        if channel == _LOW_FREQUENCY and samples.shape[1] == _MOST_CHANNELS:
            continue
        sums = np.zeros(len(samples) + 1)
        at = 1
        for part in _weighted(samples[:, channel], rate):
            np.cumsum(np.square(part), out=sums[at : at + len(part)])
            sums[at : at + len(part)] += sums[at - 1]
            at += len(part)
        weight = _SURROUND if channel >= _LOW_FREQUENCY else 1.0
        powers += weight * (sums[starts + length] - sums[starts]) / length
    return np.maximum(powers, 0)


def _weighted(channel: NDArray[Any], rate: int) -> Iterator[NDArray[Any]]:
    """Yield a channel, K-weighted, piece by piece; by overlap-save: numpy has no recursion."""
    import numpy as np

    tail = math.ceil(_TAIL_SECONDS * rate)
    size = 1 << math.ceil(math.log2(8 * tail))
    response = k_weighting(size, rate)
    padded = np.concatenate((np.zeros(tail), channel))
    for start in range(0, len(channel), size - tail):
        spectrum = np.fft.rfft(padded[start : start + size], size) * response
        count = min(size - tail, len(channel) - start)
        yield np.fft.irfft(spectrum, size)[tail : tail + count]


def k_weighting(size: int, rate: int) -> NDArray[Any]:
    """Return the response of the K-weighting filter at the frequencies of an FFT of a real signal.

    Its two stages are those of BS.1770-4, tables 1 and 2, given there for 48 kHz, as analog
    filters (a high shelf, and a high pass) that are transformed to the rate.
    """
    import numpy as np

    z = np.exp(-2j * math.pi * np.arange(size // 2 + 1) / size)
    shelf = _stage(rate, 1681.974450955533, 0.7071752369554196, 3.999843853973347)
    pass_ = _stage(rate, 38.13547087602444, 0.5003270373238773, None)
    response = np.ones(len(z), complex)
    for b, a in (shelf, pass_):
        response *= (b[0] + b[1] * z + b[2] * z * z) / (1 + a[0] * z + a[1] * z * z)
    return response


def _stage(
    rate: int, frequency: float, quality: float, gain: float | None
) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """Return the coefficients of a stage; without a gain it is the high pass."""
    k = math.tan(math.pi * frequency / rate)
    norm = 1 + k / quality + k * k
    a = 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm
    if gain is None:
        return (1.0, -2.0, 1.0), a
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    b = (high + band * k / quality + k * k, 2 * (k * k - high), high - band * k / quality + k * k)
    return (b[0] / norm, b[1] / norm, b[2] / norm), a
