"""Sound that is heard: to the bit, by what is there, and not a moment longer than wanted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from rp_audio._player import player
from rp_audio._players import programs
from support.players import (
    HANG,
    KEEP_FILE,
    NO_DEVICE,
    TAKE_ALL,
    TAKE_SOME,
    arguments_of,
    fake_program,
    no_device,
    only_file_device,
    real_time_device,
)
from support.sounds import RATE, encoded, levels, tone

PLAY = """
import sys
import numpy as np
import rp_audio.sync as audio
audio.play(sys.argv[1], volume=float(sys.argv[3]), backend=sys.argv[2])
"""


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is the PATH, for programs that are none; and the backends look anew."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("RP_FAKES", str(tmp_path))
    player.refresh()
    yield tmp_path
    player.refresh()


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A device that plays as fast as one does."""
    with real_time_device(tmp_path) as environment:
        if environment is None:
            pytest.skip("there is no PulseAudio")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield


def sixteen_bits(samples: Any) -> bytes:
    clipped = np.clip(np.rint(samples * 32768.0), -32768, 32767)
    return bytes(clipped.astype("<i2").tobytes())


@pytest.mark.parametrize("player", ["aplay", "miniaudio", "sounddevice", "simpleaudio"])
@pytest.mark.parametrize(("channels", "volume"), [(2, 1.0), (1, 0.5)])
def test_what_is_heard_is_what_was_given_to_the_bit(
    player: str, channels: int, volume: float, tmp_path: Path
) -> None:
    given = levels(tone(0.9, channels=channels))
    path = tmp_path / "sound.wav"
    audio.save(path, (given, RATE))
    environment, heard = only_file_device(tmp_path)

    command = [sys.executable, "-c", PLAY, str(path), player, str(volume)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    data = heard.read_bytes()
    begin = data.find(sixteen_bits(given * np.float32(volume)))
    assert begin >= 0
    assert not data[:begin].strip(b"\0")
    assert not data[begin + given.size * 2 :].strip(b"\0")


def test_any_source_is_decoded_and_played(fakes: Path) -> None:
    fake_program(fakes, "aplay", TAKE_ALL)
    given = levels(tone(0.4))
    path = fakes / "sound.flac"
    audio.save(path, (given, RATE))

    for source in (path, encoded(given), rp_audio.Audio(given, RATE), (given, RATE)):
        audio.play(source, backend="aplay")
        assert (fakes / "aplay.input").read_bytes() == sixteen_bits(given)


def test_what_is_beyond_full_scale_does_not_wrap_around(fakes: Path) -> None:
    fake_program(fakes, "aplay", TAKE_ALL)

    audio.play((np.array([1.5, -2.0, 1.0], np.float32), RATE), backend="aplay")

    assert (fakes / "aplay.input").read_bytes() == np.array([32767, -32768, 32767], "<i2").tobytes()


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("aplay", TAKE_ALL, ["-q", "-t", "raw", "-f", "S16_LE", "-r", "8000", "-c", "2", "-"]),
        (
            "paplay", TAKE_ALL,
            ["--raw", "--client-name=rp-audio", "--rate=8000", "--channels=2", "--format=s16le"],
        ),
        ("pw-play", KEEP_FILE, ["<path>"]),
        ("afplay", KEEP_FILE, ["<path>"]),
    ],
)  # fmt: skip
def test_programs_get_arguments_and_no_shell(
    name: str, body: str, expected: list[str], fakes: Path, leaves_nothing: None
) -> None:
    fake_program(fakes, name, body)
    given = levels(tone(0.3, rate=8000))

    audio.play((given, 8000), backend=name.replace("-", "_"))

    (arguments,) = arguments_of(fakes, name)
    if expected == ["<path>"]:
        assert len(arguments) == 1
        assert not os.path.exists(arguments[0])
        np.testing.assert_array_equal(audio.load(fakes / f"{name}.input").samples, given)
    else:
        assert arguments == expected
        assert (fakes / f"{name}.input").read_bytes() == sixteen_bits(given)


