"""Files that a library reads wrongly, which so another one reads, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from rp_audio._open_sound import open_sound
from support.sounds import RATE, encoded, error_of, has_ffmpeg, levels, run_ffmpeg, tone, wave_bytes

needs_ffmpeg = pytest.mark.skipif(not has_ffmpeg(), reason="there is no ffmpeg to make it")


def heard_by_all(path: Path, *, may_fail: bool = False, **options: Any) -> dict[str, Any]:
    """Return what each backend gives that does not decline; or also, that does not fail."""
    found = {}
    leaves = (rp_core.NoBackendError, *((rp_audio.DecodeError,) if may_fail else ()))
    for backend in open_sound.backends:
        if backend.state == "installed":
            try:
                found[backend.name] = audio.load(path, backend=backend.name, **options).samples
            except leaves:
                continue
    assert found
    return found


def made_by_ffmpeg(
    folder: Path, name: str, *options: str, seconds: float = 12.0, **kind: Any
) -> Path:
    source = folder / "source.wav"
    kind = {"channels": 2, "rate": RATE, **kind}
    audio.save(source, (tone(seconds, **kind), kind["rate"]))
    run_ffmpeg("-i", str(source), *options, str(folder / name))
    return folder / name


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options", "rate"),
    [
        ("vbr.mp3", ("-q:a", "5"), RATE),
        ("slow.mp3", ("-b:a", "16k"), 8000),
        ("untagged.mp3", ("-write_xing", "0", "-q:a", "6"), RATE),
    ],
)
def test_frames_of_mp3_that_need_each_other(
    name: str, options: tuple[str, ...], rate: int, tmp_path: Path
) -> None:
    path = made_by_ffmpeg(tmp_path, name, *options, rate=rate)

    for backend, whole in heard_by_all(path).items():
        assert len(whole) >= 12 * rate, backend
        blocks = audio.stream(path, chunk=8192, backend=backend)
        streamed = np.concatenate([block.samples for block in blocks])
        np.testing.assert_allclose(streamed, whole, rtol=0, atol=1e-6)
        part = audio.load(path, start=5.5, stop=6, backend=backend).samples
        expected = whole[round(5.5 * rate) : 6 * rate]
        np.testing.assert_allclose(part, expected, rtol=0, atol=1e-4)
    audio.convert(path, tmp_path / "copy.wav", depth="float")
    np.testing.assert_allclose(
        audio.load(tmp_path / "copy.wav").samples, audio.load(path).samples, rtol=0, atol=1e-6
    )


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options"), [("a.mp3", ("-q:a", "5")), ("a.ogg", ("-c:a", "libvorbis"))]
)
def test_files_that_were_joined_are_read_to_their_end(
    name: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    path = made_by_ffmpeg(tmp_path, name, *options, seconds=3.0)
    joined = tmp_path / f"joined-{name}"
    first = path.read_bytes()
    second = made_by_ffmpeg(tmp_path, name, *options, seconds=4.0).read_bytes()
    joined.write_bytes(first + second)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rp_audio.DamagedWarning)  # ffmpeg complains of the seam
        for backend, samples in heard_by_all(joined).items():
            assert len(samples) > 6.9 * RATE, backend
    if name == "a.mp3":
        assert audio.probe(joined).frames is None


@needs_ffmpeg
@pytest.mark.parametrize("codec", ["libvorbis", "libopus"])
def test_ogg_that_was_cut_at_its_beginning_keeps_its_end(codec: str, tmp_path: Path) -> None:
    whole = made_by_ffmpeg(tmp_path, "whole.ogg", "-c:a", codec, seconds=4.0)
    run_ffmpeg("-ss", "1.3", "-i", str(whole), "-c", "copy", str(tmp_path / "cut.ogg"))

    for backend, samples in heard_by_all(tmp_path / "cut.ogg", may_fail=True).items():
        rate = 48_000 if codec == "libopus" else RATE
        if backend in {"pyav", "ffmpeg"}:
            assert len(samples) > 2.6 * rate


@needs_ffmpeg
@pytest.mark.parametrize("suffix", [".ogg", ".opus"])
def test_channels_of_ogg_are_in_the_order_of_wav(suffix: str, tmp_path: Path) -> None:
    given = np.zeros((48_000, 6), np.float32)
    for channel in range(6):
        given[8000 * channel : 8000 * (channel + 1), channel] = tone(1, channels=1)[:8000, 0]
    for encoder in ("soundfile", "ffmpeg"):
        path = tmp_path / f"{encoder}{suffix}"
        audio.save(path, (given, 48_000), backend=encoder, quality=0.9)
        for backend, samples in heard_by_all(path, may_fail=True).items():
            loudest = [np.abs(samples[8000 * n + 2000 : 8000 * n + 6000]).sum(0) for n in range(6)]
            found = [int(channel.argmax()) for channel in loudest]
            assert [n for n in found if n != 3] == [0, 1, 2, 4, 5], (encoder, backend)


def test_wav_files_of_other_kinds(tmp_path: Path) -> None:
    given = levels(tone(0.5))
    path = tmp_path / "sound.wav"
    import soundfile

    for options in ({"endian": "BIG"}, {"format": "WAVEX"}, {"format": "W64"}):
        soundfile.write(path, given, RATE, "PCM_16", **options)
        for backend, samples in heard_by_all(path).items():
            np.testing.assert_array_equal(samples, given, err_msg=backend)
    for subtype in ("IMA_ADPCM", "MS_ADPCM", "GSM610", "ULAW"):
        rate = 8000 if subtype == "GSM610" else RATE
        soundfile.write(path, given[:, :1], rate, subtype)
        lengths = {len(samples) for samples in heard_by_all(path, may_fail=True).values()}
        info = audio.probe(path)
        assert info.frames is None or abs(info.frames - max(lengths)) < 4096
        assert info.duration is None or info.duration > 0.4


def test_a_size_of_nothing_is_no_size(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples = np.arange(3000, dtype="<i2")
    path.write_bytes(wave_bytes(samples.tobytes(), bits=16, size=0))

    with pytest.raises(rp_core.NoBackendError, match="a size of 0"):
        audio.load(path, backend="soundfile")
    if any(b.state == "installed" for b in open_sound.backends if b.name in {"pyav", "ffmpeg"}):
        for backend, found in heard_by_all(path, strict=True).items():
            assert len(found) == 3000, backend
    else:
        with pytest.raises(rp_core.NoBackendError, match="pip install"):
            audio.load(path)


def test_flac_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    given = levels(tone(2.0))
    data = bytearray(encoded(given, container="FLAC"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path = tmp_path / "sound.flac"
    path.write_bytes(data)

    for backend, samples in heard_by_all(path, strict=True).items():
        np.testing.assert_array_equal(samples, given, err_msg=backend)
        blocks = list(audio.stream(path, chunk=5000, backend=backend, strict=True))
        np.testing.assert_array_equal(np.concatenate([b.samples for b in blocks]), given)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac"])
def test_samples_that_are_no_numbers_are_silence_and_told(suffix: str, tmp_path: Path) -> None:
    given = tone(0.5, channels=1)
    given[100], given[200], given[300] = np.nan, np.inf, -np.inf
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(given, subtype="FLOAT"))

    for backend in ("soundfile", "pyav", "ffmpeg"):
        if any(b.name == backend and b.state == "installed" for b in open_sound.backends):
            with pytest.warns(rp_audio.DamagedWarning):
                samples = audio.load(path, backend=backend).samples
            assert not samples[[100, 200, 300]].any()
            np.testing.assert_array_equal(samples[301:], given[301:])
    with pytest.raises(rp_audio.DecodeError):
        audio.load(path, strict=True)
    with pytest.warns(rp_audio.DamagedWarning):
        audio.convert(path, tmp_path / f"copy{suffix}")
    assert error_of(audio.load(tmp_path / f"copy{suffix}").samples[400:], given[400:]) < 0.5


@pytest.mark.parametrize(
    "head", [b"ffconcat version 1.0\n", b"#EXTM3U\n", b"\xef\xbb\xbf#EXTM3U\n", b"<?xml ?><MPD "]
)
def test_a_list_of_other_files_is_not_followed(
    head: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret.wav").write_bytes(encoded(tone(0.5)))
    data = head + b"file secret.wav\n"
    Path("sound.wav").write_bytes(data)

    for source in (data, "sound.wav"):
        for backend in (None, "pyav", "ffmpeg"):
            with pytest.raises(rp_core.OperationError):
                audio.load(source, backend=backend)
        with pytest.raises(rp_core.OperationError):
            audio.probe(source)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".ogg", ".flac"])
def test_a_part_of_nothing_is_no_sound(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"sound{suffix}"
    audio.save(path, (tone(1.0), RATE))

    assert audio.load(path, stop=0).samples.shape == (0, 2)
    assert audio.load(path, start=0.5, stop=0.5).samples.shape == (0, 2)


@pytest.mark.parametrize(("suffix", "rate"), [(".ogg", 200_001), (".flac", 655_351)])
def test_rates_that_a_format_has_not_are_refused(suffix: str, rate: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at most"):
        audio.save(tmp_path / f"sound{suffix}", (np.zeros(5000, np.float32), rate))
    assert not os.listdir(tmp_path)


INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
import numpy as np
import rp_audio.sync as audio
def endless():
    print("begun", flush=True)
    while True:
        yield np.zeros((100_000, 2), np.float32), 48_000
try:
    audio.save(sys.argv[1], endless())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise")
@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".flac", ".mp3"])
def test_ctrl_c_ends_a_save_and_leaves_what_was_there(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"sound{suffix}"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", INTERRUPTED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)

    assert out == "interrupted\n"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]
