"""Change the rate of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._given import audio_of, check_rate
from rp_audio._resampling import Resampling, converted, open_resampler
from rp_audio._types import Audio

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from rp_audio._types import Samples, Sound


def resample(sound: Sound, /, rate: int, *, backend: str | Sequence[str] | None = None) -> Audio:
    """Change the rate of sound; what the new rate cannot hold is filtered out first.

    Args:
        sound: An `Audio`, or samples and their rate.
        rate: Samples a second to have, in Hz.
        backend: "soxr", "pyav" or "scipy" alone, or an order of these. None: the first that is
            there. All have a linear phase, keep 88 % of the band, and leave less than -120 dB of
            what is beyond it.

    Returns:
        Sound as long as before, to the nearest sample; the time of each sample stays.

    Raises:
        TypeError: It is no sound, or `rate` no int.
        ValueError: It is no sound, or `rate` makes no sense.
        NoBackendError: There is none; the message has the line that installs it.
    """
    ask = converted.using(backend)
    samples, old = audio_of(sound)
    new = check_rate(rate)
    if new == old:
        return Audio(samples.copy(), new)
    return Audio(resampled(samples, old, new, ask), new)


def resampled(
    samples: Samples, old: int, new: int, ask: Callable[[Resampling], Samples] = converted
) -> Samples:
    """Return samples at another rate."""
    return _fitted(ask(Resampling(samples, old, new)), _length(len(samples), old, new))


def streamed(
    blocks: Iterable[Samples], old: int, new: int, channels: int
) -> Generator[Samples, None, None]:
    """Yield samples at another rate, as they come; together they are as `resample` has them."""
    import numpy as np

    convert = open_resampler(channels, old, new)
    given = taken = 0
    for block in blocks:
        given += len(block)
        part = convert(block, last=False)
        taken += len(part)
        if len(part):
            yield part
    rest = convert(np.empty((0, channels), np.float32), last=True)
    rest = _fitted(rest, _length(given, old, new) - taken)
    if len(rest):
        yield rest


def _length(count: int, old: int, new: int) -> int:
    return (2 * count * new + old) // (2 * old)


def _fitted(samples: Samples, length: int) -> Samples:
    """Return samples with a few more or fewer at the end."""
    import numpy as np

    if len(samples) >= length:
        return samples if len(samples) == length else samples[:length].copy()
    missing = np.zeros((length - len(samples), samples.shape[1]), np.float32)
    return np.concatenate((samples, missing))