def test_windows_plays_by_a_process_that_can_be_ended(tmp_path: Path) -> None:
    from rp_audio._player import winsound_command

    (tmp_path / "winsound.py").write_text(
        "SND_FILENAME, SND_NODEFAULT = 0x20000, 2\ndef PlaySound(path, flags): print(path, flags)\n"
    )

    done = subprocess.run(
        winsound_command("C:\\a 'b'.wav"), capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout.strip() == f"C:\\a 'b'.wav {0x20002}"


@pytest.mark.parametrize(
    ("platform", "first"), [("darwin", "afplay"), ("win32", "winsound"), ("linux", "pw_play")]
)
def test_each_system_has_its_order(
    platform: str, first: str, fakes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in no_device(fakes).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(rp_core.OperationError) as caught:
        audio.play((tone(0.1), RATE))

    names = [attempt.backend for attempt in caught.value.attempts]
    assert names[0] == first
    assert names[-3:] == ["miniaudio", "sounddevice", "simpleaudio"]


def test_a_program_without_a_device_gives_way_to_the_next(fakes: Path) -> None:
    fake_program(fakes, "paplay", NO_DEVICE)
    fake_program(fakes, "aplay", TAKE_ALL)
    given = levels(tone(3.0))

    audio.play((given, RATE), backend=["paplay", "aplay"])

    assert arguments_of(fakes, "paplay")
    assert (fakes / "aplay.input").read_bytes() == sixteen_bits(given)


def test_a_device_that_goes_is_told_and_no_other_is_tried(
    fakes: Path, leaves_nothing: None
) -> None:
    fake_program(fakes, "paplay", TAKE_SOME)
    fake_program(fakes, "aplay", TAKE_ALL)

    with pytest.raises(rp_audio.DeviceLostError, match="the device is gone"):
        audio.play((tone(3.0), RATE), backend=["paplay", "aplay"])
    assert not arguments_of(fakes, "aplay")

    playback = audio.start((tone(3.0), RATE), backend=["paplay", "aplay"])
    with pytest.raises(rp_audio.DeviceLostError):
        playback.wait()
    assert not playback.is_playing


@pytest.mark.parametrize("player", ["aplay", "miniaudio", "sounddevice"])
def test_sound_that_fails_while_it_is_played_is_heard_of_and_not_begun_anew(
    player: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(0.5))[:-5000])
    environment, _ = only_file_device(tmp_path)

    command = [sys.executable, "-W", "error", "-c", PLAY, str(path), player, "1"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.rstrip().splitlines()[-1].startswith("rp_audio.DamagedWarning: ")


def test_a_program_that_takes_nothing_is_ended(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
) -> None:
    monkeypatch.setattr(programs, "_START_SECONDS", 0.2)
    fake_program(fakes, "aplay", HANG)

    with pytest.raises(rp_audio.PlaybackError, match="does not take"):
        audio.play((tone(1.0), RATE), backend="aplay")


def test_a_program_that_starts_others_is_ended_with_them(fakes: Path, leaves_nothing: None) -> None:
    script = fakes / "aplay"
    script.write_text("#!/bin/sh\n/bin/sleep 30 &\n/bin/cat >/dev/null\n")
    script.chmod(0o755)
    began = time.monotonic()

    playback = audio.start((tone(30.0), RATE), backend="aplay")
    playback.stop()

    assert time.monotonic() - began < 10


def test_a_program_that_cannot_be_started_gives_way_to_the_next(fakes: Path) -> None:
    fake_program(fakes, "paplay", TAKE_ALL).write_text("#!/no/such/interpreter\n")
    fake_program(fakes, "aplay", TAKE_ALL)

    audio.play((tone(0.1), RATE), backend=["paplay", "aplay"])

    assert arguments_of(fakes, "aplay")


def test_no_device_is_a_typed_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
) -> None:
    for name, value in no_device(tmp_path).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(rp_core.OperationError) as caught:
        audio.play((tone(0.1), RATE))

    assert isinstance(caught.value, (rp_audio.PlaybackError, rp_core.NoBackendError))
    assert len(caught.value.attempts) == 6
    with pytest.raises(rp_core.OperationError):
        audio.start((tone(0.1), RATE))


@pytest.mark.parametrize(
    ("source", "options", "error"),
    [
        ((np.zeros(5), 0), {}, ValueError),
        ((np.full(5, np.nan), RATE), {}, ValueError),
        (5, {}, TypeError),
        (b"no sound", {}, rp_core.OperationError),
        ("missing.wav", {}, FileNotFoundError),
        ((np.zeros(5), RATE), {"volume": 2}, ValueError),
        ((np.zeros(5), RATE), {"volume": "loud"}, TypeError),
        ((np.zeros(5), RATE), {"backend": "nope"}, ValueError),
    ],
)
def test_what_cannot_be_played_is_refused_before_a_device_is_opened(
    source: Any, options: dict[str, Any], error: type[Exception], fakes: Path
) -> None:
    fake_program(fakes, "aplay", TAKE_ALL)
    for call in (audio.play, audio.start):
        with pytest.raises(error):
            call(source, **{"backend": "aplay", **options})
    assert not arguments_of(fakes, "aplay")


def test_no_samples_are_heard_at_once(fakes: Path) -> None:
    fake_program(fakes, "aplay", TAKE_ALL)

    audio.play((np.zeros((0, 2), np.float32), RATE), backend="aplay")

    assert (fakes / "aplay.input").read_bytes() == b""


async def test_play_takes_as_long_as_the_sound(device: None, leaves_nothing: None) -> None:
    began = time.monotonic()

    await rp_audio.play((tone(1.0), RATE), backend="paplay")

    assert 0.8 < time.monotonic() - began < 4


@pytest.mark.parametrize("player", ["paplay", "miniaudio"])
async def test_cancelling_stops_the_sound_at_once(
    player: str, device: None, leaves_nothing: None
) -> None:
    began = time.monotonic()

    with anyio.move_on_after(0.4) as scope:
        await rp_audio.play((tone(30.0), RATE), backend=player)

    assert scope.cancelled_caught
    assert time.monotonic() - began < 3


def test_a_native_cancel_stops_the_sound_too(device: None, leaves_nothing: None) -> None:
    async def main() -> None:
        task = asyncio.create_task(rp_audio.play((tone(30.0), RATE), backend="paplay"))
        await asyncio.sleep(0.4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    began = time.monotonic()
    asyncio.run(main())
    deadline = time.monotonic() + 2
    while "paplay" in _children() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "paplay" not in _children()
    assert time.monotonic() - began < 4


def _children() -> set[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    ids = [number for task in tasks for number in task.read_text().split()]
    return {Path(f"/proc/{number}/comm").read_text().strip() for number in ids}


@pytest.mark.parametrize("player", ["paplay", "miniaudio"])
async def test_a_playback_is_waited_for_stopped_and_asked(
    player: str, device: None, leaves_nothing: None
) -> None:
    playback = await rp_audio.start((tone(20.0), RATE), backend=player)
    assert playback.is_playing
    await anyio.sleep(0.5)
    before = playback.position
    assert 0 < before < 3
    with anyio.fail_after(6):  # the device asks for two seconds at once
        while playback.position <= before:
            await anyio.sleep(0.05)
    with anyio.move_on_after(0.1):
        await playback.wait()
    assert playback.is_playing

    began = time.monotonic()
    await playback.stop()
    assert time.monotonic() - began < 2
    assert not playback.is_playing
    await playback.wait()
    assert playback.position < 8
    await playback.stop()


async def test_leaving_the_block_stops_it(device: None, leaves_nothing: None) -> None:
    async with await rp_audio.start((tone(20.0), RATE), backend="paplay") as playback:
        assert playback.is_playing
    assert not playback.is_playing


def test_the_sync_playback_does_the_same(device: None, leaves_nothing: None) -> None:
    with audio.start((tone(20.0), RATE), backend="paplay") as playback:
        time.sleep(0.3)
        assert 0 < playback.position < 3
    assert not playback.is_playing
    playback = audio.start((tone(0.3), RATE), backend="paplay")
    playback.wait()
    assert playback.position == pytest.approx(0.3, abs=0.01)


def test_several_sounds_play_at_once(device: None, leaves_nothing: None) -> None:
    began = time.monotonic()
    playbacks = [audio.start((tone(0.8), RATE), backend="paplay") for _ in range(3)]
    playbacks[1].stop()
    assert playbacks[0].is_playing
    for playback in playbacks:
        playback.wait()
    assert time.monotonic() - began < 6


START_AND_LEAVE = """
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
import numpy as np
import rp_audio.sync as audio
playback = audio.start((np.zeros((48_000 * 60, 2), np.float32), 48_000), backend=sys.argv[1])
tasks = pathlib.Path("/proc/self/task").glob("*/children")
print(*(number for task in tasks for number in task.read_text().split()), flush=True)
if sys.argv[2] == "wait":
    playback.wait()
"""


@pytest.mark.parametrize("how", ["exit", "interrupt"])
def test_nothing_plays_on_when_the_interpreter_has_ended(how: str, device: None) -> None:
    mode = "wait" if how == "interrupt" else "leave"
    command = [sys.executable, "-c", START_AND_LEAVE, "paplay", mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        (child,) = process.stdout.readline().split()
        if how == "interrupt":
            process.send_signal(signal.SIGINT)
        process.wait(20)

    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{int(child)}") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{int(child)}")
