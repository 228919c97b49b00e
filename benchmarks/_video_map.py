"""Ways to change every frame of a film, by a function that takes its time."""

from __future__ import annotations

import time
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock
from _video_work import Way, check, count_frames, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from _video_work import Figures, Job

    Change = Callable[[Any], Any]

PAUSE: Final = 0.02
BUFFER: Final = bytes(range(256)) * 4096


def burn(passes: int) -> None:
    """Sum up a megabyte so many times; zlib lets go of the GIL meanwhile."""
    for _ in range(passes):
        zlib.crc32(BUFFER)


def calibrate() -> int:
    """Return how many passes take 20 ms of a CPU that does nothing else."""
    passes = 20
    best = 1.0
    for _ in range(15):
        began = time.thread_time()
        burn(passes)
        best = min(best, time.thread_time() - began)
    return max(1, round(passes * PAUSE / best))


def change_of(job: Job) -> Change:
    """Return the function: it works or sleeps, and then inverts the image."""
    passes = job.given["passes"]

    def change(image: Any) -> Any:
        burn(passes) if passes else time.sleep(PAUSE)
        return 255 - image

    return change


def mapped(job: Job, limit: int | None) -> Figures:
    """Call map_frames."""
    import rp_video.sync

    def run(film: str, change: Change) -> None:
        rp_video.sync.map_frames(film, job.path("out.mp4"), change, limit=limit)

    return timed(job, run)


def by_hand(job: Job) -> Figures:
    """Stream, change and save one by one; here the encoder has all threads."""
    import rp_video.sync

    def run(film: str, change: Change) -> None:
        frames = (change(frame.image) for frame in rp_video.sync.stream(film))
        rp_video.sync.save(job.path("out.mp4"), frames, rate=30)

    return timed(job, run)


def timed(job: Job, run: Callable[[str, Change], None]) -> Figures:
    """Time one way."""
    run(job.warm, lambda image: 255 - image)
    clock = Clock()
    run(job.film, change_of(job))
    figures = read_clock(clock, job.given["count"])
    check(count_frames(job.path("out.mp4")), job.given["count"])
    return figures


WAYS: Final[dict[str, Way]] = {
    "rp_video.sync.map_frames": Way(partial(mapped, limit=None)),
    "map_frames, one by one (limit=0)": Way(partial(mapped, limit=0)),
    "stream + save, one by one": Way(by_hand),
}
