"""Frames, one by one: the same, at the same times, whichever backend decodes them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import aclosing, closing
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_core
import rp_video
import rp_video.sync as video
from support.films import (
    CLIPS,
    HEIGHT,
    MATRICES,
    PRORES_ALPHA,
    UPRIGHT,
    VP9_ALPHA,
    WIDTH,
    Clip,
    alpha_of,
    corners_of,
    number_of,
    picture,
    rotated,
    two_streams,
)

Made = Callable[[Clip], Path]
BACKENDS = ("pyav", "ffmpeg", "opencv")
# What it gets wrong: see the reasons in rp_video._opencv.decode.
REFUSED_BY_OPENCV = {
    "h264.avi", "h264.ts", "raw.h264", "mpeg4.avi", "hevc10.mp4", "av1.mkv", "prores.mov",
}  # fmt: skip
clips = pytest.mark.parametrize("clip", CLIPS, ids=str)
backends = pytest.mark.parametrize("backend", BACKENDS)


@clips
@backends
def test_each_backend_gives_the_same_frames_at_the_same_times(
    clip: Clip, backend: str, made: Made, leaves_nothing: None
) -> None:
    path = made(clip)
    expected = list(video.stream(path, backend="pyav"))
    if backend == "opencv" and clip.name in REFUSED_BY_OPENCV:
        with pytest.raises(rp_core.NoBackendError):
            list(video.stream(path, backend=backend))
        return

    frames = list(video.stream(path, backend=backend))

    assert [frame.index for frame in frames] == list(range(clip.count))
    assert [number_of(frame.image) for frame in frames] == list(range(clip.count))
    for frame, other in zip(frames, expected, strict=True):
        assert frame.time == pytest.approx(other.time, abs=1e-9)
        assert frame.duration == pytest.approx(other.duration, abs=1e-6)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert frame.image.flags.writeable
        assert np.abs(frame.image.astype(int) - other.image).mean() < 0.5


@clips
def test_times_are_those_of_the_file(clip: Clip, made: Made) -> None:
    frames = list(video.stream(made(clip)))

    start = frames[0].time
    times = [frame.time - start for frame in frames]
    assert times == pytest.approx([t - clip.times()[0] for t in clip.times()], abs=1e-3)
    for frame, after in pairwise(frames):
        assert frame.time + frame.duration == pytest.approx(after.time, abs=1e-9)


@clips
def test_colours_are_right(clip: Clip, made: Made) -> None:
    image = next(iter(video.stream(made(clip)))).image

    assert corners_of(image) == ["red", "green", "blue", "gray"]
    gray = image[-20, -20].astype(int)
    assert np.abs(gray - 128).max() <= 6


@pytest.mark.parametrize("name", MATRICES)
@backends
def test_frames_are_upright(name: str, backend: str, made: Made) -> None:
    path = made(ROTATED[name])

    frames = list(video.stream(path, backend=backend))

    info = video.probe(path)
    assert frames[0].image.shape == (info.height, info.width, 3)
    assert corners_of(frames[0].image) == UPRIGHT[name].split()


ROTATED = {name: rotated(name) for name in MATRICES}


@pytest.mark.parametrize("clip", [VP9_ALPHA, PRORES_ALPHA], ids=str)
@pytest.mark.parametrize("backend", ["pyav", "ffmpeg"])
def test_alpha_is_exact(clip: Clip, backend: str, made: Made) -> None:
    frames = list(video.stream(made(clip), alpha=True, backend=backend))

    for frame in frames:
        assert frame.image.shape == (HEIGHT, WIDTH, 4)
        assert np.abs(frame.image[..., 3].astype(int) - alpha_of(frame.index)).max() <= 4


def test_alpha_of_an_opaque_film_is_opaque(film: Path) -> None:
    frame = next(iter(video.stream(film, alpha=True)))

    assert (frame.image[..., 3] == 255).all()


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((64, 48), (48, 64)),
        ((96, None), (48, 96)),
        ((None, 192), (192, 384)),
        ((300, 40), (40, 300)),
    ],
)
@pytest.mark.parametrize("backend", ["pyav", "ffmpeg"])
def test_frames_are_given_in_a_size(
    size: Any, shape: tuple[int, int], backend: str, film: Path
) -> None:
    frames = list(video.stream(film, size=size, backend=backend))

    assert {frame.image.shape for frame in frames} == {(*shape, 3)}
    expected = list(video.stream(film, size=size, backend="pyav"))
    assert np.abs(frames[7].image.astype(int) - expected[7].image).max() <= 2


@clips
@pytest.mark.parametrize("backend", ["pyav", "ffmpeg"])
def test_a_part_is_what_it_is_of_the_whole(clip: Clip, backend: str, made: Made) -> None:
    path = made(clip)
    whole = list(video.stream(path))
    first, last = whole[len(whole) // 3], whole[-2]

    part = list(video.stream(path, start=first.time, stop=last.time, step=2, backend=backend))

    assert [f.index for f in part] == [f.index for f in whole[first.index : last.index : 2]]
    for frame in part:
        assert frame.time == whole[frame.index].time
        assert np.array_equal(frame.image, whole[frame.index].image)


@pytest.mark.parametrize("number", range(40))
def test_a_film_can_begin_at_every_frame(number: int, film: Path) -> None:
    frame = next(iter(video.stream(film, start=number / 25)))

    assert frame.index == number_of(frame.image) == number


def test_a_start_after_the_end_gives_nothing(film: Path) -> None:
    assert list(video.stream(film, start=100)) == []
    assert list(video.stream(film, start=0.5, stop=0.5)) == []


def test_the_film_is_taken_and_not_its_cover(tmp_path: Path) -> None:
    frames = list(video.stream(two_streams(tmp_path)))

    assert [number_of(frame.image) for frame in frames] == list(range(20))


async def test_the_async_face_gives_the_same(film: Path) -> None:
    frames = [frame async for frame in rp_video.stream(film)]

    assert [number_of(frame.image) for frame in frames] == list(range(40))


async def test_leaving_early_frees_the_decoder(film: Path, leaves_nothing: None) -> None:
    for backend in ("pyav", "ffmpeg"):
        if backend == "ffmpeg" and not has_ffmpeg():
            continue
        async with aclosing(rp_video.stream(film, backend=backend)) as frames:
            async for frame in frames:
                if frame.index == 3:
                    break


async def test_cancelling_frees_the_decoder(film: Path, leaves_nothing: None) -> None:
    with anyio.move_on_after(0.3) as scope:
        async with aclosing(rp_video.stream(film)) as frames:
            async for _ in frames:
                await anyio.sleep(0.1)

    assert scope.cancelled_caught


@pytest.mark.parametrize("buffer", [0, 1, 6])
async def test_decoding_runs_ahead_by_the_buffer_only(
    buffer: int, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = 0
    real = rp_video._stream.frames_of

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal given
        with closing(real(*args, **options)) as frames:
            for frame in frames:
                given += 1
                yield frame

    monkeypatch.setattr("rp_video._stream.frames_of", counted)
    async with aclosing(rp_video.stream(film, buffer=buffer)) as frames:
        taken = 0
        async for _ in frames:
            taken += 1
            await anyio.sleep(0.02)
            assert given <= taken + max(buffer, 0) + (buffer > 0)
            if taken == 10:
                break


def has_ffmpeg() -> bool:
    from rp_video._open_frames import open_frames

    return next(b for b in open_frames.backends if b.name == "ffmpeg").state == "installed"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"step": 0}, ValueError),
        ({"step": 1.5}, TypeError),
        ({"start": float("nan")}, ValueError),
        ({"start": "1"}, TypeError),
        ({"start": 2, "stop": 1}, ValueError),
        ({"size": (0, 5)}, ValueError),
        ({"size": (None, None)}, ValueError),
        ({"size": 5}, TypeError),
        ({"buffer": -1}, ValueError),
        ({"buffer": 1.0}, TypeError),
        ({"backend": "vlc"}, ValueError),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_at_the_call(
    options: dict[str, Any], error: type[Exception], film: Path
) -> None:
    with pytest.raises(error):
        video.stream(film, **options)


def test_numbers_of_numpy_and_fractions_are_times(film: Path) -> None:
    for start in (Fraction(2, 5), np.float32(0.4), np.float64(0.4)):
        assert next(iter(video.stream(film, start=start))).index == 10  # type: ignore[arg-type]


@backends
def test_what_is_no_film_is_said_to_be_none(
    backend: str, tmp_path: Path, leaves_nothing: None
) -> None:
    for data in (b"", b"\0" * 1000, b"not a film at all" * 50, os.urandom(5000)):
        path = tmp_path / "x.mp4"
        path.write_bytes(data)
        with pytest.raises(rp_core.OperationError):
            list(video.stream(path, backend=backend))
    with pytest.raises(rp_video.DecodeError) as caught:
        video.probe(path)
    assert caught.value.attempts


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        video.stream(tmp_path / "nothing.mp4")
    with pytest.raises(IsADirectoryError):
        video.stream(tmp_path)
    with pytest.raises(ValueError, match="URL"):
        video.stream("https://example.org/film.mp4")
    with pytest.raises(TypeError):
        video.stream(b"film.mp4")  # type: ignore[arg-type]


def test_the_name_of_a_file_is_no_protocol(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "concat:a|b.mp4"
    Path(name).write_bytes(film.read_bytes())

    assert len(list(video.stream(name))) == 40


def test_a_playlist_does_not_reach_into_the_network(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")

    began = time.monotonic()
    with pytest.raises(rp_core.OperationError):
        list(video.stream(path, backend="pyav"))
    assert time.monotonic() - began < 5


def test_a_decoded_picture_is_not_the_decoders_own(made: Made) -> None:
    frames = []
    for frame in video.stream(made(next(c for c in CLIPS if c.name == "ffv1.mkv"))):
        frame.image[:] = 0
        frames.append(frame)
    again = list(video.stream(made(next(c for c in CLIPS if c.name == "ffv1.mkv"))))

    assert [number_of(frame.image) for frame in again] == list(range(40))
    assert np.array_equal(again[3].image, picture(3))


def test_load_gives_one_array(film: Path) -> None:
    array = video.load(film, start=0.4, stop=0.8)

    assert array.shape == (10, HEIGHT, WIDTH, 3)
    assert [number_of(image) for image in array] == list(range(10, 20))


def test_load_refuses_more_than_its_limit(film: Path, leaves_nothing: None) -> None:
    with pytest.raises(rp_core.LimitExceededError, match="max_bytes"):
        video.load(film, max_bytes=HEIGHT * WIDTH * 3 * 5)
    assert len(video.load(film, max_bytes=HEIGHT * WIDTH * 3 * 40)) == 40


def test_a_film_that_is_damaged_within_is_read_on(film: Path, tmp_path: Path) -> None:
    data = bytearray(film.read_bytes())
    start = data.index(b"mdat")
    middle = start + int.from_bytes(data[start - 4 : start], "big") // 2
    data[middle : middle + 600] = b"\xff" * 600
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)

    with pytest.warns(rp_video.DamagedWarning, match="do not decode"):
        frames = list(video.stream(path))
    assert 20 <= len(frames) < 40
    with pytest.raises(rp_video.DecodeError, match="do not decode"):
        list(video.stream(path, strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX processes")
def test_a_forked_child_may_drop_a_film_and_read_it_anew(film: Path) -> None:
    frames = video.stream(film)
    next(frames)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            frames.close()
            os.write(write, b"%d" % len(list(video.stream(film, backend="pyav"))))
        finally:
            os._exit(0)
    os.close(write)
    deadline = time.monotonic() + 30
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            pytest.fail("the child hangs")
        time.sleep(0.01)
    assert os.read(read, 10) == b"40"
    os.close(read)
    frames.close()
