"""Ways to read a film frame by frame: their time, and their memory."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock, peak_memory
from _video_work import Way, check, decoded, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _video_work import Figures, Job

BUFFER: Final = 4


def streamed(path: str) -> Iterator[Any]:
    """By rp_video, in plain code."""
    import rp_video.sync

    for frame in rp_video.sync.stream(path):
        yield frame.image


def by_pyav(path: str) -> Iterator[Any]:
    """By PyAV, as its documentation begins."""
    import av

    with av.open(path) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def by_opencv(path: str) -> Iterator[Any]:
    """By OpenCV."""
    import cv2

    capture = cv2.VideoCapture(path)
    while True:
        there, image = capture.read()
        if not there:
            capture.release()
            return
        yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def by_imageio(path: str, plugin: str) -> Iterator[Any]:
    """By imageio."""
    import imageio.v3 as iio

    yield from iio.imiter(path, plugin=plugin)


def by_decord(path: str) -> Iterator[Any]:
    """By decord2."""
    from importlib import import_module

    reader = import_module("decord").VideoReader(path)
    for number in range(len(reader)):
        yield reader[number].asnumpy()


def by_moviepy(path: str) -> Iterator[Any]:
    """By what moviepy reads with."""
    from importlib import import_module

    reader = import_module("moviepy.video.io.ffmpeg_reader").FFMPEG_VideoReader(path)
    with closing(reader):
        yield reader.lastread
        for _ in range(reader.n_frames - 1):
            yield reader.read_frame()


def total_of(images: Iterable[Any]) -> int:
    """Go through frames and return how many bytes they have."""
    return sum(image.nbytes for image in images)


def total_async(path: str) -> int:
    """Go through the frames of rp_video on a loop of asyncio."""
    import rp_video

    async def total() -> int:
        found = 0
        async for frame in rp_video.stream(path):
            found += frame.image.nbytes
        return found

    return asyncio.run(total())


def timing(go_through: Callable[[str], int], job: Job) -> Figures:
    """Time one way to go through a film, after a tiny one."""
    go_through(job.warm)
    clock = Clock()
    found = go_through(job.film)
    figures = read_clock(clock, job.given["count"])
    check(found, job.given["count"] * job.given["frame"])
    return figures


def timed(frames: Callable[[str], Iterator[Any]]) -> Callable[[Job], Figures]:
    """Make a way of an iterator over frames."""
    return partial(timing, lambda path: total_of(frames(path)))


class Growth:
    """Remembers the peak of memory after the first frame."""

    def __init__(self) -> None:
        self._first = self._count = 0

    def see(self) -> None:
        """Count a frame that is there."""
        self._count += 1
        self._first = self._first or peak_memory()

    def read(self, job: Job) -> Figures:
        """Return by how much the peak has grown, in bytes and in frames."""
        peak = peak_memory()
        check(self._count, job.given["count"])
        grown = peak - self._first
        return {"done": self._count, "peak": peak, "grown": grown,
                "frames": grown / job.given["frame"]}  # fmt: skip


def growth_async(job: Job, pause: float) -> Figures:
    """Hold one frame and wait, on a loop of asyncio."""
    import rp_video

    async def grow() -> Figures:
        growth = Growth()
        async for frame in rp_video.stream(job.film, buffer=BUFFER):
            growth.see()
            await asyncio.sleep(pause)
            del frame
        return growth.read(job)

    return asyncio.run(grow())


def growth_of(
    job: Job, frames: Callable[[str], Iterator[Any]], pause: float, *, keep: bool = False
) -> Figures:
    """Hold one frame, or all, and wait, in plain code."""
    growth = Growth()
    kept = []
    for image in frames(job.film):
        if keep:
            kept.append(image)
        growth.see()
        time.sleep(pause)
    return growth.read(job)


WAYS: Final[dict[str, Way]] = {
    "rp_video.stream": Way(partial(timing, total_async)),
    "rp_video.sync.stream": Way(timed(streamed)),
    "PyAV, threads AUTO": Way(timed(decoded), ("av",)),
    "PyAV, threads as by default": Way(timed(by_pyav), ("av",)),
    "OpenCV + RGB": Way(timed(by_opencv), ("cv2",)),
    "imageio, FFMPEG": Way(
        timed(partial(by_imageio, plugin="FFMPEG")), ("imageio", "imageio_ffmpeg")
    ),
    "imageio, pyav": Way(timed(partial(by_imageio, plugin="pyav")), ("imageio", "av")),
    "decord2": Way(timed(by_decord), ("decord",)),
    "moviepy": Way(timed(by_moviepy), is_apart=True),
}
MEMORY: Final[dict[str, Way]] = {
    "rp_video.stream, 2 ms": Way(partial(growth_async, pause=0.002)),
    "rp_video.stream, 10 ms": Way(partial(growth_async, pause=0.01), rounds=1),
    "rp_video.sync.stream, 2 ms": Way(partial(growth_of, frames=streamed, pause=0.002)),
    "PyAV, threads AUTO, 2 ms": Way(partial(growth_of, frames=decoded, pause=0.002), ("av",)),
    "list of all, by rp_video": Way(
        partial(growth_of, frames=streamed, pause=0, keep=True), rounds=1
    ),
}
