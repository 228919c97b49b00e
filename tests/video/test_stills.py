"""Frames written to image files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_video.sync as video
from support.films import VP9_ALPHA, number_of


def test_frames_are_written_as_they_are(film: Path, tmp_path: Path, leaves_nothing: None) -> None:
    paths = video.extract_frames(film, tmp_path / "frames", step=10)

    names = [f"frame-{number:06d}.png" for number in (0, 10, 20, 30)]
    assert [path.name for path in paths] == names == sorted(os.listdir(tmp_path / "frames"))
    for path, frame in zip(paths, video.frames_at(film, indices=[0, 10, 20, 30]), strict=True):
        assert np.array_equal(video.load(path)[0], frame.image)


def test_a_jpeg_is_near(film: Path, tmp_path: Path) -> None:
    (path,) = video.extract_frames(film, tmp_path, stop=0.02, pattern="{index}-{time:.1f}.jpg")

    image = pytest.importorskip("PIL.Image").open(path)
    frame = next(iter(video.stream(film)))
    assert path.name == "0-0.0.jpg"
    assert np.abs(np.asarray(image).astype(int) - frame.image).mean() < 2
    assert number_of(np.asarray(image)) == 0


def test_alpha_is_written(tmp_path: Path) -> None:
    source = VP9_ALPHA.write(tmp_path)

    path = video.extract_frames(source, tmp_path / "frames", alpha=True)[5]

    (frame,) = video.frames_at(source, indices=[5], alpha=True)
    assert np.array_equal(video.load(path, alpha=True)[0], frame.image)


@pytest.mark.parametrize(
    "options",
    [{"pattern": "x.bmp"}, {"pattern": "{nope}.png"}, {"pattern": "a/{index}.png"},
     {"pattern": "{index}.jpg", "alpha": True}, {"pattern": "same.png"}, {"step": 0}],
)  # fmt: skip
def test_an_argument_that_makes_no_sense_leaves_nothing(
    options: dict[str, Any], film: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError):
        video.extract_frames(film, tmp_path / "frames", **options)
    assert os.listdir(tmp_path) == []
