"""Sound that is written: whole or not there, every sample where it belongs."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rp_audio
import rp_audio.sync as audio
from rp_audio._resampling import open_resampler
from rp_audio._write_sound import write_sound
from support.sounds import RATE, error_of, levels, tone

SUFFIXES = (".wav", ".flac", ".aiff", ".mp3", ".ogg", ".opus", ".m4a")
LOSSY = (".mp3", ".ogg", ".opus", ".m4a")
WRITERS = [
    *[(suffix, "soundfile") for suffix in SUFFIXES[:-1]],
    *[(suffix, "pyav") for suffix in (".mp3", ".opus", ".m4a")],
    *[(suffix, "ffmpeg") for suffix in LOSSY],
]
written = pytest.mark.parametrize(("suffix", "encoder"), WRITERS)


def can_write(suffix: str) -> bool:
    names = {encoder for other, encoder in WRITERS if other == suffix}
    return any(b.name in names and b.state == "installed" for b in write_sound.backends)


def can_resample() -> bool:
    return any(backend.state == "installed" for backend in open_resampler.backends)


@written
@pytest.mark.parametrize("channels", [1, 2])
def test_what_was_written_is_read_again(
    suffix: str, encoder: str, channels: int, tmp_path: Path, leaves_nothing: None
) -> None:
    rate = 48_000 if suffix == ".opus" else RATE
    given = levels(tone(1.3, rate=rate, channels=channels))
    path = tmp_path / f"sound{suffix}"

    audio.save(path, (given, rate), backend=encoder)

    heard = audio.load(path, strict=True)
    assert heard.samples.shape == given.shape
    assert heard.rate == rate
    if suffix in LOSSY:
        assert error_of(heard.samples, given) < 0.3
    else:
        np.testing.assert_array_equal(heard.samples, given)
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff"])
@pytest.mark.parametrize("depth", [8, 16, 24, 32, "float"])
def test_every_depth_goes_to_the_nearest_value(suffix: str, depth: Any, tmp_path: Path) -> None:
    given = tone(0.3)
    path = tmp_path / f"sound{suffix}"
    if suffix == ".flac" and depth in {32, "float"}:
        with pytest.raises(ValueError, match="depth of flac"):
            audio.save(path, (given, RATE), depth=depth)
        return

    audio.save(path, (given, RATE), depth=depth)

    heard = audio.load(path).samples
    expected = given if depth == "float" else levels(given.astype(np.float64), depth)
    np.testing.assert_array_equal(heard, expected)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50))
@settings(max_examples=40)
def test_integers_make_the_round_trip(values: list[int]) -> None:
    import tempfile

    given = np.array(values, np.int16)[:, None]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound.wav")
        audio.save(path, (given, 8000))
        np.testing.assert_array_equal(audio.load(path).samples * 32768, given)


def test_all_kinds_of_samples_mean_the_same(tmp_path: Path) -> None:
    wave = np.array([-1.0, -0.5, 0.0, 0.5, 0.75], np.float64)
    path = tmp_path / "sound.wav"
    kinds: list[Any] = [
        wave, wave.astype(np.float32), wave.astype(np.float16), (wave * 2**15).astype(np.int16),
        (wave * 2**31).astype(np.int32), (wave * 128 + 128).astype(np.uint8),
    ]  # fmt: skip
    for samples in kinds:
        audio.save(path, (samples, RATE))
        np.testing.assert_array_equal(audio.load(path).samples[:, 0], wave.astype(np.float32))


@written
def test_what_is_beyond_full_scale_is_cut_and_told(
    suffix: str, encoder: str, tmp_path: Path
) -> None:
    rate = 48_000
    loud = tone(0.5, rate=rate) * 4
    path = tmp_path / f"sound{suffix}"

    with pytest.warns(rp_audio.ClippedWarning, match="full scale") as told:
        audio.save(path, (loud, rate), backend=encoder)

    assert str(int((np.abs(loud) > 1).sum())) in str(told[0].message)
    if suffix not in LOSSY:
        np.testing.assert_array_equal(audio.load(path).samples, levels(loud))


def test_full_scale_itself_is_no_clipping(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audio.save(tmp_path / "sound.wav", (np.array([1.0, -1.0], np.float32), RATE))
        audio.save(tmp_path / "loud.wav", (np.array([3.0], np.float32), RATE), depth="float")

    np.testing.assert_array_equal(
        audio.load(tmp_path / "sound.wav").samples[:, 0], np.array([32767 / 32768, -1], np.float32)
    )
    assert audio.load(tmp_path / "loud.wav").samples[0, 0] == 3.0


@written
def test_better_quality_is_larger(suffix: str, encoder: str, tmp_path: Path) -> None:
    path = tmp_path / f"sound{suffix}"
    if suffix not in LOSSY:
        with pytest.raises(ValueError, match="no quality"):
            audio.save(path, (tone(), RATE), quality=0.5)
        return
    sizes = []
    for quality in (0, 0.3, 0.7, 1):
        audio.save(path, (tone(2.0, rate=48_000), 48_000), quality=quality, backend=encoder)
        sizes.append(path.stat().st_size)

    assert sizes == sorted(set(sizes))


@written
def test_a_rate_that_a_format_has_not_is_brought_to_one_that_it_has(
    suffix: str, encoder: str, tmp_path: Path
) -> None:
    path = tmp_path / f"sound{suffix}"
    given = tone(0.7, rate=10_000)
    if suffix in {".mp3", ".opus", ".m4a"} and not can_resample():
        pytest.skip("there is no backend that resamples")

    audio.save(path, (given, 10_000), backend=encoder)

    heard = audio.load(path, strict=True)
    expected = {".mp3": 11_025, ".opus": 48_000, ".m4a": 11_025}.get(suffix, 10_000)
    assert heard.rate == expected
    assert heard.duration == pytest.approx(0.7, abs=0.001)


def test_sound_may_come_in_pieces(tmp_path: Path) -> None:
    given = levels(tone(2.0))
    path = tmp_path / "sound.wav"

    audio.save(path, ((given[at : at + 1000], RATE) for at in range(0, len(given), 1000)))
    np.testing.assert_array_equal(audio.load(path).samples, given)
    audio.save(tmp_path / "copy.flac", audio.stream(path, chunk=777))
    np.testing.assert_array_equal(audio.load(tmp_path / "copy.flac").samples, given)


async def test_sound_may_come_from_an_async_iterable(tmp_path: Path) -> None:
    given = levels(tone(1.0))

    async def pieces() -> AsyncIterator[tuple[Any, int]]:
        for at in range(0, len(given), 5000):
            await anyio.lowlevel.checkpoint()
            yield given[at : at + 5000], RATE

    await rp_audio.save(tmp_path / "sound.wav", pieces())

    np.testing.assert_array_equal((await rp_audio.load(tmp_path / "sound.wav")).samples, given)


@pytest.mark.parametrize(
    ("sound", "error"),
    [
        (([0.0], RATE), TypeError),
        ((np.zeros((10, 2, 2), np.float32), RATE), ValueError),
        ((np.zeros((10, 0), np.float32), RATE), ValueError),
        ((np.zeros((0, 2), np.float32), RATE), ValueError),
        ((np.array([0.0, np.nan], np.float32), RATE), ValueError),
        ((np.array([0.0, np.inf]), RATE), ValueError),
        ((np.array([0.0, 1e300]), RATE), ValueError),
        ((np.zeros(10, bool), RATE), TypeError),
        ((np.zeros(10, complex), RATE), TypeError),
        ((np.zeros(10, np.float32), 0), ValueError),
        ((np.zeros(10, np.float32), "44100"), TypeError),
        ((np.zeros(10, np.float32), 44100.0), TypeError),
        (np.zeros(10, np.float32), TypeError),
        ([], ValueError),
        (b"sound", TypeError),
        (None, TypeError),
        ([(np.zeros(5, np.float32), 8000), (np.zeros(5, np.float32), 9000)], ValueError),
        ([(np.zeros(5, np.float32), 8000), (np.zeros((5, 2), np.float32), 8000)], ValueError),
    ],
)
def test_what_cannot_be_written_leaves_what_was_there(
    sound: Any, error: type[Exception], tmp_path: Path, leaves_nothing: None
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(b"what was there")

    with pytest.raises(error):
        audio.save(path, sound)

    assert path.read_bytes() == b"what was there"
    assert os.listdir(tmp_path) == ["sound.wav"]


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("sound.xyz", {}, ValueError),
        ("sound", {}, ValueError),
        ("sound.wav", {"depth": 12}, ValueError),
        ("sound.mp3", {"depth": 16}, ValueError),
        ("sound.mp3", {"quality": 2}, ValueError),
        ("sound.mp3", {"quality": "best"}, TypeError),
        ("sound.wav", {"backend": "nope"}, ValueError),
        ("missing/sound.wav", {}, FileNotFoundError),
        (".", {}, (IsADirectoryError, ValueError)),
    ],
)
def test_a_wrong_destination_or_option_is_refused(
    name: str, options: dict[str, Any], error: Any, tmp_path: Path
) -> None:
    with pytest.raises(error):
        audio.save(tmp_path / name, (tone(0.1), RATE), **options)
    assert not os.listdir(tmp_path)


def test_more_channels_than_a_format_has_are_refused(tmp_path: Path) -> None:
    for name, channels in (("a.mp3", 3), ("a.flac", 9), ("a.opus", 9)):
        with pytest.raises(ValueError, match="channels at most"):
            audio.save(tmp_path / name, (np.zeros((100, channels), np.float32), 48_000))
    audio.save(tmp_path / "a.wav", (levels(tone(0.1, channels=12)), RATE))
    assert audio.load(tmp_path / "a.wav").channels == 12


FULL_DISK = """
import errno, os, resource, signal, sys
import numpy as np
import rp_audio.sync as audio
sound = np.random.default_rng(0).standard_normal((200_000, 2)) * 0.1, 48_000
audio.save(sys.argv[1], sound, backend=sys.argv[2])
whole = os.path.getsize(sys.argv[1])
os.unlink(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (100, whole // 3, whole - 1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        audio.save(sys.argv[1], sound, backend=sys.argv[2])
    except OSError as error:
        assert error.errno == errno.EFBIG, error
    else:
        raise AssertionError(limit)
    assert not os.listdir(os.path.dirname(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
@written
def test_a_full_disk_is_an_os_error_and_leaves_no_file(
    suffix: str, encoder: str, tmp_path: Path
) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    command = [sys.executable, "-c", FULL_DISK, str(folder / f"sound{suffix}"), encoder]

    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".m4a"])
async def test_a_cancelled_save_does_not_land(
    suffix: str, tmp_path: Path, leaves_nothing: None
) -> None:
    path = tmp_path / f"sound{suffix}"
    if not can_write(suffix):
        pytest.skip("nothing writes it")
    begun = anyio.Event()

    async def endless() -> AsyncIterator[tuple[Any, int]]:
        while True:
            yield tone(0.5), RATE
            begun.set()
            await anyio.sleep(0.01)

    async with anyio.create_task_group() as group:
        group.start_soon(rp_audio.save, path, endless())
        await begun.wait()
        group.cancel_scope.cancel()

    assert not os.listdir(tmp_path)


def test_an_iterator_that_fails_is_heard_of(tmp_path: Path, leaves_nothing: None) -> None:
    def broken() -> Iterator[tuple[Any, int]]:
        yield tone(1.0), RATE
        raise ConnectionError("the line is cut")

    for suffix in (".wav", ".mp3"):
        with pytest.raises(ConnectionError):
            audio.save(tmp_path / f"sound{suffix}", broken())
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_convert_keeps_the_sound(suffix: str, tmp_path: Path, leaves_nothing: None) -> None:
    if not can_write(suffix):
        pytest.skip("nothing writes it")
    given = tone(1.1, rate=48_000)
    source, path = tmp_path / "source.wav", tmp_path / f"sound{suffix}"
    audio.save(source, (given, 48_000), depth=24)

    audio.convert(source, path)

    heard = audio.load(path, strict=True)
    assert heard.rate == 48_000
    assert len(heard.samples) == len(given)
    if suffix in LOSSY:
        assert error_of(heard.samples, given) < 0.3
    else:
        np.testing.assert_array_equal(heard.samples, levels(given, 24))


def test_convert_in_place_cuts_and_mixes(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    given = levels(tone(2.0))
    audio.save(path, (given, RATE))

    audio.convert(path, path, start=0.5, stop=1.5, mono=True)

    np.testing.assert_allclose(
        audio.load(path).samples[:, 0], given[RATE // 2 : RATE * 3 // 2].mean(axis=1), atol=2e-5
    )


async def test_many_are_converted(tmp_path: Path) -> None:
    pairs = []
    for number in range(6):
        source = tmp_path / f"{number}.wav"
        audio.save(source, (levels(tone(0.2 + number / 10)), RATE))
        pairs.append((source, tmp_path / f"{number}.flac"))

    done = await rp_audio.convert_many(pairs)

    assert done == [path for _, path in pairs]
    for source, path in pairs:
        np.testing.assert_array_equal(audio.load(path).samples, audio.load(source).samples)
    with pytest.raises(ValueError, match="not written"):
        await rp_audio.convert_many([(pairs[0][0], tmp_path / "sound.xyz")])
    with pytest.raises(TypeError, match="unknown options"):
        await rp_audio.convert_many(pairs, bitrate=5)  # type: ignore[call-arg]


def test_a_strict_conversion_of_a_file_that_is_cut_leaves_none(tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    audio.save(source, (tone(1.0), RATE))
    source.write_bytes(source.read_bytes()[:-5000])

    with pytest.raises(rp_audio.TruncatedError):
        audio.convert(source, tmp_path / "sound.flac", strict=True)

    assert os.listdir(tmp_path) == ["source.wav"]
    with pytest.warns(rp_audio.DamagedWarning):
        audio.convert(source, tmp_path / "sound.flac")
