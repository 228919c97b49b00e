"""Another rate: what it holds stays as it is, and the rest is gone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from rp_audio._resampling import open_resampler
from support.sounds import RATE, encoded, tone

resamplers = pytest.mark.parametrize("resampler", ["soxr", "pyav", "scipy"])
RATES = [(44_100, 16_000), (44_100, 48_000), (48_000, 44_100), (16_000, 44_100), (8000, 24_000)]


def sine(frequency: float, rate: int, seconds: float = 2.0) -> Any:
    time = np.arange(round(seconds * rate)) / rate
    wave = 0.9 * np.sin(2 * math.pi * frequency * time)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def middle(samples: Any) -> Any:
    return samples[len(samples) // 4 : len(samples) * 3 // 4, 0].astype(np.float64)


@resamplers
@pytest.mark.parametrize(("old", "new"), RATES)
def test_a_tone_stays_where_it_is(resampler: str, old: int, new: int) -> None:
    highest = min(old, new) / 2
    for frequency, tolerance in ((100, 2e-6), (0.5 * highest, 1e-5), (0.85 * highest, 1e-3)):
        sound = audio.resample((sine(frequency, old), old), new, backend=resampler)

        expected = sine(frequency, new)
        assert sound.rate == new
        assert sound.samples.shape == expected.shape
        np.testing.assert_allclose(middle(sound.samples), middle(expected), atol=tolerance)


@resamplers
@pytest.mark.parametrize(("old", "new"), [(44_100, 16_000), (48_000, 44_100), (96_000, 8000)])
def test_what_the_rate_cannot_hold_is_gone(resampler: str, old: int, new: int) -> None:
    for factor in (1.08, 1.5, 2.2, 4.0):
        frequency = factor * new / 2
        if frequency > 0.95 * old / 2:
            continue
        heard = middle(audio.resample((sine(frequency, old), old), new, backend=resampler).samples)

        window = np.kaiser(len(heard), 24)
        lines = np.abs(np.fft.rfft(heard * window)) / window.sum() * 2
        assert 20 * math.log10(lines.max() / 0.9 + 1e-12) < -120


@resamplers
def test_backends_agree_on_a_sound(resampler: str) -> None:
    rng = np.random.default_rng(0)
    spectrum = np.zeros(22_051, complex)
    spectrum[10:6500] = rng.standard_normal(6490) + 1j * rng.standard_normal(6490)
    noise = np.fft.irfft(spectrum)
    given = np.asarray(noise / np.abs(noise).max() * 0.9, np.float32)[:, None]
    there = [b.name for b in chain() if b.state == "installed"]

    first = audio.resample((given, 44_100), 16_000, backend=there[0]).samples
    other = audio.resample((given, 44_100), 16_000, backend=resampler).samples

    np.testing.assert_allclose(other[500:-500], first[500:-500], atol=2e-4)


def chain() -> Any:
    from rp_audio._resampling import converted

    return converted.backends


@resamplers
@pytest.mark.parametrize("count", [0, 1, 2, 100, 4410, 44_099])
def test_any_length_is_kept_to_the_nearest_sample(resampler: str, count: int) -> None:
    for new in (8000, 22_050, 48_000):
        sound = audio.resample((tone(1.0)[:count], RATE), new, backend=resampler)

        assert abs(len(sound.samples) - count * new / RATE) <= 0.5
        assert sound.channels == 2
        assert np.isfinite(sound.samples).all()


@resamplers
def test_odd_rates_and_many_channels(resampler: str) -> None:
    for old, new, channels in ((44_100, 11_111, 1), (1000, 48_000, 2), (48_000, 32_000, 6)):
        sound = audio.resample(
            (tone(0.5, rate=old, channels=channels), old), new, backend=resampler
        )
        assert sound.samples.shape == (round(0.5 * new + 1e-9), channels)


def test_the_same_rate_is_a_copy() -> None:
    given = tone(0.1)

    sound = audio.resample((given, RATE), RATE)

    np.testing.assert_array_equal(sound.samples, given)
    assert not np.shares_memory(sound.samples, given)


@pytest.mark.parametrize("rate", [0, -5, 1 << 30])
def test_a_rate_that_is_none_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="rate"):
        audio.resample((tone(0.1), RATE), rate)
    with pytest.raises(TypeError):
        audio.resample((tone(0.1), RATE), "fast")  # type: ignore[arg-type]


@pytest.mark.parametrize("resampler", ["soxr", "pyav"])
@pytest.mark.parametrize("chunk", [1000, 65_536])
def test_blocks_are_resampled_as_the_whole_is(resampler: str, chunk: int) -> None:
    given = tone(1.3)
    whole = audio.resample((given, RATE), 16_000, backend=resampler).samples
    convert = open_resampler.using(f"{resampler}_stream")(2, RATE, 16_000)

    parts = [convert(given[at : at + chunk], last=False) for at in range(0, len(given), chunk)]
    heard = np.concatenate([*parts, convert(given[:0], last=True)])

    assert abs(len(heard) - len(whole)) <= 1
    np.testing.assert_allclose(heard[200:20_000], whole[200:20_000], atol=1e-5)


@pytest.mark.parametrize("chunk", [1000, 65_536])
def test_a_stream_has_the_rate_that_is_wanted(chunk: int) -> None:
    if not any(backend.state == "installed" for backend in open_resampler.backends):
        pytest.skip("there is no backend that resamples blocks")
    given = encoded(tone(1.3), subtype="FLOAT")

    blocks = list(audio.stream(given, rate=16_000, chunk=chunk))

    assert {block.rate for block in blocks} == {16_000}
    assert sum(len(block.samples) for block in blocks) == round(1.3 * 16_000)


def test_load_resamples_as_resample_does() -> None:
    if not any(backend.state == "installed" for backend in chain()):
        with pytest.raises(rp_core.NoBackendError, match="pip install"):
            audio.load(encoded(tone(0.2)), rate=8000)
        return
    given = encoded(tone(0.7))

    loaded = audio.load(given, rate=8000, mono=True)

    expected = audio.resample(audio.to_mono(audio.load(given)), 8000)
    np.testing.assert_array_equal(loaded.samples, expected.samples)
    assert isinstance(loaded, rp_audio.Audio)
