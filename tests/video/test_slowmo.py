"""Slower films, with new frames between those they have."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_core
import rp_video
import rp_video.sync as video
from rp_video._flow import between, blend
from support.films import CLIPS, Array, Clip, number_of

Made = Callable[[Clip], Path]
SIDE = 96


def scene(shift: float) -> Array:
    """Return a smooth picture that has moved to the right by some pixels."""
    x = np.arange(SIDE * 2)[None, :] - shift
    y = np.arange(SIDE)[:, None]
    waves = [np.sin(x / 7) * np.cos(y / 9), np.sin(x / 11 + y / 6), np.cos(x / 8 - y / 10)]
    return np.stack([127 + 100 * wave for wave in waves], axis=2).round().astype(np.uint8)


def noise_of(image: Array, other: Array) -> float:
    """Return the PSNR in dB, the rim aside."""
    difference = image[8:-8, 12:-12].astype(float) - other[8:-8, 12:-12]
    return float(10 * np.log10(255**2 / max(1e-9, np.mean(difference**2))))


@pytest.fixture(autouse=True)
def opencv_is_here(request: pytest.FixtureRequest) -> None:
    if "flow" in request.node.name:
        pytest.importorskip("cv2")


@pytest.fixture
def moving(tmp_path: Path) -> Path:
    path = tmp_path / "moving.mkv"
    video.save(path, [scene(4 * number) for number in range(8)], rate=25, codec="ffv1")
    return path


@pytest.mark.parametrize("method", ["flow", "minterpolate", "blend"])
def test_a_film_lasts_twice_as_long(method: Any, moving: Path, tmp_path: Path) -> None:
    video.slowmo(moving, tmp_path / "slow.mkv", 2, method=method, codec="ffv1")

    info = video.probe(tmp_path / "slow.mkv")
    assert info.frames == 16
    assert info.rate == 25
    assert info.duration == pytest.approx(0.64, abs=0.001)
    loaded = video.load(tmp_path / "slow.mkv")
    if method != "minterpolate":
        for number in range(8):
            assert np.array_equal(loaded[2 * number], scene(4 * number))


@pytest.mark.parametrize(("method", "least"), [("flow", 38), ("minterpolate", 30), ("blend", 20)])
def test_new_frames_are_where_things_are_halfway(
    method: Any, least: float, moving: Path, tmp_path: Path
) -> None:
    video.slowmo(moving, tmp_path / "slow.mkv", 2, method=method, codec="ffv1")

    loaded = video.load(tmp_path / "slow.mkv")
    found = [noise_of(loaded[2 * n + 1], scene(4 * n + 2)) for n in range(2, 6)]
    assert min(found) > least, found


def test_flow_follows_the_time() -> None:
    for time in (0.25, 0.5, 0.8):
        (image,) = between(scene(0), scene(5), [time])
        assert noise_of(image, scene(5 * time)) > 36


def test_a_blend_is_the_weighted_mean() -> None:
    dark, bright = np.full((4, 4, 3), 10, np.uint8), np.full((4, 4, 3), 210, np.uint8)

    images = blend(dark, bright, [0.25, 0.5])

    assert [int(image[0, 0, 0]) for image in images] == [60, 110]


def test_flow_of_a_tiny_film_is_a_blend() -> None:
    (image,) = between(np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 100, np.uint8), [0.5])

    assert (image == 50).all()


@pytest.mark.parametrize("factor", [1, 1.5, 2, 2.5, 3])
def test_any_factor(factor: float, film: Path, tmp_path: Path) -> None:
    video.slowmo(film, tmp_path / "slow.mp4", factor, method=lambda before, after, t: before)

    numbers = [number_of(frame.image) for frame in video.stream(tmp_path / "slow.mp4")]
    assert numbers == [int(number / factor + 1e-9) for number in range(round(40 * factor))]


def test_a_function_gets_the_times_between(film: Path, tmp_path: Path) -> None:
    seen: set[tuple[int, int, float]] = set()

    def method(before: Array, after: Array, time: float) -> Array:
        seen.add((number_of(before), number_of(after), round(time, 6)))
        return after

    video.slowmo(film, tmp_path / "slow.mp4", 4, method=method)

    assert seen == {(n, n + 1, part / 4) for n in range(39) for part in (1, 2, 3)}


def test_a_film_without_a_steady_rate_is_slowed_by_its_times(made: Made, tmp_path: Path) -> None:
    source = made(next(clip for clip in CLIPS if clip.name == "vfr.mkv"))

    video.slowmo(source, tmp_path / "slow.mp4", 2, rate=20, method=lambda before, after, t: before)

    whole = list(video.stream(source))
    for frame in video.stream(tmp_path / "slow.mp4"):
        shown = [f.index for f in whole if f.time <= frame.time / 2 + 1e-4][-1]
        assert number_of(frame.image) == shown
    assert video.probe(tmp_path / "slow.mp4").duration == pytest.approx(3.08, abs=0.051)


@pytest.mark.parametrize(
    ("factor", "method", "error"),
    [(0.5, "blend", ValueError), (101, "blend", ValueError), (float("nan"), "blend", ValueError),
     ("2", "blend", TypeError), (2, "rife", ValueError), (2, 7, TypeError)],
)  # fmt: skip
def test_an_argument_that_makes_no_sense_is_refused(
    factor: Any, method: Any, error: type[Exception], film: Path, tmp_path: Path
) -> None:
    with pytest.raises(error):
        video.slowmo(film, tmp_path / "slow.mp4", factor, method=method)
    assert os.listdir(tmp_path) == []


def test_a_function_that_gives_no_image_leaves_nothing(film: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="uint8"):
        video.slowmo(film, tmp_path / "s.mp4", 2, method=lambda before, after, t: before / 2)
    assert os.listdir(tmp_path) == []


def test_without_opencv_the_line_is_told_and_nothing_else_is_done(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *more: None if name == "cv2" else found(name, *more),
    )
    with pytest.raises(rp_core.MissingDependencyError, match=r'pip install "rp-video\[opencv\]"'):
        video.slowmo(film, tmp_path / "slow.mp4", 2)
    assert os.listdir(tmp_path) == []


async def test_the_async_face(film: Path, tmp_path: Path) -> None:
    await rp_video.slowmo(film, tmp_path / "slow.mp4", 2, method="blend", limit=1)

    assert (await rp_video.probe(tmp_path / "slow.mp4")).frames == 80
