"""Ways to write a film from frames."""

from __future__ import annotations

import subprocess
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock
from _video_work import Way, check, count_frames, megabytes, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _video_work import Figures, Job

    Write = Callable[[str, Sequence[Any], str], None]

RATE: Final = 30
CRF: Final = 20


def by_rp(path: str, frames: Sequence[Any], preset: str) -> None:
    """By rp_video."""
    import rp_video.sync

    rp_video.sync.save(path, frames, rate=RATE, crf=CRF, preset=preset)


def by_pyav(path: str, frames: Sequence[Any], preset: str, *, area: bool) -> None:
    """By PyAV, with its own conversion or with the one that we take."""
    import av
    from av.video.reformatter import VideoReformatter

    reformatter = VideoReformatter()
    with av.open(path, "w") as container:
        options = {"crf": str(CRF), "preset": preset}
        stream: Any = container.add_stream("libx264", rate=RATE, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for image in frames:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if area:
                frame = reformatter.reformat(frame, format="yuv420p", interpolation="AREA")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def by_pipe(path: str, frames: Sequence[Any], preset: str) -> None:
    """By the ffmpeg program, which gets the frames through a pipe."""
    import imageio_ffmpeg

    rows, columns = frames[0].shape[:2]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{columns}x{rows}", "-r", str(RATE), "-i", "-", "-c:v", "libx264", "-crf", str(CRF),
        "-preset", preset, "-pix_fmt", "yuv420p", path,
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for image in frames:
            process.stdin.write(memoryview(image).cast("B"))
    check(process.returncode, 0)


def by_imageio(path: str, frames: Sequence[Any], preset: str) -> None:
    """By imageio, which has a pipe of its own."""
    from importlib import import_module

    with import_module("imageio.v3").imopen(path, "w", plugin="FFMPEG") as file:
        file.write(
            list(frames), is_batch=True, fps=RATE, codec="libx264", quality=None,
            output_params=["-crf", str(CRF), "-preset", preset],
        )  # fmt: skip


def by_opencv(path: str, frames: Sequence[Any], preset: str) -> None:  # noqa: ARG001
    """By OpenCV, whose wheels have MPEG-4 part 2 and no x264."""
    import cv2

    rows, columns = frames[0].shape[:2]
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), RATE, (columns, rows))
    for image in frames:
        writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()


def written(job: Job, write: Write) -> Figures:
    """Time one way."""
    import numpy as np

    frames = list(np.load(job.given["frames"]))
    path, preset = job.path("out.mp4"), job.given["preset"]
    write(path, [np.ascontiguousarray(frame[:64, :64]) for frame in frames[:2]], preset)
    clock = Clock()
    write(path, frames, preset)
    figures = read_clock(clock, len(frames))
    check(count_frames(path), len(frames))
    return figures | {"size": megabytes(path)}


WAYS: Final[dict[str, Way]] = {
    "rp_video.sync.save": Way(partial(written, write=by_rp)),
    "PyAV": Way(partial(written, write=partial(by_pyav, area=False)), ("av",)),
    "PyAV, AREA": Way(partial(written, write=partial(by_pyav, area=True)), ("av",)),
    "ffmpeg by a pipe": Way(partial(written, write=by_pipe), ("imageio_ffmpeg",)),
    "imageio, FFMPEG": Way(
        partial(written, write=by_imageio), ("imageio", "imageio_ffmpeg"), rounds=2
    ),
    "OpenCV, mp4v": Way(partial(written, write=by_opencv), ("cv2",), rounds=1),
}
