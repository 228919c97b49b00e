"""Animated GIFs: few colours, right times, small files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_video
import rp_video.sync as video
from support.films import number_of, picture

PICTURES = [picture(number) for number in range(20)]
backends = pytest.mark.parametrize("encoder", ["pyav", "ffmpeg", "pillow"])


@pytest.fixture(autouse=True)
def pillow_is_here(request: pytest.FixtureRequest) -> None:
    if (
        request.node.callspec.params.get("encoder") == "pillow"
        if hasattr(request.node, "callspec")
        else False
    ):
        pytest.importorskip("PIL")


@backends
def test_frames_come_back(encoder: str, tmp_path: Path, leaves_nothing: None) -> None:
    path = tmp_path / "a.gif"

    video.save_gif(path, PICTURES, rate=10, backend=encoder)

    frames = list(video.stream(path))
    assert [number_of(frame.image) for frame in frames] == list(range(20))
    assert (
        np.mean(
            [np.abs(f.image.astype(int) - p).mean() for f, p in zip(frames, PICTURES, strict=True)]
        )
        < 4
    )
    assert os.listdir(tmp_path) == ["a.gif"]


@pytest.mark.parametrize("rate", [7, 10, 15, 24, 30, 50])
@backends
def test_rounded_times_add_up(rate: int, encoder: str, tmp_path: Path) -> None:
    video.save_gif(tmp_path / "a.gif", PICTURES, rate=rate, backend=encoder)

    frames = list(video.stream(tmp_path / "a.gif"))
    for frame in frames:
        assert frame.time == pytest.approx(frame.index / rate, abs=0.0101)
        assert frame.duration == pytest.approx(1 / rate, abs=0.0101)
    assert frames[-1].time + frames[-1].duration == pytest.approx(20 / rate, abs=0.011)


@pytest.mark.parametrize("encoder", ["pyav", "pillow"])
def test_frames_keep_their_times(encoder: str, tmp_path: Path) -> None:
    lengths = [0.1, 0.5, 0.03, 1.2, 0.07]
    times = np.cumsum([0.0, *lengths])
    frames = [
        rp_video.Frame(picture(n), n, float(times[n]), length) for n, length in enumerate(lengths)
    ]

    video.save_gif(tmp_path / "a.gif", iter(frames), backend=encoder)

    found = [frame.duration for frame in video.stream(tmp_path / "a.gif")]
    assert found == pytest.approx(lengths, abs=0.0051)


@pytest.mark.parametrize(("loop", "field"), [(0, 0), (1, None), (3, 2)])
@backends
def test_a_gif_says_how_often_it_is_shown(
    loop: int, field: int | None, encoder: str, tmp_path: Path
) -> None:
    video.save_gif(tmp_path / "a.gif", PICTURES, loop=loop, backend=encoder)

    data = (tmp_path / "a.gif").read_bytes()
    place = data.find(b"NETSCAPE2.0")
    found = None if place < 0 else int.from_bytes(data[place + 13 : place + 15], "little")
    assert found == field


@pytest.mark.parametrize("dither", ["bayer", "sierra2_4a", "floyd_steinberg", "none"])
@pytest.mark.parametrize("colors", [4, 16, 256])
@backends
def test_a_palette_has_no_more_colours_than_that(
    dither: Any, colors: int, encoder: str, tmp_path: Path
) -> None:
    ramp = np.zeros((32, 64, 3), np.uint8)
    ramp[..., 0] = np.arange(64) * 4
    ramp[..., 1] = np.arange(32)[:, None] * 8

    video.save_gif(
        tmp_path / "a.gif", [ramp, ramp[::-1].copy()], colors=colors, dither=dither, backend=encoder
    )

    loaded = video.load(tmp_path / "a.gif")
    assert len(np.unique(loaded.reshape(-1, 3), axis=0)) <= colors


@pytest.mark.parametrize("encoder", ["pyav", "ffmpeg"])
def test_what_is_transparent_stays_so(encoder: str, tmp_path: Path) -> None:
    alpha = np.zeros((96, 192), np.uint8)
    alpha[:, 96:] = 255
    images = [np.dstack([image, alpha]) for image in PICTURES]

    video.save_gif(tmp_path / "a.gif", images, backend=encoder)

    loaded = video.load(tmp_path / "a.gif", alpha=True)
    assert (loaded[:, :, :96, 3] == 0).all()
    assert (loaded[:, :, 96:, 3] == 255).all()


def test_one_frame_is_a_gif(tmp_path: Path) -> None:
    video.save_gif(tmp_path / "a.gif", PICTURES[:1])

    assert len(video.load(tmp_path / "a.gif")) == 1


def test_frames_beyond_memory_wait_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rp_video._spool._MOST_IN_MEMORY", 100_000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    video.save_gif(tmp_path / "a.gif", iter(PICTURES))

    assert [number_of(f.image) for f in video.stream(tmp_path / "a.gif")] == list(range(20))
    assert os.listdir(tmp_path) == ["a.gif"]


@pytest.mark.parametrize(
    "options",
    [{"loop": -1}, {"loop": 70_000}, {"colors": 3}, {"colors": 257}, {"dither": "atkinson"},
     {"rate": -1}, {"rate": 0.001}],
)  # fmt: skip
def test_an_argument_that_makes_no_sense_is_refused(
    options: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ValueError):
        video.save_gif(tmp_path / "a.gif", PICTURES, **options)
    assert os.listdir(tmp_path) == []


async def test_the_async_face(tmp_path: Path, film: Path) -> None:
    await rp_video.save_gif(tmp_path / "a.gif", rp_video.stream(film, step=4))

    assert (await rp_video.probe(tmp_path / "a.gif")).frames == 10
