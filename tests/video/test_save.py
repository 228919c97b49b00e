"""Films that are written: whole or not there, with right colours, times and sound."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest

import rp_core
import rp_video
import rp_video.sync as video
from rp_video._encoding import as_rate
from support.films import CLIPS, Array, Clip, alpha_of, heard, number_of, picture, tone

Made = Callable[[Clip], Path]
encoders = pytest.mark.parametrize("encoder", ["pyav", "ffmpeg"])
PICTURES = [picture(number) for number in range(30)]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("film.mp4", None), ("film.m4v", None), ("film.mov", None), ("film.mkv", None),
        ("film.webm", None), ("film.avi", None), ("film.mp4", "hevc"), ("film.webm", "av1"),
        ("film.mov", "prores"), ("film.mkv", "ffv1"), ("film.avi", "mjpeg"), ("film.avi", "mpeg4"),
    ],
)  # fmt: skip
@encoders
def test_frames_come_back_from_each_format(
    name: str, codec: str | None, encoder: str, tmp_path: Path, leaves_nothing: None
) -> None:
    path = tmp_path / name

    video.save(path, PICTURES, rate=25, codec=codec, backend=encoder, audio=(tone(1.2), 48_000))

    frames = list(video.stream(path))
    assert [number_of(frame.image) for frame in frames] == list(range(30))
    info = video.probe(path)
    assert info.rate == 25
    assert info.duration == pytest.approx(1.2, abs=0.002)
    assert info.audio
    assert info.audio.duration == pytest.approx(1.2, abs=0.15)
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("color", [(200, 60, 60), (20, 180, 90), (10, 30, 220), (255, 255, 255)])
@encoders
def test_colours_are_bt709_and_say_so(
    color: tuple[int, int, int], encoder: str, tmp_path: Path
) -> None:
    import av

    path = tmp_path / "flat.mp4"
    video.save(path, [np.full((64, 64, 3), color, np.uint8)] * 3, crf=0, backend=encoder)

    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (1, 1, 1)
        assert frame.color_range == 1
        planes = [int(np.frombuffer(bytes(plane), np.uint8)[0]) for plane in frame.planes]
    # ITU-R BT.709-6, items 3.2 to 3.5.
    red, green, blue = (value / 255 for value in color)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = (
        16 + 219 * luma,
        128 + 224 * (blue - luma) / 1.8556,
        128 + 224 * (red - luma) / 1.5748,
    )
    assert planes == pytest.approx(expected, abs=1.01)


@pytest.mark.parametrize("shape", [(61, 99), (96, 191), (95, 192), (2, 2), (1, 1)])
@encoders
def test_an_odd_size_is_padded(shape: tuple[int, int], encoder: str, tmp_path: Path) -> None:
    images = [np.full((*shape, 3), 90, np.uint8)] * 4

    video.save(tmp_path / "odd.mp4", images, backend=encoder)

    loaded = video.load(tmp_path / "odd.mp4")
    assert loaded.shape[1:3] == tuple(side + side % 2 for side in shape)
    assert np.abs(loaded.astype(int) - 90).max() <= 4


@pytest.mark.parametrize(
    ("name", "codec"), [("a.webm", None), ("a.mov", "prores"), ("a.mkv", "ffv1")]
)
@encoders
def test_alpha_comes_back(name: str, codec: str | None, encoder: str, tmp_path: Path) -> None:
    images = [np.dstack([picture(number), alpha_of(number)]) for number in range(6)]

    video.save(
        tmp_path / name, images, codec=codec, crf=4 if codec is None else None, backend=encoder
    )

    loaded = video.load(tmp_path / name, alpha=True)
    for number, image in enumerate(loaded):
        assert np.abs(image[..., 3].astype(int) - alpha_of(number)).mean() < 3


def test_gray_frames_are_written(tmp_path: Path) -> None:
    video.save(tmp_path / "gray.mp4", [np.full((32, 32), 77, np.uint8)] * 3)

    assert np.abs(video.load(tmp_path / "gray.mp4").astype(int) - 77).max() <= 3


def test_frames_keep_their_times(made: Made, tmp_path: Path) -> None:
    source = made(next(clip for clip in CLIPS if clip.name == "vfr.mkv"))
    path = tmp_path / "copy.mp4"

    video.save(path, video.stream(source))

    times = [frame.time for frame in video.stream(path)]
    assert times == pytest.approx([frame.time for frame in video.stream(source)], abs=1e-4)


def test_a_rate_makes_frames_steady(made: Made, tmp_path: Path) -> None:
    source = made(next(clip for clip in CLIPS if clip.name == "vfr.mkv"))

    video.save(tmp_path / "copy.mp4", video.stream(source), rate=Fraction(30000, 1001))

    info = video.probe(tmp_path / "copy.mp4")
    assert info.rate == Fraction(30000, 1001)
    assert info.frames == 10


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        (29.97, Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (25.0, 25),
        (12.5, Fraction(25, 2)),
        (1, 1),
    ],
)
def test_rates_of_television_are_exact(rate: float, exact: Fraction) -> None:
    assert as_rate(rate) == exact


def test_frames_may_come_from_a_generator_and_are_taken_as_they_are_written(tmp_path: Path) -> None:
    taken = []

    def frames() -> Iterator[Array]:
        for number in range(300):
            taken.append(number)
            yield picture(number)

    seen: list[tuple[int, int]] = []
    video.save(
        tmp_path / "film.mp4", frames(), progress=lambda p: seen.append((p.done, len(taken)))
    )

    assert [done for done, _ in seen] == list(range(1, 301))
    assert all(done <= ahead <= done + 2 for done, ahead in seen)
    assert video.probe(tmp_path / "film.mp4").frames == 300


def test_a_generator_may_use_one_buffer_for_all_frames(tmp_path: Path) -> None:
    buffer = np.empty_like(picture(0))

    def frames() -> Iterator[Array]:
        for number in range(60):
            buffer[:] = picture(number)
            yield buffer

    for name in ("film.mp4", "film.gif"):
        video.save(tmp_path / name, frames(), rate=25)
        numbers = [number_of(frame.image) for frame in video.stream(tmp_path / name)]
        assert numbers == list(range(60))


async def test_so_may_an_async_generator(tmp_path: Path) -> None:
    buffer = np.empty_like(picture(0))

    async def frames() -> AsyncIterator[Array]:
        for number in range(60):
            buffer[:] = picture(number)
            yield buffer

    await rp_video.save(tmp_path / "film.mp4", frames())

    numbers = [number_of(frame.image) for frame in video.stream(tmp_path / "film.mp4")]
    assert numbers == list(range(60))


async def test_frames_may_come_from_an_async_generator(
    tmp_path: Path, leaves_nothing: None
) -> None:
    made = 0
    written: list[int] = []

    async def frames() -> AsyncIterator[Array]:
        nonlocal made
        for number in range(60):
            await anyio.lowlevel.checkpoint()
            made += 1
            assert made <= len(written) + 5
            yield picture(number)

    await rp_video.save(tmp_path / "film.mp4", frames(), progress=lambda p: written.append(p.done))

    assert (await rp_video.probe(tmp_path / "film.mp4")).frames == 60


async def test_a_stream_can_be_saved(film: Path, tmp_path: Path) -> None:
    await rp_video.save(tmp_path / "copy.mkv", rp_video.stream(film))

    assert (await rp_video.probe(tmp_path / "copy.mkv")).frames == 40


async def test_an_error_in_the_source_of_frames_is_raised_as_it_is(
    tmp_path: Path, leaves_nothing: None
) -> None:
    async def frames() -> AsyncIterator[Array]:
        yield picture(0)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await rp_video.save(tmp_path / "film.mp4", frames())
    assert os.listdir(tmp_path) == []


@encoders
async def test_cancelling_leaves_no_file(
    encoder: str, tmp_path: Path, leaves_nothing: None
) -> None:
    old = b"the old one"
    (tmp_path / "film.mp4").write_bytes(old)

    async def frames() -> AsyncIterator[Array]:
        for number in range(100_000):
            yield picture(number % 4096)

    with anyio.move_on_after(0.5) as scope:
        await rp_video.save(tmp_path / "film.mp4", frames(), rate=25, backend=encoder)

    assert scope.cancelled_caught
    assert os.listdir(tmp_path) == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == old


@pytest.mark.parametrize(
    ("frames", "error"),
    [
        ([], ValueError),
        (iter(()), ValueError),
        ([1], TypeError),
        ("film", TypeError),
        (7, TypeError),
        ([np.zeros((4, 4, 3))], TypeError),
        ([np.zeros((4, 4, 3), np.uint16)], TypeError),
        ([np.zeros((4, 4, 2), np.uint8)], ValueError),
        ([np.zeros((0, 4, 3), np.uint8)], ValueError),
        ([np.zeros(4, np.uint8)], ValueError),
        ([picture(0), picture(1)[:-2]], ValueError),
        ([picture(0), None], TypeError),
    ],
)
@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
@pytest.mark.parametrize("encoder", ["pyav", "ffmpeg"])
def test_frames_that_are_none_leave_the_old_file(
    frames: Any, error: type[Exception], name: str, encoder: str, tmp_path: Path,
    leaves_nothing: None,
) -> None:  # fmt: skip
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(error):
        video.save(tmp_path / name, frames, rate=25, backend=encoder)
    assert (tmp_path / name).read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("film.xyz", {}, ValueError),
        ("film", {}, ValueError),
        ("film.mp4", {"codec": "theora"}, ValueError),
        ("film.webm", {"codec": "h264"}, ValueError),
        ("film.mp4", {"rate": 0}, ValueError),
        ("film.mp4", {"rate": float("nan")}, ValueError),
        ("film.mp4", {"rate": "25"}, TypeError),
        ("film.mp4", {"crf": 52}, ValueError),
        ("film.mp4", {"crf": 1.5}, TypeError),
        ("film.mkv", {"codec": "ffv1", "crf": 3}, ValueError),
        ("film.mp4", {"preset": 3}, TypeError),
        ("film.mp4", {"backend": "vlc"}, ValueError),
        ("film.mp4", {"audio": np.zeros(9)}, TypeError),
        ("film.mp4", {"audio": (np.zeros((9, 9, 9)), 48_000)}, ValueError),
        ("film.mp4", {"audio": (np.zeros(9), 0)}, ValueError),
        ("film.mp4", {"audio": (np.full(9, np.nan), 48_000)}, ValueError),
        ("film.mp4", {"audio": (np.zeros(9, np.uint8), 48_000)}, TypeError),
        ("film.mp4", {"audio": "nothing.wav"}, FileNotFoundError),
        ("nowhere/film.mp4", {}, FileNotFoundError),
        ("film.gif", {"codec": "h264"}, ValueError),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_before_a_frame_is_taken(
    name: str, options: dict[str, Any], error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        video.save(tmp_path / name, _untouched(), **options)
    assert os.listdir(tmp_path) == []


def test_alpha_without_a_codec_that_holds_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no alpha"):
        video.save(tmp_path / "a.mp4", [np.zeros((8, 8, 4), np.uint8)])


def test_a_preset_that_the_encoder_does_not_know_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(rp_video.CodecUnavailableError):
        video.save(tmp_path / "a.mp4", [picture(0)], preset="quickest", backend="pyav")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(IsADirectoryError):
        video.save(tmp_path / "film.mp4", [picture(0)])


def test_opencv_is_asked_only_where_that_is_allowed(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    with pytest.raises(rp_core.NoBackendError, match="allow_lossy_codec"):
        video.save(tmp_path / "a.mp4", PICTURES, rate=25, backend="opencv")

    video.save(tmp_path / "a.mp4", PICTURES, rate=25, backend="opencv", allow_lossy_codec=True)

    assert video.probe(tmp_path / "a.mp4").codec == "mpeg4"
    assert [number_of(image) for image in video.load(tmp_path / "a.mp4")] == list(range(30))
    assert os.listdir(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("name", ["s.mp4", "s.mov", "s.mkv", "s.webm", "s.avi"])
@encoders
def test_sound_is_where_it_belongs(name: str, encoder: str, tmp_path: Path) -> None:
    """A click at 0.5 s is heard at 0.5 s after the first frame."""
    samples = np.zeros((48_000, 2), np.float32)
    samples[24_000:24_480] = tone(0.01, hertz=2000)

    video.save(tmp_path / name, PICTURES[:25], rate=25, audio=(samples, 48_000), backend=encoder)

    found, rate = heard(tmp_path / name)
    loud = np.flatnonzero(np.abs(found).max(axis=1) > 0.1)
    start = sound_start(tmp_path / name)
    assert loud[0] / rate + start == pytest.approx(0.5, abs=0.045)


def sound_start(path: Path) -> float:
    """Return by how much later than the film its sound begins."""
    import av

    with av.open(str(path)) as container:
        sound = next(container.decode(audio=0))
    return float(sound.time or 0) - float(next(iter(video.stream(path))).time)


def test_sound_ends_with_the_film(tmp_path: Path) -> None:
    video.save(tmp_path / "s.mkv", PICTURES[:25], rate=25, audio=(tone(9), 48_000))

    samples, rate = heard(tmp_path / "s.mkv")
    assert len(samples) / rate == pytest.approx(1.0, abs=0.05)


def test_sound_may_be_anything_with_samples_and_a_rate(tmp_path: Path) -> None:
    class Sound:
        samples = tone(1.0)[:, 0]
        rate = 44_100

    video.save(tmp_path / "s.mp4", PICTURES[:25], rate=25, audio=Sound())

    info = video.probe(tmp_path / "s.mp4")
    assert info.audio
    assert (info.audio.rate, info.audio.channels) == (44_100, 1)


def test_a_file_without_sound_is_no_sound(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sound"):
        video.save(tmp_path / "s.mp4", PICTURES, audio=film)
    assert os.listdir(tmp_path) == []


_FULL = """
import resource, signal, sys
import numpy as np
import rp_video.sync as video
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
images = np.random.default_rng(0).integers(0, 256, (40, 96, 192, 3), np.uint8)
try:
    video.save(sys.argv[1], list(images), rate=25, backend=sys.argv[2])
except OSError as error:
    print("OSError", error.errno)
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.webm", "film.avi", "film.gif"])
@encoders
def test_a_full_disk_leaves_the_old_file(name: str, encoder: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")

    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(path), encoder],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split()[0] in {"OSError", "EncodeError"}, done.stdout + done.stderr
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX users")
@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
def test_a_folder_that_may_not_be_written_is_told_before_a_frame_is_taken(name: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # one that every user may look into
        os.chmod(folder, 0o555)
        child = os.fork()
        if child == 0:
            outcome = 1
            try:
                if os.getuid() == 0:  # who may write everywhere
                    os.setuid(65534)
                video.save(Path(folder, name), _untouched())
            except PermissionError:
                outcome = 0
            finally:
                os._exit(outcome)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert os.listdir(folder) == []


def _untouched() -> Iterator[Array]:
    raise AssertionError("a frame was taken")
    yield
