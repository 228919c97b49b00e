"""Single frames: exactly those that are asked for, in the order in which they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rp_video
import rp_video.sync as video
from rp_video._frame_cache import FrameCache
from support.films import CLIPS, VP9_ALPHA, Clip, alpha_of, number_of, rotated

Made = Callable[[Clip], Path]
clips = pytest.mark.parametrize("clip", CLIPS, ids=str)


@clips
def test_every_frame_is_found_by_its_number(clip: Clip, made: Made, leaves_nothing: None) -> None:
    path = made(clip)
    whole = list(video.stream(path))
    numbers = list(range(clip.count))
    random.Random(3).shuffle(numbers)

    frames = video.frames_at(path, indices=numbers)

    assert [frame.index for frame in frames] == numbers
    for frame in frames:
        assert frame.time == whole[frame.index].time
        assert frame.duration == pytest.approx(whole[frame.index].duration, abs=1e-6)
        assert np.array_equal(frame.image, whole[frame.index].image)


@clips
def test_a_time_gives_the_frame_that_is_shown_then(clip: Clip, made: Made) -> None:
    path = made(clip)
    whole = list(video.stream(path))

    times = [time for f in whole for time in (f.time, f.time + f.duration * 0.9)]
    frames = video.frames_at(path, times=times)

    assert [frame.index for frame in frames] == [n for f in whole for n in (f.index, f.index)]


@clips
def test_one_frame_alone_is_the_same(clip: Clip, made: Made) -> None:
    for number in (0, 1, clip.count // 2, clip.count - 1):
        (frame,) = video.frames_at(made(clip), indices=[number])
        assert number_of(frame.image) == frame.index == number


def test_the_end_of_a_film_belongs_to_its_last_frame(film: Path) -> None:
    info = video.probe(film)
    assert info.duration

    (frame,) = video.frames_at(film, times=[info.start + info.duration])

    assert frame.index == 39


@pytest.mark.parametrize("times", [[-0.1], [1.7], [0, 99]])
def test_a_time_outside_the_film_is_refused(times: list[float], film: Path) -> None:
    with pytest.raises(ValueError, match="the film runs from"):
        video.frames_at(film, times=times)


def test_numbers_count_from_either_end(film: Path) -> None:
    assert [f.index for f in video.frames_at(film, indices=[-1, -40, 5])] == [39, 0, 5]
    for number in (40, -41):
        with pytest.raises(IndexError, match="has 40"):
            video.frames_at(film, indices=[number])


def test_frames_that_are_asked_for_twice_are_two(film: Path) -> None:
    first, second = video.frames_at(film, indices=[7, 7])
    first.image[:] = 0

    assert number_of(second.image) == 7


def test_nothing_asked_for_gives_nothing(film: Path) -> None:
    assert video.frames_at(film, indices=[]) == []
    assert video.frames_at(film, times=[]) == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({}, ValueError),
        ({"times": [0], "indices": [0]}, ValueError),
        ({"indices": ["1"]}, TypeError),
        ({"indices": [1.0]}, TypeError),
        ({"indices": [True]}, TypeError),
        ({"times": [float("inf")]}, ValueError),
        ({"times": ["0"]}, TypeError),
        ({"indices": [0], "size": 3}, TypeError),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(
    options: dict[str, Any], error: type[Exception], film: Path
) -> None:
    with pytest.raises(error):
        video.frames_at(film, **options)


def test_size_alpha_and_rotation_are_those_of_stream(made: Made) -> None:
    (frame,) = video.frames_at(made(VP9_ALPHA), indices=[5], alpha=True)
    assert np.abs(frame.image[..., 3].astype(int) - alpha_of(5)).max() <= 4
    turned = made(rotated("cw"))
    (frame,) = video.frames_at(turned, indices=[5], size=(48, None))
    assert frame.image.shape == (96, 48, 3)


def test_kept_frames_are_given_again_and_are_copies(film: Path) -> None:
    (first,) = video.frames_at(film, indices=[11], cache=True)
    first.image[:] = 0
    (second,) = video.frames_at(film, indices=[11], cache=True)
    second.image[:] = 0

    assert number_of(video.frames_at(film, indices=[11], cache=True)[0].image) == 11


def test_a_film_that_is_written_anew_is_read_anew(film: Path, tmp_path: Path, made: Made) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes())
    assert len(video.frames_at(path, indices=[-1], cache=True)) == 1
    path.write_bytes(made(rotated("upright")).read_bytes())

    (frame,) = video.frames_at(path, indices=[-1], cache=True)

    assert frame.index == 11


def test_the_cache_of_frames_is_bounded_by_bytes() -> None:
    cache = FrameCache(3000)
    for number in range(5):
        cache.put(number, rp_video.Frame(np.zeros((10, 100), np.uint8), number, 0.0, 0.0))
    cache.put("large", rp_video.Frame(np.zeros(4000, np.uint8), 9, 0.0, 0.0))

    assert [number for number in range(5) if cache.get(number)] == [2, 3, 4]
    assert cache.get("large") is None


@given(numbers=st.lists(st.integers(-40, 39), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_numbers_in_any_order(numbers: list[int], film: Path) -> None:
    frames = video.frames_at(film, indices=numbers)

    assert [number_of(frame.image) for frame in frames] == [number % 40 for number in numbers]


async def test_the_async_face(film: Path) -> None:
    frames = await rp_video.frames_at(film, times=[0.4, 0.0])

    assert [frame.index for frame in frames] == [10, 0]


def test_thumbnails_are_spread_over_the_film(film: Path) -> None:
    frames = video.thumbnails(film, 4, size=(96, None))

    assert [frame.index for frame in frames] == [5, 15, 25, 35]
    assert frames[0].image.shape == (48, 96, 3)


def test_a_strip_has_its_thumbnails_in_rows(film: Path) -> None:
    strip = video.thumbnail_strip(film, 5, columns=3, size=(96, None), gap=2)

    assert strip.shape == (48 * 2 + 2, 96 * 3 + 4, 3)
    assert number_of(strip[50:, :96]) == [f.index for f in video.thumbnails(film, 5)][3]
    assert (strip[50:, 98 * 2 :] == 0).all()


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_number_of_thumbnails_that_makes_no_sense_is_refused(count: int, film: Path) -> None:
    with pytest.raises(ValueError, match="count"):
        video.thumbnails(film, count)
