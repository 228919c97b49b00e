"""Files that end too early or are damaged: told with `strict`, warned of without."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from rp_audio._encoded import encoded_of
from rp_audio._ends import cut_off
from support.sounds import CLIPS, Clip, encoded, has_ffmpeg, tone, wave_bytes

Made = Callable[[Clip], Path]
BY_NAME = {clip.name: clip for clip in CLIPS}
TELLING = (
    "pcm16.wav", "pcm24.wav", "big.rf64", "pcm16.aiff", "pcm24.caf", "pcm16.au", "pcm16.flac",
    "lame.mp3", "bare.mp3", "vorbis.ogg", "opus.opus", "aac.m4a", "fast.m4a", "adts.aac",
    "wma.wma", "opus.webm",
)  # fmt: skip
telling = pytest.mark.parametrize("clip", [BY_NAME[name] for name in TELLING], ids=str)


@pytest.mark.parametrize("clip", CLIPS, ids=str)
def test_a_whole_file_is_not_cut_off(clip: Clip, made: Made) -> None:
    path = made(clip)
    whole = audio.load(path).samples

    is_cut, expected = cut_off(encoded_of(path), len(whole))

    assert not is_cut
    assert expected in {None, len(whole)}


@telling
def test_every_missing_byte_at_the_end_is_noticed(clip: Clip, made: Made, tmp_path: Path) -> None:
    data = made(clip).read_bytes()
    path = tmp_path / clip.name
    for missing in (1, 2, 3, 5, 17, 100, 1000, len(data) // 2, len(data) * 3 // 4):
        path.write_bytes(data[:-missing])
        with pytest.raises(rp_core.RpError) as caught:
            audio.load(path, strict=True)
        assert isinstance(caught.value, rp_audio.DecodeError), missing


@telling
def test_what_is_left_is_given_with_a_warning(
    clip: Clip, made: Made, tmp_path: Path, leaves_nothing: None
) -> None:
    source = made(clip)
    data = source.read_bytes()
    whole, rate = audio.load(source)
    path = tmp_path / clip.name
    path.write_bytes(data[: len(data) * 7 // 10])
    without_index = clip.name == "aac.m4a"
    if without_index or (clip.name == "pcm24.caf" and not has_ffmpeg()):  # libsndfile refuses it
        with pytest.raises(rp_audio.DecodeError):
            audio.load(path)
        return

    with pytest.warns(rp_audio.DamagedWarning, match="cut off"):
        samples, kept_rate = audio.load(path)

    assert kept_rate == rate
    assert 0.5 * len(whole) < len(samples) < len(whole)
    part = slice(None, len(samples) - 3000)
    np.testing.assert_allclose(samples[part], whole[: len(samples)][part], atol=1e-4)
    with pytest.raises(rp_audio.TruncatedError) as caught:
        audio.load(path, strict=True)
    assert caught.value.got == len(samples)
    assert caught.value.expected in {None, len(whole)}
    with pytest.warns(rp_audio.DamagedWarning):
        blocks = [block.samples for block in audio.stream(path, chunk=1000)]
    np.testing.assert_allclose(np.concatenate(blocks)[part], samples[part], atol=1e-4)


def test_a_part_before_the_cut_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(1.0))[:-40_000])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(audio.load(path, stop=0.5, strict=True).samples) == 22_050


def test_a_stream_gives_what_there_is_before_it_raises(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(1.0))[:-40_000])
    count = 0

    with pytest.raises(rp_audio.TruncatedError) as caught:
        for block in audio.stream(path, chunk=4096, strict=True):
            count += len(block.samples)

    assert count == caught.value.got == 34_100
    assert caught.value.expected == 44_100


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFF000])
def test_a_size_that_was_not_known_is_no_cut(size: int) -> None:
    samples = np.arange(1000, dtype="<i2")
    data = wave_bytes(samples.tobytes(), bits=16, size=size)

    heard = audio.load(data, strict=True, backend=None).samples

    assert len(heard) == 1000


@pytest.mark.parametrize("backend", [None, "soundfile", "pyav", "ffmpeg"])
@pytest.mark.parametrize("name", ["pcm16.flac", "lame.mp3"])
def test_damage_within_is_told(name: str, backend: str | None, made: Made, tmp_path: Path) -> None:
    source = made(BY_NAME[name])
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path = tmp_path / name
    path.write_bytes(data)
    whole = audio.load(source).samples

    with pytest.warns(rp_audio.DamagedWarning):
        samples = audio.load(path, backend=backend).samples

    begin = len(samples) * 2 // 5 if len(samples) > len(whole) // 2 else len(samples) // 2
    np.testing.assert_allclose(samples[:begin], whole[:begin], atol=1e-3)
    with pytest.raises(rp_audio.DecodeError):
        audio.load(path, backend=backend, strict=True)


@pytest.mark.thorough
@pytest.mark.parametrize("clip", [BY_NAME[name] for name in TELLING], ids=str)
def test_any_length_is_an_answer_or_a_typed_error(clip: Clip, made: Made) -> None:
    data = made(clip).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rp_audio.DamagedWarning)
        for length in (*range(0, 200, 7), *range(200, len(data), len(data) // 25)):
            try:
                samples, rate = audio.load(data[:length])
            except rp_core.RpError:
                continue
            assert samples.dtype == np.float32
            assert samples.ndim == 2
            assert rate > 0


@pytest.mark.thorough
@pytest.mark.parametrize("clip", [BY_NAME[name] for name in TELLING], ids=str)
def test_flipped_bytes_are_an_answer_or_a_typed_error(clip: Clip, made: Made) -> None:
    data = made(clip).read_bytes()
    rng = np.random.default_rng(len(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rp_audio.DamagedWarning)
        for _ in range(25):
            mutated = bytearray(data)
            for place in rng.integers(0, min(len(data), 600), 3):
                mutated[place] = int(rng.integers(256))
            try:
                samples, _ = audio.load(bytes(mutated), max_bytes=1 << 28)
            except rp_core.RpError:
                continue
            assert samples.dtype == np.float32
