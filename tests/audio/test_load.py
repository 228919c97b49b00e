"""Sound that is read: the same samples whatever the backend, from any source."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from support.sounds import CLIPS, RATE, Clip, encoded, error_of, tone, wave_bytes

Made = Callable[[Clip], Path]
READ = [pytest.param(clip, name, id=f"{clip}-{name}") for clip in CLIPS for name in clip.backends]
BY_NAME = {clip.name: clip for clip in CLIPS}


@pytest.mark.parametrize(("clip", "backend"), READ)
def test_samples_are_those_that_were_written(
    clip: Clip, backend: str, made: Made, leaves_nothing: None
) -> None:
    sound = audio.load(made(clip), backend=backend, strict=True)

    samples, rate = sound
    assert rate == clip.rate or clip.name == "opus.webm"
    assert samples.dtype == np.float32
    assert samples.flags.c_contiguous
    assert samples.flags.writeable
    assert sound.channels == clip.channels
    if clip.exact:
        np.testing.assert_array_equal(samples, clip.samples)
    elif clip.padding is not None:
        assert len(samples) == len(clip.samples) + clip.padding
        assert error_of(samples, clip.samples) < 0.3


@pytest.mark.parametrize("clip", [clip for clip in CLIPS if not clip.exact], ids=str)
def test_backends_agree_on_what_is_lossy(clip: Clip, made: Made) -> None:
    there = [b.name for b in rp_backends() if b.name in clip.backends and b.state == "installed"]
    heard = {name: audio.load(made(clip), backend=name).samples for name in there}

    assert len({len(samples) for samples in heard.values()}) <= 1
    for samples in heard.values():
        np.testing.assert_allclose(samples, heard[there[0]], atol=1e-4)


def rp_backends() -> Any:
    from rp_audio._open_sound import open_sound

    return open_sound.backends


@pytest.mark.parametrize("backend", ["soundfile", "pyav", "ffmpeg"])
def test_integers_have_the_scale_that_is_promised(backend: str) -> None:
    silence = wave_bytes(bytes([128, 0, 255]), bits=8)
    extremes = wave_bytes(np.array([-32768, 0, 32767], "<i2").tobytes(), bits=16)

    np.testing.assert_array_equal(
        audio.load(silence, backend=backend).samples[:, 0], [0.0, -1.0, 127 / 128]
    )
    np.testing.assert_array_equal(
        audio.load(extremes, backend=backend).samples[:, 0],
        np.array([-1.0, 0.0, 32767 / 32768], np.float32),
    )


@pytest.mark.parametrize("backend", ["soundfile", "pyav", "miniaudio", "ffmpeg"])
def test_floats_beyond_full_scale_stay(backend: str) -> None:
    loud = np.array([[1.5], [-2.0], [0.25]], np.float32)

    heard = audio.load(encoded(loud, subtype="FLOAT"), backend=backend).samples

    np.testing.assert_array_equal(heard, loud)


@pytest.mark.parametrize(("clip", "backend"), READ)
def test_a_part_is_a_part_of_the_whole(clip: Clip, backend: str, made: Made) -> None:
    path = made(clip)
    whole, rate = audio.load(path, backend=backend)

    for start, stop in ((0.31, 0.4), (0, 0.25), (0.4, None), (0.2, 0.2), (50, None), (0.3, 99)):
        part = audio.load(path, backend=backend, start=start, stop=stop).samples
        end = None if stop is None else round(stop * rate)
        expected = whole[round(start * rate) : end]
        assert part.shape == expected.shape
        np.testing.assert_allclose(part, expected, atol=2e-4)


@pytest.mark.parametrize("name", ["aac.m4a", "lame.mp3", "vorbis.ogg", "pcm16.flac"])
def test_a_part_far_into_a_long_file_is_found_to_the_sample(
    name: str, made: Made, tmp_path: Path
) -> None:
    clip = BY_NAME[name]
    long = Clip(f"long-{name}", clip.backends, clip.writer, exact=clip.exact, seconds=30)
    if not any(b.name in long.backends and b.state == "installed" for b in rp_backends()):
        pytest.skip("nothing reads it")
    path = made(long)
    whole, rate = audio.load(path)

    for start in (17.3, 21.0, 29.99):
        part = audio.load(path, start=start, stop=start + 0.5).samples
        expected = whole[round(start * rate) : round((start + 0.5) * rate)]
        np.testing.assert_allclose(part, expected, atol=2e-4)


def test_any_source_will_do(tmp_path: Path) -> None:
    data = encoded(tone(0.2))
    path = tmp_path / "sound.bin"
    path.write_bytes(data)
    expected = audio.load(path).samples
    import base64

    url = f"data:audio/wav;base64,{base64.b64encode(data).decode()}"
    with path.open("rb") as file:
        for source in (
            str(path),
            data,
            bytearray(data),
            memoryview(data),
            io.BytesIO(data),
            file,
            url,
        ):
            np.testing.assert_array_equal(audio.load(source).samples, expected)
    with pytest.raises(ValueError, match="refused"):
        audio.load(url, urls=False)


async def test_an_async_file_is_read_on_its_loop(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(0.2)))

    async with await anyio.open_file(path, "rb") as file:
        samples = (await rp_audio.load(file)).samples

    np.testing.assert_array_equal(samples, audio.load(path).samples)


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    import threading

    path, data = tmp_path / "pipe", encoded(tone(1.0))
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(data,))
    writer.start()

    samples = audio.load(path).samples

    writer.join()
    np.testing.assert_array_equal(samples, audio.load(data).samples)


@pytest.mark.parametrize("backend", ["pyav", "ffmpeg", None])
def test_bytes_of_a_format_that_is_searched_are_read(backend: str | None, made: Made) -> None:
    clip = BY_NAME["aac.m4a"]
    if not any(b.name == "ffmpeg" and b.state == "installed" for b in rp_backends()):
        pytest.skip("there is no ffmpeg to make it")
    path = made(clip)

    samples = audio.load(path.read_bytes(), backend=backend).samples

    np.testing.assert_array_equal(samples, audio.load(path, backend=backend).samples)


def test_channels_are_mixed_down_to_their_mean() -> None:
    stereo = np.array([[0.5, -0.5], [1.0, 0.0], [0.25, 0.75]], np.float32)

    mono = audio.load(encoded(stereo, subtype="FLOAT"), mono=True)

    np.testing.assert_allclose(mono.samples, [[0.0], [0.5], [0.5]], atol=1e-7)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"", rp_audio.DecodeError),
        (b"no sound at all" * 100, rp_core.OperationError),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), rp_core.OperationError),
        (b"RIFF\x00\x00\x00\x00WAVE", rp_core.OperationError),
        (b"fLaC" + bytes(100), rp_core.OperationError),
        (b"OggS" + bytes(100), rp_core.OperationError),
        (b"ID3" + bytes(300), rp_core.OperationError),
        (b"\xff\xfb\x90\x00" + bytes(50), rp_core.OperationError),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(100), rp_core.OperationError),
        (wave_bytes(b"", bits=16, channels=0), rp_core.OperationError),
    ],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.parametrize("backend", [None, "soundfile", "pyav", "miniaudio", "ffmpeg"])
def test_what_is_no_sound_is_a_typed_error(
    source: bytes, error: type[Exception], backend: str | None, leaves_nothing: None
) -> None:
    with pytest.raises(error):
        audio.load(source, backend=backend)
    with pytest.raises(rp_core.OperationError):
        audio.probe(source, backend=None if backend == "miniaudio" else backend)


def test_a_missing_file_a_folder_and_a_number_are_the_callers_mistakes(tmp_path: Path) -> None:
    for call in (audio.load, audio.probe):
        with pytest.raises(FileNotFoundError):
            call(tmp_path / "missing.wav")
        with pytest.raises(IsADirectoryError):
            call(tmp_path)
        with pytest.raises(TypeError):
            call(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"rate": 0}, ValueError),
        ({"rate": 1.5}, TypeError),
        ({"start": -1}, ValueError),
        ({"start": float("nan")}, ValueError),
        ({"start": "0"}, TypeError),
        ({"start": 2, "stop": 1}, ValueError),
        ({"max_bytes": 0}, ValueError),
        ({"max_bytes": "1"}, TypeError),
        ({"backend": "nope"}, ValueError),
    ],
)
def test_options_that_make_no_sense_are_refused_before_the_file_is_looked_at(
    options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        audio.load("missing.wav", **options)
    with pytest.raises(error):
        audio.load_many([], **options)


@pytest.mark.parametrize("backend", ["soundfile", "pyav", "miniaudio", "ffmpeg"])
def test_more_bytes_than_there_may_be_are_refused(backend: str) -> None:
    data = encoded(tone(1.0), container="FLAC")

    with pytest.raises(rp_core.LimitExceededError):
        audio.load(data, max_bytes=RATE, backend=backend)
    assert len(audio.load(data, max_bytes=RATE * 8, backend=backend).samples) == RATE


def test_a_header_that_promises_the_moon_takes_no_memory() -> None:
    data = bytearray(encoded(tone(0.1), container="FLAC"))
    data[21] |= 0x0F
    data[22:26] = b"\xff\xff\xff\xff"

    with pytest.raises(rp_core.LimitExceededError):
        audio.load(bytes(data), backend="soundfile")


async def test_many_are_loaded_in_order(tmp_path: Path) -> None:
    paths = []
    for number in range(8):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(encoded(np.full((100 + number, 1), number / 10, np.float32)))
        paths.append(path)

    sounds = await rp_audio.load_many([*paths, tmp_path / "missing.wav"], on_error="skip")

    assert [len(sound.samples) for sound in sounds] == list(range(100, 108))
    with pytest.raises(FileNotFoundError):
        await rp_audio.load_many([*paths, tmp_path / "missing.wav"])


@pytest.mark.parametrize("clip", CLIPS, ids=str)
def test_probe_tells_what_load_gives(clip: Clip, made: Made) -> None:
    path = made(clip)
    samples, rate = audio.load(path)

    info = audio.probe(path)

    assert (info.rate, info.channels) == (rate, samples.shape[1])
    if info.frames is not None:
        assert info.frames == len(samples)
    assert info.duration == pytest.approx(len(samples) / rate, abs=0.1)
    expected = {"wav": "wav", "rf64": "wav", "opus": "ogg", "webm": "matroska"}
    suffix = path.suffix[1:]
    assert info.format == expected.get(suffix, suffix)
    digits = "".join(filter(str.isdigit, path.stem))
    if digits:
        assert info.bits == int(digits)
