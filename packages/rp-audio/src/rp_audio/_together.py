"""Several sounds that are to become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rp_audio._given import audio_of, check_rate
from rp_audio._resample import resample

if TYPE_CHECKING:
    from rp_audio._types import Audio, Samples


def alike(sounds: Any, rate: int | None) -> tuple[list[Samples], int, int]:
    """Return the samples of sounds that fit together, their rate, and how many channels they have.

    Args:
        sounds: At least one sound; mono goes with any other number of channels, which is one.
        rate: The rate to bring them to; None: they have one already.

    Raises:
        TypeError: One is no sound.
        ValueError: There is none, or they do not fit together.
    """
    if isinstance(sounds, tuple) or not isinstance(sounds, Iterable):
        raise TypeError("sounds must be a list, or another iterable, of sounds")
    given: list[Audio] = [audio_of(sound) for sound in sounds]
    if not given:
        raise ValueError("there must be at least one sound")
    rates = {audio.rate for audio in given}
    if rate is None and len(rates) > 1:
        listed = ", ".join(map(str, sorted(rates)))
        raise ValueError(f"sounds of {listed} Hz do not fit together; name a rate")
    counts = {audio.channels for audio in given} - {1}
    if len(counts) > 1:
        listed = ", ".join(map(str, sorted(counts)))
        raise ValueError(f"sounds of {listed} channels do not fit together")
    wanted = given[0].rate if rate is None else check_rate(rate)
    samples = [a.samples if a.rate == wanted else resample(a, wanted).samples for a in given]
    return samples, wanted, max(counts, default=1)
