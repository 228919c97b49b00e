"""Files that end too early: told with `strict`, warned of without, never a hang or a crash."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import rp_core
import rp_video
import rp_video.sync as video
from rp_video._cut_off import is_cut_off
from support.films import CLIPS, Clip, number_of

Made = Callable[[Clip], Path]
NAMES = ("h264.mp4", "h264.mkv", "mjpeg.avi", "vp9.webm", "fast.mp4", "film.gif")


def written(name: str, made: Made, folder: Path) -> Path:
    """Return a whole film of the name."""
    if name in {"fast.mp4", "film.gif"}:
        source = made(CLIPS[0])
        video.convert(source, folder / name, rate=10 if name.endswith("gif") else None)
        return folder / name
    return made(next(clip for clip in CLIPS if clip.name == name))


@pytest.mark.parametrize("clip", CLIPS, ids=str)
def test_a_whole_film_is_not_cut_off(clip: Clip, made: Made) -> None:
    assert not is_cut_off(str(made(clip)))


@pytest.mark.parametrize("name", NAMES)
def test_a_film_that_was_written_here_is_not_cut_off(name: str, made: Made, tmp_path: Path) -> None:
    path = written(name, made, tmp_path)

    assert not is_cut_off(str(path))
    assert list(video.stream(path, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_every_missing_byte_is_noticed(name: str, made: Made, tmp_path: Path) -> None:
    data = written(name, made, tmp_path).read_bytes()
    path = tmp_path / f"cut-{name}"
    lengths = {*range(12, len(data), max(1, len(data) // 60)), *range(len(data) - 12, len(data))}
    for length in sorted(lengths):
        path.write_bytes(data[:length])
        assert is_cut_off(str(path)), length


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_is_given_and_the_rest_is_told(
    name: str, made: Made, tmp_path: Path, leaves_nothing: None
) -> None:
    source = written(name, made, tmp_path)
    whole = [number_of(frame.image) for frame in video.stream(source)]
    data = source.read_bytes()
    path = tmp_path / f"cut-{name}"
    for part in (0.1, 0.3, 0.5, 0.8, 0.97):
        path.write_bytes(data[: int(len(data) * part)])
        frames: list[int] = []
        held: list[rp_video.Frame] = []
        with pytest.raises(rp_video.DecodeError) as caught:
            for frame in video.stream(path, strict=True):
                frames.append(frame.index)
                held.append(frame)
        for frame in held[:-2]:  # what is half there may be half gray
            assert number_of(frame.image) == whole[frame.index]
        if isinstance(caught.value, rp_video.TruncatedError):
            assert caught.value.got == len(frames) <= len(whole)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rp_video.DamagedWarning)
            try:
                assert [frame.index for frame in video.stream(path)] == frames
            except rp_video.DecodeError:
                assert not frames


def test_expected_is_what_the_headers_promise(made: Made, tmp_path: Path) -> None:
    for name, expected in (("fast.mp4", 40), ("h264.mkv", 40)):
        data = written(name, made, tmp_path).read_bytes()
        path = tmp_path / f"cut-{name}"
        path.write_bytes(data[: len(data) * 3 // 4])
        with pytest.raises(rp_video.TruncatedError) as caught:
            list(video.stream(path, strict=True))
        assert caught.value.expected == expected


def test_a_warning_is_given_without_strict(made: Made, tmp_path: Path) -> None:
    data = made(next(clip for clip in CLIPS if clip.name == "h264.mkv")).read_bytes()
    path = tmp_path / "half.mkv"
    path.write_bytes(data[: len(data) * 3 // 4])

    with pytest.warns(rp_video.DamagedWarning, match="cut off"):
        list(video.stream(path))


def test_a_part_before_the_cut_is_whole(made: Made, tmp_path: Path) -> None:
    data = made(next(clip for clip in CLIPS if clip.name == "h264.mkv")).read_bytes()
    path = tmp_path / "half.mkv"
    path.write_bytes(data[: len(data) * 3 // 4])

    assert [frame.index for frame in video.stream(path, stop=0.1, strict=True)] == [0, 1, 2]


def test_counting_counts_what_decodes(made: Made, tmp_path: Path) -> None:
    data = written("fast.mp4", made, tmp_path).read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(data[: len(data) * 3 // 4])

    with pytest.warns(rp_video.DamagedWarning):
        count = len(list(video.stream(path)))
    assert video.probe(path).frames == count
    last = video.frames_at(path, indices=[-1])[0]
    assert number_of(last.image) == last.index == count - 1


def test_a_film_without_its_index_is_no_film(made: Made, tmp_path: Path) -> None:
    data = made(CLIPS[0]).read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(data[: data.index(b"moov") - 4])

    with pytest.raises(rp_core.OperationError):
        list(video.stream(path))
