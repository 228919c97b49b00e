"""What is done to samples."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rp_audio
import rp_audio.sync as audio
from support.sounds import RATE, levels, tone

Sound = rp_audio.Audio
ONE_SOUND = [
    audio.to_mono, audio.normalize, audio.loudness, audio.trim_silence, audio.fade,
    audio.plot_waveform,
]  # fmt: skip


def sine(decibels: float, frequency: float = 997, seconds: float = 3, rate: int = 48_000) -> Any:
    time = np.arange(round(seconds * rate)) / rate
    return (10 ** (decibels / 20) * np.sin(2 * math.pi * frequency * time)).astype(np.float32)


@pytest.mark.parametrize("operation", ONE_SOUND, ids=lambda operation: operation.__name__)
@pytest.mark.parametrize(
    ("sound", "error"),
    [
        (np.zeros(5), TypeError),
        ("sound.wav", TypeError),
        ((np.zeros((2, 2, 2)), RATE), ValueError),
        ((np.zeros((5, 0)), RATE), ValueError),
        ((np.full(5, np.nan), RATE), ValueError),
        ((np.zeros(5), -1), ValueError),
    ],
)
def test_what_is_no_sound_is_refused(operation: Any, sound: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        operation(sound)


@pytest.mark.parametrize(
    "operation", [audio.to_mono, audio.normalize, audio.trim_silence, audio.fade]
)
def test_what_was_given_is_not_changed_and_not_shared(operation: Any) -> None:
    given = tone(0.2, channels=1)
    before = given.copy()

    result = operation((given, RATE)).samples

    assert not np.shares_memory(result, given)
    np.testing.assert_array_equal(given, before)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    assert result.flags.writeable


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_mono_is_the_mean(channels: int) -> None:
    given = tone(0.1, channels=channels)

    mono = audio.to_mono((given, RATE))

    assert mono.samples.shape == (len(given), 1)
    np.testing.assert_allclose(mono.samples[:, 0], given.mean(axis=1), atol=1e-6)


@given(st.floats(-40, 0), st.floats(-30, 20))
@settings(max_examples=30)
def test_the_peak_is_where_it_is_wanted(level: float, target: float) -> None:
    sound = audio.normalize((sine(level, seconds=0.1), 48_000), target=target)

    assert 20 * math.log10(np.abs(sound.samples).max()) == pytest.approx(target, abs=0.01)


def test_silence_stays_silence() -> None:
    silent = (np.zeros((48_000, 2), np.float32), 48_000)

    assert not audio.normalize(silent).samples.any()
    assert not audio.normalize(silent, "loudness").samples.any()
    assert audio.loudness(silent) == -math.inf
    assert len(audio.trim_silence(silent).samples) == 0
    assert len(audio.normalize((np.zeros((0, 2), np.float32), 8000)).samples) == 0


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000, 96_000])
def test_loudness_of_the_reference_tone(rate: int) -> None:
    """BS.1770-4: a full-scale sine of 997 Hz in one channel is at -3.01 LKFS."""
    assert audio.loudness((sine(0, rate=rate), rate)) == pytest.approx(-3.01, abs=0.05)
    stereo = np.stack([sine(-23, rate=rate)] * 2, axis=1)
    assert audio.loudness((stereo, rate)) == pytest.approx(-23.0, abs=0.05)


def test_surround_counts_more_and_low_frequencies_not_at_all() -> None:
    silent = np.zeros_like(sine(0))

    def in_channel(number: int) -> float:
        channels = [silent] * 6
        channels[number] = sine(0)
        return audio.loudness((np.stack(channels, axis=1), 48_000))

    assert in_channel(0) == pytest.approx(in_channel(2), abs=1e-6)
    assert in_channel(4) - in_channel(0) == pytest.approx(10 * math.log10(1.41), abs=1e-3)
    assert in_channel(3) == -math.inf


def test_quiet_parts_are_gated() -> None:
    """EBU Tech 3341, cases 3 to 5: parts below the gates do not count."""
    parts = [sine(-36, 1000, 10), sine(-23, 1000, 60), sine(-36, 1000, 10)]
    stereo = np.stack([np.concatenate(parts)] * 2, axis=1)
    assert audio.loudness((stereo, 48_000)) == pytest.approx(-23.0, abs=0.1)

    parts = [sine(-72, 1000, 10), *parts, sine(-72, 1000, 10)]
    stereo = np.stack([np.concatenate(parts)] * 2, axis=1)
    assert audio.loudness((stereo, 48_000)) == pytest.approx(-23.0, abs=0.1)

    parts = [sine(-26, 1000, 20), sine(-20, 1000, 20.1), sine(-26, 1000, 20)]
    stereo = np.stack([np.concatenate(parts)] * 2, axis=1)
    assert audio.loudness((stereo, 48_000)) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_loudness_agrees_with_an_independent_implementation(rate: int, channels: int) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    rng = np.random.default_rng(rate)
    noise = np.cumsum(rng.standard_normal((rate * 7, channels)), axis=0)
    noise = np.asarray(noise / np.abs(noise).max() + rng.standard_normal(noise.shape) * 0.02)
    noise[: rate * 2] *= 0.1
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    five = noise if channels < 5 else np.insert(noise, 3, 0, axis=1)

    ours = audio.loudness((five, rate))

    assert ours == pytest.approx(meter.integrated_loudness(noise), abs=0.02)


def test_sound_is_brought_to_a_loudness() -> None:
    given = tone(3.0)

    for target in (-23.0, -16.0, -30.5):
        sound = audio.normalize((given, RATE), "loudness", target=target)
        assert audio.loudness(sound) == pytest.approx(target, abs=1e-3)
    with pytest.raises(ValueError, match="seconds"):
        audio.loudness((given[:100], RATE))
    with pytest.raises(ValueError, match="level"):
        audio.normalize((given, RATE), "rms")  # type: ignore[arg-type]


@given(st.integers(0, 3000), st.integers(1, 500), st.integers(0, 3000), st.integers(0, 100))
@settings(max_examples=50)
def test_silence_is_taken_off_both_ends(before: int, middle: int, after: int, keep: int) -> None:
    loud = np.full((middle, 2), 0.5, np.float32)
    quiet = np.float32(0.001)
    given = np.concatenate((np.full((before, 2), quiet), loud, np.full((after, 2), -quiet))).astype(
        np.float32
    )

    kept = audio.trim_silence((given, 1000), keep=keep / 1000).samples

    expected = given[max(0, before - keep) : before + middle + keep]
    np.testing.assert_array_equal(kept, expected)
    np.testing.assert_array_equal(audio.trim_silence((given, 1000), threshold=-70).samples, given)


def test_sounds_are_put_together() -> None:
    first, second = tone(0.2), tone(0.1, channels=1)

    joined = audio.concat([(first, RATE), (second, RATE)], gap=0.05)

    gap = round(0.05 * RATE)
    assert joined.samples.shape == (len(first) + gap + len(second), 2)
    np.testing.assert_array_equal(joined.samples[: len(first)], first)
    assert not joined.samples[len(first) : len(first) + gap].any()
    for channel in (0, 1):
        np.testing.assert_array_equal(joined.samples[-len(second) :, channel], second[:, 0])


def test_sounds_are_mixed() -> None:
    first, second = tone(0.2), tone(0.1, channels=1)

    mixed = audio.mix([(first, RATE), (second, RATE)], volumes=[1, 0.5], starts=[0, 0.15])

    begin = round(0.15 * RATE)
    assert len(mixed.samples) == begin + len(second)
    np.testing.assert_array_equal(mixed.samples[:begin], first[:begin])
    np.testing.assert_allclose(mixed.samples[-1], second[-1, 0] * 0.5, atol=1e-7)
    together = first[begin:] + second[: len(first) - begin] * np.float32(0.5)
    np.testing.assert_allclose(mixed.samples[begin : len(first)], together, atol=1e-6)


@pytest.mark.parametrize("operation", [audio.concat, audio.mix])
def test_sounds_that_do_not_fit_together_are_refused(operation: Any) -> None:
    stereo, mono = (tone(0.1), RATE), (tone(0.1, channels=1), RATE)
    with pytest.raises(ValueError, match="at least one"):
        operation([])
    with pytest.raises(ValueError, match="name a rate"):
        operation([stereo, (tone(0.1), 48_000)])
    with pytest.raises(ValueError, match="channels"):
        operation([stereo, mono, (tone(0.1, channels=3), RATE)])
    for wrong in (stereo, 5, "sound", [5]):
        with pytest.raises(TypeError):
            operation(wrong)
    with pytest.raises(ValueError, match="one for each"):
        audio.mix([stereo, mono], volumes=[1.0])
    with pytest.raises(ValueError, match="starts must be"):
        audio.mix([stereo], starts=[-1])


@pytest.mark.parametrize("shape", ["linear", "sine"])
def test_sound_fades(shape: Any) -> None:
    given = np.ones((1000, 2), np.float32)

    faded = audio.fade((given, 1000), fade_in=0.2, fade_out=0.3, shape=shape).samples

    assert (faded[0] == 0).all()
    assert (np.diff(faded[:200, 0]) > 0).all()
    assert (faded[200:700] == 1).all()
    assert (np.diff(faded[700:, 0]) < 0).all()
    assert (faded[-1] == 0).all()
    half = faded[100, 0]
    assert half == pytest.approx(0.5 if shape == "linear" else math.sqrt(0.5), abs=1e-6)
    assert audio.fade((given, 1000), fade_in=99).samples.shape == given.shape
    with pytest.raises(ValueError, match="fade_in"):
        audio.fade((given, 1000), fade_in=-1)
    with pytest.raises(ValueError, match="shape"):
        audio.fade((given, 1000), shape="cubic")  # type: ignore[arg-type]


def test_a_waveform_is_drawn() -> None:
    samples = np.zeros((1000, 1), np.float32)
    samples[500:, 0] = np.tile([0.5, -0.5], 250)

    image = audio.plot_waveform(
        (samples, 1000), width=100, height=101, color=(255, 0, 0), background=(0, 0, 0)
    )

    assert image.shape == (101, 100, 3)
    assert image.dtype == np.uint8
    inked: Any = image.any(axis=2)
    assert (inked[:, :50].sum(axis=0) == 1).all()
    assert inked[50, :50].all()
    assert (inked[:, 50:].sum(axis=0) == 51).all()
    assert inked[25, 60]
    assert not inked[24, 60]


def test_each_channel_has_its_row() -> None:
    samples = np.zeros((500, 2), np.float32)
    samples[:, 1] = np.tile([1, -1], 250)

    image = audio.plot_waveform((samples, 1000), width=50, height=200, background=(0, 0, 0))

    inked: Any = image.any(axis=2)
    assert (inked[:100].sum(axis=0) == 1).all()
    assert inked[100:].all()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"width": 0}, ValueError),
        ({"height": 1}, ValueError),
        ({"width": 1.5}, TypeError),
        ({"width": 1 << 20, "height": 1 << 20}, ValueError),
        ({"color": "red"}, TypeError),
        ({"color": (1, 2)}, TypeError),
        ({"background": (1, 2, 300)}, ValueError),
    ],
)
def test_a_drawing_that_makes_no_sense_is_refused(
    options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        audio.plot_waveform((tone(0.1), RATE), **options)


def test_fewer_samples_than_columns_and_none_at_all_are_drawn() -> None:
    for count in (0, 1, 7):
        image = audio.plot_waveform((levels(tone(1))[:count], RATE), width=64, height=32)
        assert image.shape == (32, 64, 3)
        assert (image != 255).any()


async def test_the_async_faces_give_the_same() -> None:
    given = (tone(0.5), RATE)
    for name in ("to_mono", "normalize", "trim_silence", "fade"):
        face = getattr(rp_audio, name)
        assert inspect.iscoroutinefunction(face)
        np.testing.assert_array_equal(
            (await face(given)).samples, getattr(audio, name)(given).samples
        )
    assert await rp_audio.loudness(given) == audio.loudness(given)


def test_sound_unpacks_and_says_how_long_it_is() -> None:
    sound = Sound(tone(0.5), RATE)
    samples, rate = sound

    assert rate == RATE
    assert sound.channels == samples.shape[1] == 2
    assert sound.duration == pytest.approx(0.5)
