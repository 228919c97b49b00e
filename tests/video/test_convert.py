"""Films made from films: converted, mapped, cut, joined; and their sound."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_core
import rp_video
import rp_video.sync as video
from rp_video._stream import frames_of
from support.films import (
    CLIPS,
    MATRICES,
    UPRIGHT,
    Array,
    Clip,
    corners_of,
    heard,
    number_of,
    rotated,
    tone,
)

Made = Callable[[Clip], Path]


@pytest.fixture(scope="session")
def sounding(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the film of 40 frames with a tone that grows louder at 0.8 s."""
    path = tmp_path_factory.mktemp("sound") / "film.mp4"
    samples = tone(1.6) * 0.2
    samples[38_400:] *= 4
    video.replace_audio(film, path, (samples, 48_000))
    return path


def clip_of(name: str) -> Clip:
    return next(clip for clip in CLIPS if clip.name == name)


def numbers_in(path: Path) -> list[int]:
    return [number_of(frame.image) for frame in video.stream(path)]


def loud_from(path: Path) -> float:
    """Return when the sound of a film grows louder, from its first frame on."""
    samples, rate = heard(path)
    level = np.abs(samples).max(axis=1)
    first = int(np.flatnonzero(level > 0.25)[0])
    return first / rate


@pytest.mark.parametrize("name", ["c.mp4", "c.mov", "c.mkv", "c.webm", "c.avi"])
def test_a_film_is_converted_with_its_sound(
    name: str, sounding: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    video.convert(sounding, tmp_path / name)

    assert numbers_in(tmp_path / name) == list(range(40))
    assert loud_from(tmp_path / name) == pytest.approx(0.8, abs=0.05)
    assert video.probe(tmp_path / name).duration == pytest.approx(1.6, abs=0.002)


def test_a_part_is_converted_with_its_sound(sounding: Path, tmp_path: Path) -> None:
    video.convert(sounding, tmp_path / "c.webm", start=0.4, stop=1.2, size=(96, None))

    assert numbers_in(tmp_path / "c.webm") == list(range(10, 30))
    assert loud_from(tmp_path / "c.webm") == pytest.approx(0.4, abs=0.01)
    assert len(heard(tmp_path / "c.webm")[0]) / 48_000 == pytest.approx(0.8, abs=0.02)


def test_a_rate_gives_each_moment_the_frame_that_was_shown(made: Made, tmp_path: Path) -> None:
    source = made(clip_of("vfr.mkv"))

    video.convert(source, tmp_path / "steady.mp4", rate=20)

    whole = list(video.stream(source))
    for frame in video.stream(tmp_path / "steady.mp4"):
        shown = [f.index for f in whole if f.time <= frame.time + 0.0005][-1]
        assert number_of(frame.image) == shown
    assert video.probe(tmp_path / "steady.mp4").duration == pytest.approx(1.55, abs=0.001)


@pytest.mark.parametrize("name", MATRICES)
def test_a_converted_film_is_upright(name: str, made: Made, tmp_path: Path) -> None:
    video.convert(made(rotated(name)), tmp_path / "c.mp4")

    info = video.probe(tmp_path / "c.mp4")
    assert (info.rotation, info.is_mirrored) == (0, False)
    assert corners_of(video.load(tmp_path / "c.mp4")[0]) == UPRIGHT[name].split()


def test_a_film_may_be_converted_onto_itself(film: Path, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes())

    video.convert(path, path, size=(96, 48))

    assert video.probe(path).width == 96
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_strict_leaves_the_destination_as_it_was(film: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.mkv"
    video.convert(film, tmp_path / "whole.mkv")
    data = (tmp_path / "whole.mkv").read_bytes()
    half.write_bytes(data[: len(data) // 2])
    (tmp_path / "c.mp4").write_bytes(b"old")

    with pytest.raises(rp_video.TruncatedError) as caught:
        video.convert(half, tmp_path / "c.mp4", strict=True)

    assert caught.value.expected == 40
    assert 0 < caught.value.got < 40
    assert (tmp_path / "c.mp4").read_bytes() == b"old"


def test_a_film_becomes_a_gif(sounding: Path, tmp_path: Path) -> None:
    video.convert(sounding, tmp_path / "c.gif", rate=10, size=(96, None))

    assert numbers_in(tmp_path / "c.gif") == [
        0,
        2,
        5,
        7,
        10,
        12,
        15,
        17,
        20,
        22,
        25,
        27,
        30,
        32,
        35,
        37,
    ]


@pytest.mark.parametrize("limit", [None, 0, 3])
def test_frames_are_mapped_in_order_with_the_sound(
    limit: int | None, sounding: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    video.map_frames(sounding, tmp_path / "m.mp4", np.fliplr, limit=limit)

    frames = list(video.stream(tmp_path / "m.mp4"))
    assert [number_of(frame.image[:, ::-1]) for frame in frames] == list(range(40))
    assert loud_from(tmp_path / "m.mp4") == pytest.approx(0.8, abs=0.05)


def test_frames_are_mapped_at_once(film: Path, tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=20)
    numbers = []

    def wait(image: Array) -> Array:
        numbers.append(number_of(image))
        if len(numbers) <= 2:
            together.wait()
        return image

    video.map_frames(film, tmp_path / "m.mp4", wait, limit=2)

    assert sorted(numbers) == list(range(40))


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_mapping_is_bounded(
    limit: int, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = frames_of
    decoded = written = most = 0

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal decoded, most
        with closing(real(*args, **options)) as frames:
            for frame in frames:
                decoded += 1
                most = max(most, decoded - written)
                yield frame

    def done(progress: rp_core.Progress) -> None:
        nonlocal written
        written = progress.done
        time.sleep(0.002)

    monkeypatch.setattr("rp_video._map_frames.frames_of", counted)
    video.map_frames(film, tmp_path / "m.mp4", np.copy, limit=limit, progress=done)

    assert (decoded, written) == (40, 40)
    assert limit < most <= limit + 9


def test_frames_out_of_order_have_steady_times(film: Path, tmp_path: Path) -> None:
    video.map_frames(film, tmp_path / "m.mp4", np.copy, ordered=False)

    assert sorted(numbers_in(tmp_path / "m.mp4")) == list(range(40))
    assert video.probe(tmp_path / "m.mp4").rate == 25


@pytest.mark.parametrize(
    ("fn", "error"),
    [
        (lambda image: None, TypeError),
        (lambda image: image[: 10 + number_of(image)], ValueError),
        (lambda image: 1 // (number_of(image) - 20) and image, ZeroDivisionError),
        (lambda image: image / 2, TypeError),
    ],
)
def test_a_function_that_fails_leaves_nothing(
    fn: Any, error: type[Exception], film: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    with pytest.raises(error):
        video.map_frames(film, tmp_path / "m.mp4", fn)
    assert os.listdir(tmp_path) == []


def test_what_is_no_function_is_refused(film: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        video.map_frames(film, tmp_path / "m.mp4", 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "stop", "how"),
    [(None, None, "copied"), (0.4, None, "copied"), (0.8, None, "copied"), (0.4, 0.8, "copied"),
     (0.44, None, "encoded"), (0.44, 0.6, "encoded")],
)  # fmt: skip
def test_a_cut_has_exactly_its_frames(
    start: float | None, stop: float | None, how: str, sounding: Path, tmp_path: Path,
    leaves_nothing: None,
) -> None:  # fmt: skip
    assert video.trim(sounding, tmp_path / "t.mp4", start=start, stop=stop) == how

    first, last = round((start or 0) * 25), round((stop or 1.6) * 25)
    frames = list(video.stream(tmp_path / "t.mp4"))
    assert [number_of(frame.image) for frame in frames] == list(range(first, last))
    assert frames[0].time == pytest.approx(0, abs=0.03)
    assert video.probe(tmp_path / "t.mp4").duration == pytest.approx((last - first) / 25, abs=0.002)
    if how == "copied":
        whole = video.load(sounding)
        assert np.array_equal(video.load(tmp_path / "t.mp4"), whole[first:last])
    if first / 25 < 0.8 < last / 25:
        assert loud_from(tmp_path / "t.mp4") == pytest.approx(0.8 - first / 25, abs=0.05)


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_a_cut_is_exact_wherever_it_ends(number: int, film: Path, tmp_path: Path) -> None:
    video.trim(film, tmp_path / "t.mkv", stop=(number + 1) / 25)

    assert numbers_in(tmp_path / "t.mkv") == list(range(number + 1))


def test_a_cut_into_a_format_that_does_not_hold_the_codec_is_encoded(
    film: Path, tmp_path: Path
) -> None:
    assert video.trim(film, tmp_path / "t.webm") == "encoded"
    assert numbers_in(tmp_path / "t.webm") == list(range(40))


def test_a_cut_of_nothing_is_refused(film: Path, tmp_path: Path) -> None:
    for start, stop in ((5, None), (0.5, 0.5), (1, 0.5)):
        with pytest.raises(ValueError, match=r"no frame|before"):
            video.trim(film, tmp_path / "t.mp4", start=start, stop=stop)
    assert os.listdir(tmp_path) == []


def test_a_cut_keeps_the_rotation(made: Made, tmp_path: Path) -> None:
    assert video.trim(made(rotated("cw")), tmp_path / "t.mp4") == "copied"

    assert corners_of(video.load(tmp_path / "t.mp4")[0]) == UPRIGHT["cw"].split()


def test_films_alike_are_joined_without_encoding(
    sounding: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    assert video.concat([sounding, sounding], tmp_path / "j.mp4") == "copied"

    frames = list(video.stream(tmp_path / "j.mp4"))
    assert [number_of(frame.image) for frame in frames] == [*range(40), *range(40)]
    assert [frame.time for frame in frames] == pytest.approx([n / 25 for n in range(80)], abs=1e-3)
    samples, rate = heard(tmp_path / "j.mp4")
    assert len(samples) / rate == pytest.approx(3.2, abs=0.03)
    level = np.abs(samples).max(axis=1)
    assert level[round(1.5 * rate)] < 0.5
    assert max(level[round(1.65 * rate) : round(2.3 * rate)]) < 0.15
    assert max(level[round(2.45 * rate) : round(3.1 * rate)]) > 0.3


def test_films_that_differ_are_encoded(
    film: Path, made: Made, sounding: Path, tmp_path: Path
) -> None:
    other = made(clip_of("vp9.webm"))

    assert video.concat([other, sounding], tmp_path / "j.mp4") == "encoded"

    assert numbers_in(tmp_path / "j.mp4") == [*range(40), *range(40)]
    assert loud_from(tmp_path / "j.mp4") == pytest.approx(2.4, abs=0.05)


def test_films_of_two_sizes_need_a_size(film: Path, made: Made, tmp_path: Path) -> None:
    other = made(rotated("cw"))
    with pytest.raises(ValueError, match="192x96"):
        video.concat([film, other], tmp_path / "j.mp4")

    assert video.concat([film, other], tmp_path / "j.mp4", size=(192, 96)) == "encoded"

    assert video.probe(tmp_path / "j.mp4").frames == 52


@pytest.mark.parametrize("sources", [[], "film.mp4", [1]])
def test_what_is_no_list_of_films_is_refused(sources: Any, tmp_path: Path) -> None:
    with pytest.raises((ValueError, TypeError)):
        video.concat(sources, tmp_path / "j.mp4")


def test_a_sound_is_replaced_or_taken_away(sounding: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.mp4"
    assert video.replace_audio(sounding, path, (tone(0.5), 44_100)) == "copied"
    assert np.array_equal(video.load(path), video.load(sounding))
    info = video.probe(path)
    assert info.audio
    assert info.audio.rate == 44_100

    assert video.replace_audio(path, path, None) == "copied"
    assert video.probe(path).audio is None

    assert video.replace_audio(path, tmp_path / "r.webm", sounding) == "encoded"
    assert loud_from(tmp_path / "r.webm") == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("name", "how"),
    [("s.m4a", "copied"), ("s.aac", "copied"), ("s.mka", "copied"), ("s.mp3", "encoded"),
     ("s.opus", "encoded"), ("s.ogg", "encoded"), ("s.flac", "encoded"), ("s.wav", "encoded")],
)  # fmt: skip
def test_sound_is_extracted(name: str, how: str, sounding: Path, tmp_path: Path) -> None:
    assert video.extract_audio(sounding, tmp_path / name) == how

    samples, rate = heard(tmp_path / name)
    assert len(samples) / rate == pytest.approx(1.6, abs=0.08)
    assert loud_from(tmp_path / name) == pytest.approx(0.8, abs=0.08)


def test_a_part_of_the_sound_is_extracted_to_the_sample(sounding: Path, tmp_path: Path) -> None:
    video.extract_audio(sounding, tmp_path / "s.wav", start=0.5, stop=1.25)

    assert len(heard(tmp_path / "s.wav")[0]) == 36_000


def test_a_film_without_sound_has_none_to_extract(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sound"):
        video.extract_audio(film, tmp_path / "s.wav")
    with pytest.raises(ValueError, match=r"\.xyz"):
        video.extract_audio(film, tmp_path / "s.xyz")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "operation", ["convert", "map_frames", "concat", "extract_frames", "slowmo"]
)
async def test_cancelling_anything_leaves_nothing(
    operation: str, tmp_path: Path, leaves_nothing: None, long_film: Path
) -> None:
    calls: dict[str, Any] = {
        "convert": lambda: rp_video.convert(long_film, tmp_path / "c.webm", preset="0"),
        "map_frames": lambda: rp_video.map_frames(
            long_film, tmp_path / "c.mp4", np.copy, preset="veryslow"
        ),
        "concat": lambda: rp_video.concat([long_film] * 3, tmp_path / "c.webm"),
        "extract_frames": lambda: rp_video.extract_frames(long_film, tmp_path / "frames"),
        "slowmo": lambda: rp_video.slowmo(long_film, tmp_path / "c.mp4", 4, method="blend"),
    }
    with anyio.move_on_after(0.25) as scope:
        await calls[operation]()

    assert scope.cancelled_caught
    assert os.listdir(tmp_path) == []


@pytest.fixture(scope="session")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    noise = np.random.default_rng(1).integers(0, 256, (8, 360, 640, 3), np.uint8)
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    video.save(path, (noise[number % 8] for number in range(200)), rate=50, preset="ultrafast")
    return path


async def test_the_async_faces(sounding: Path, tmp_path: Path) -> None:
    await rp_video.convert(sounding, tmp_path / "c.mkv")
    await rp_video.map_frames(sounding, tmp_path / "m.mp4", np.copy)
    assert await rp_video.trim(sounding, tmp_path / "t.mp4", start=0.4) == "copied"
    assert await rp_video.concat([tmp_path / "t.mp4"] * 2, tmp_path / "j.mp4") == "copied"
    assert await rp_video.extract_audio(sounding, tmp_path / "s.wav") == "encoded"
    assert len(await rp_video.extract_frames(sounding, tmp_path / "f", step=20)) == 2
    with pytest.raises(rp_core.OperationError):
        await rp_video.convert(tmp_path / "s.wav", tmp_path / "x.mp4")


@pytest.mark.parametrize("encoder", ["pyav", "ffmpeg"])
def test_hdr_says_still_what_it_is(encoder: str, made: Made, tmp_path: Path) -> None:
    source = made(clip_of("hevc10.mp4"))

    video.convert(source, tmp_path / "c.mp4", codec="hevc", crf=4, rate=25, backend=encoder)

    info = video.probe(tmp_path / "c.mp4")
    assert (info.primaries, info.transfer, info.is_hdr, info.bits) == (9, 16, True, 8)
    for frame, other in zip(video.stream(tmp_path / "c.mp4"), video.stream(source), strict=True):
        assert np.abs(frame.image.astype(int) - other.image).mean() < 3


def test_what_is_not_hdr_becomes_bt709(film: Path, tmp_path: Path) -> None:
    video.convert(film, tmp_path / "c.mp4")

    info = video.probe(tmp_path / "c.mp4")
    assert (info.primaries, info.transfer, info.is_hdr) == (1, 1, False)


@pytest.mark.parametrize("name", ["c.mp4", "c.webm"])
def test_everything_long_tells_how_far_it_is(name: str, sounding: Path, tmp_path: Path) -> None:
    calls: dict[str, Callable[[Any], object]] = {
        "load": lambda told: video.load(sounding, progress=told),
        "convert": lambda told: video.convert(sounding, tmp_path / name, progress=told),
        "map": lambda told: video.map_frames(sounding, tmp_path / name, np.copy, progress=told),
        "trim": lambda told: video.trim(sounding, tmp_path / name, progress=told),
        "replace": lambda told: video.replace_audio(sounding, tmp_path / name, None, progress=told),
    }
    for call, run in calls.items():
        done: list[int] = []
        run(lambda progress, done=done: done.append(progress.done))
        assert done == list(range(1, 41)), call
    done = []
    video.concat([sounding] * 2, tmp_path / name, progress=lambda told: done.append(told.done))
    assert done == list(range(1, 81))
    seconds: list[tuple[int, int | None]] = []
    video.extract_audio(
        sounding, tmp_path / "s.wav", progress=lambda told: seconds.append((told.done, told.total))
    )
    assert seconds[0] == (0, 2)
    assert seconds[-1] == (1, 2)
