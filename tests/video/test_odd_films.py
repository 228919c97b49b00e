"""Films that come from elsewhere: what an ordinary encoder here does not make."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rp_core
import rp_video
import rp_video.sync as video
from support.films import HEIGHT, WIDTH, Clip, picture, rotated

Made = Callable[[Clip], Path]
_SOURCE = ("-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=25:d=2")
FILMS = {
    "alt-ref.webm": (*_SOURCE, "-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "16",
                     "-b:v", "80k"),
    "open-gop.mkv": (*_SOURCE, "-c:v", "libx264", "-x264-params", "open-gop=1:keyint=12:bframes=3"),
    "interlaced.ts": (*_SOURCE, "-c:v", "libx264", "-flags", "+ildct+ilme"),
    "fragments.mp4": (*_SOURCE, "-c:v", "libx264", "-g", "10",
                      "-movflags", "frag_keyframe+empty_moov"),
    "mpeg2.mpg": (*_SOURCE, "-c:v", "mpeg2video", "-bf", "2", "-q:v", "3"),
    "palette.avi": (*_SOURCE, "-c:v", "rawvideo", "-pix_fmt", "pal8"),
    "wide.mp4": (*_SOURCE, "-vf", "setsar=4/3", "-c:v", "libx264"),
    "late-sound.mp4": (*_SOURCE, "-itsoffset", "0.4", "-f", "lavfi", "-i", "sine=d=1.2",
                       "-c:v", "libx264", "-c:a", "aac"),
    "theora.ogv": (*_SOURCE, "-c:v", "libtheora", "-q:v", "7"),
    "full-range.mp4": (*_SOURCE, "-pix_fmt", "yuvj420p", "-c:v", "libx264"),
    "gray.mp4": (*_SOURCE, "-pix_fmt", "gray", "-c:v", "libx264"),
    "whole-colour.mp4": (*_SOURCE, "-pix_fmt", "yuv444p", "-c:v", "libx264"),
    "av1.mp4": (*_SOURCE, "-c:v", "libsvtav1", "-preset", "9"),
    "wmv2.asf": (*_SOURCE, "-f", "lavfi", "-i", "sine=d=2", "-c:v", "wmv2", "-c:a", "wmav2"),
    "flash.flv": (*_SOURCE, "-c:v", "flv1"),
}  # fmt: skip
films = pytest.mark.parametrize("name", FILMS)


def program() -> str:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="the extra ffmpeg is not here")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("odd")

    def make(name: str) -> Path:
        path = folder / name
        if not path.exists():
            quiet = (program(), "-nostdin", "-loglevel", "error", "-y")
            subprocess.run([*quiet, *FILMS[name], str(path)], check=True, capture_output=True)
        return path

    return make


@films
def test_frames_are_those_of_the_ffmpeg_program(
    name: str, odd: Callable[[str], Path], leaves_nothing: None
) -> None:
    path = odd(name)
    command = [program(), "-nostdin", "-loglevel", "error", "-i", str(path), "-map", "0:v:0"]
    raw = subprocess.run(
        [*command, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    expected = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)

    frames = list(video.stream(path))

    assert len(frames) == len(expected) == video.probe(path).frames
    for frame, image in zip(frames, expected, strict=True):
        assert np.array_equal(frame.image, image), frame.index
    other = list(video.stream(path, backend="ffmpeg"))
    assert [f.time for f in frames] == pytest.approx([f.time for f in other], abs=1e-6)


@films
def test_every_frame_is_found_alone(name: str, odd: Callable[[str], Path]) -> None:
    path = odd(name)
    whole = list(video.stream(path))

    for frame in whole[::7]:
        (found,) = video.frames_at(path, indices=[frame.index])
        assert found.time == frame.time
        assert np.array_equal(found.image, frame.image)
        first = next(iter(video.stream(path, start=frame.time)))
        assert first.index == frame.index
        assert np.array_equal(first.image, frame.image)


@films
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_copy_is_exact_or_it_is_none(
    name: str, suffix: str, odd: Callable[[str], Path], tmp_path: Path
) -> None:
    path = odd(name)
    whole = list(video.stream(path))
    key = whole[12].time if name == "open-gop.mkv" else whole[10].time
    for start, stop in ((None, None), (None, whole[20].time), (key, None)):
        how = video.trim(path, tmp_path / f"t{suffix}", start=start, stop=stop)

        frames = list(video.stream(tmp_path / f"t{suffix}"))
        expected = [
            f
            for f in whole
            if (start is None or f.time >= start) and (stop is None or f.time < stop)
        ]
        assert len(frames) == len(expected)
        steps = [frame.time - frames[0].time for frame in frames]
        assert steps == pytest.approx([f.time - expected[0].time for f in expected], abs=0.0021)
        if how == "copied":
            assert all(
                np.array_equal(a.image, b.image) for a, b in zip(frames, expected, strict=True)
            )
        assert video.probe(tmp_path / f"t{suffix}").pixel_aspect == video.probe(path).pixel_aspect


@films
def test_a_film_is_joined_to_itself(name: str, odd: Callable[[str], Path], tmp_path: Path) -> None:
    path = odd(name)
    video.concat([path, path], tmp_path / "j.mkv")

    info, one = video.probe(tmp_path / "j.mkv"), video.probe(path)
    assert one.frames
    assert one.duration
    assert info.frames == 2 * one.frames
    assert info.duration == pytest.approx(2 * one.duration, abs=0.09)


@pytest.mark.parametrize("encoder", ["pyav", "ffmpeg"])
def test_no_frame_is_lost_to_a_short_or_late_sound(
    encoder: str, odd: Callable[[str], Path], tmp_path: Path
) -> None:
    video.convert(odd("late-sound.mp4"), tmp_path / "c.mp4", rate=25, backend=encoder)

    info = video.probe(tmp_path / "c.mp4")
    assert info.frames == 50
    assert info.audio
    short = (np.zeros(4800, np.float32), 48_000)
    video.save(
        tmp_path / "s.mp4", [picture(n) for n in range(25)], rate=25, audio=short, backend=encoder
    )
    assert video.probe(tmp_path / "s.mp4").frames == 25


def test_a_cancelled_call_says_nothing_of_an_encoder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from rp_core._cancel import AbandonedError
    from rp_video._ffmpeg import encode

    program()
    monkeypatch.setattr(encode, "_opening", {})

    def gone() -> None:
        raise AbandonedError

    with monkeypatch.context() as patched:
        patched.setattr(encode, "check_wanted", gone)
        with pytest.raises(AbandonedError):
            encode._opens("libx264")
    assert encode._opens("libx264")


def test_a_size_that_changes_within_the_film_is_that_of_its_beginning(tmp_path: Path) -> None:
    quiet = (program(), "-nostdin", "-loglevel", "error", "-y")
    parts = []
    for number, size in enumerate(("96x64", "192x128")):
        part = tmp_path / f"{number}.ts"
        source = ("-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d=1", "-c:v", "libx264")
        offset = ("-output_ts_offset", str(number))
        subprocess.run([*quiet, *source, *offset, str(part)], check=True)
        parts.append(part.read_bytes())
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(parts))

    frames = list(video.stream(path))

    assert {frame.image.shape for frame in frames} == {(64, 96, 3)}
    (alone,) = video.frames_at(path, indices=[40])
    assert np.array_equal(alone.image, frames[40].image)
    assert [f.index for f in video.stream(path, backend="ffmpeg")] == [f.index for f in frames]


def test_alpha_stays_where_the_codec_holds_it(made: Made, tmp_path: Path) -> None:
    from support.films import VP9_ALPHA

    video.convert(made(VP9_ALPHA), tmp_path / "c.webm")
    assert video.probe(tmp_path / "c.webm").has_alpha
    video.trim(made(VP9_ALPHA), tmp_path / "t.webm", start=0.2)
    assert video.probe(tmp_path / "t.webm").has_alpha
    video.convert(made(VP9_ALPHA), tmp_path / "c.mp4")
    assert not video.probe(tmp_path / "c.mp4").has_alpha


def test_decoded_pictures_do_not_wait_for_the_garbage_collector(made: Made) -> None:
    import gc

    path = made(rotated("cw"))
    gc.collect()
    gc.disable()
    try:
        before = sum(type(thing).__name__ == "VideoFrame" for thing in gc.get_objects())
        for _ in video.stream(path):
            pass
        after = sum(type(thing).__name__ == "VideoFrame" for thing in gc.get_objects())
    finally:
        gc.enable()
    assert after - before <= 2


def test_no_frame_between_two_times_is_no_damage(film: Path) -> None:
    assert list(video.stream(film, stop=0)) == []
    with pytest.raises(rp_video.DecodeError, match="no frame between"):
        video.load(film, stop=0)


def test_opencv_declines_pictures_of_two_fields(odd: Callable[[str], Path], tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    path = tmp_path / "fields.mp4"
    quiet = (program(), "-nostdin", "-loglevel", "error", "-y")
    fields = ("-vf", "tinterlace=interleave_top,fieldorder=tff", "-flags", "+ildct+ilme")
    subprocess.run([*quiet, *_SOURCE, *fields, "-c:v", "libx264", str(path)], check=True)

    with pytest.raises(rp_core.NoBackendError, match="interlaced"):
        next(iter(video.stream(path, backend="opencv")))


def test_a_list_of_other_films_is_not_followed(film: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(film.read_bytes())
    path = tmp_path / "film.mp4"
    path.write_text("ffconcat version 1.0\nfile secret.mp4\n")

    for call in (video.probe, video.load):
        with pytest.raises(rp_video.DecodeError):
            call(path)
