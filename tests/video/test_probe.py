"""What a film is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

import rp_video
import rp_video.sync as video
from support.films import CLIPS, MATRICES, PRORES_ALPHA, VP9_ALPHA, Clip, rotated, tone

Made = Callable[[Clip], Path]
CODECS = {"libx264": "h264", "libx265": "hevc", "libvpx-vp9": "vp9", "libsvtav1": "av1",
          "prores_ks": "prores"}  # fmt: skip


@pytest.mark.parametrize("clip", CLIPS, ids=str)
def test_a_film_is_what_it_was_made_as(clip: Clip, made: Made) -> None:
    info = video.probe(made(clip))

    assert (info.width, info.height, info.frames) == (192, 96, clip.count)
    assert info.codec == CODECS.get(clip.encoder, clip.encoder)
    assert info.audio is None
    assert not info.has_alpha
    assert info.pixel_aspect == 1
    if clip.name not in {"raw.h264", "vfr.mkv"}:
        assert info.rate == 25
        assert info.duration == pytest.approx(1.6, abs=0.002)


def test_the_rate_of_a_film_without_a_steady_one_is_its_mean(made: Made) -> None:
    info = video.probe(made(next(clip for clip in CLIPS if clip.name == "vfr.mkv")))

    assert info.duration == pytest.approx(1.54, abs=0.001)
    assert float(info.rate) == pytest.approx(10 / 1.54, rel=0.005)


def test_a_start_that_is_not_zero_is_told(made: Made) -> None:
    info = video.probe(made(next(clip for clip in CLIPS if clip.name == "late.mp4")))

    assert info.start == pytest.approx(1.2, abs=1e-6)


def test_ten_bits_and_hdr_are_told(made: Made) -> None:
    info = video.probe(made(next(clip for clip in CLIPS if clip.name == "hevc10.mp4")))

    assert (info.bits, info.pixel_format, info.is_hdr) == (10, "yuv420p10le", True)


@pytest.mark.parametrize("clip", [VP9_ALPHA, PRORES_ALPHA], ids=str)
def test_alpha_is_told(clip: Clip, made: Made) -> None:
    info = video.probe(made(clip))

    assert info.has_alpha
    assert info.pixel_format.startswith("yuva")


def test_rotation_is_told(made: Made) -> None:
    turned = {name: video.probe(made(rotated(name))) for name in MATRICES}

    degrees = {name: info.rotation for name, info in turned.items() if not info.is_mirrored}
    assert degrees == {"upright": 0, "cw": 90, "half": 180, "ccw": 270}
    assert (turned["cw"].width, turned["cw"].height) == (96, 192)


def test_without_counting_the_headers_are_told_and_no_number(film: Path) -> None:
    info = video.probe(film, count=False)

    assert info.frames is None
    assert info.duration == pytest.approx(1.6, abs=0.001)


def test_sound_is_told(film: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    video.replace_audio(film, path, (tone(1.6), 48_000))

    info = video.probe(path)

    assert info.audio
    assert (info.audio.codec, info.audio.rate, info.audio.channels) == ("aac", 48_000, 2)
    assert info.audio.duration == pytest.approx(1.6, abs=0.001)


async def test_the_async_face(film: Path) -> None:
    info = await rp_video.probe(film)

    assert info.rate == Fraction(25)
