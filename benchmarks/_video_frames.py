"""Ways to read single frames of a film by their numbers, and how many of these are right."""

from __future__ import annotations

import time
from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock
from _video_work import Way, decoded, difference, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from _video_work import Figures, Job

    Pick = Callable[[str, Sequence[int]], list[Any]]

MOST_SECONDS: Final = 90


def by_rp(path: str, numbers: Sequence[int]) -> list[Any]:
    """By rp_video."""
    import rp_video.sync

    return [frame.image for frame in rp_video.sync.frames_at(path, indices=numbers)]


def by_pyav(path: str, numbers: Sequence[int]) -> list[Any]:
    """By PyAV: read the times of all packets, then decode in order, from key frames."""
    import av

    with av.open(path) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        times = sorted(packet.pts for packet in packets if packet.pts is not None)
        keys = sorted(
            packet.pts for packet in packets if packet.is_keyframe and packet.pts is not None
        )
    wanted = {times[number]: number for number in numbers}
    found: dict[int, Any] = {}
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        pending = sorted(wanted)
        while pending:
            key = keys[bisect_right(keys, pending[0]) - 1]
            end = bisect_right(keys, key)
            group = [pts for pts in pending if end == len(keys) or pts < keys[end]]
            container.seek(key, stream=stream)
            for frame in container.decode(stream):
                if frame.pts in group:
                    found[wanted[frame.pts]] = frame.to_ndarray(format="rgb24")
                if frame.pts is not None and frame.pts >= group[-1]:
                    break
            pending = pending[len(group) :]
    return [found[number] for number in numbers]


def by_opencv(path: str, numbers: Sequence[int]) -> list[Any]:
    """By OpenCV, going to each number as it comes, for so long as there is time."""
    import cv2

    capture = cv2.VideoCapture(path)
    images: list[Any] = []
    end = time.monotonic() + MOST_SECONDS
    for number in numbers:
        if time.monotonic() > end:
            break
        capture.set(cv2.CAP_PROP_POS_FRAMES, number)
        _, image = capture.read()
        images.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    capture.release()
    return images


def by_decord(path: str, numbers: Sequence[int]) -> list[Any]:
    """By decord2."""
    from importlib import import_module

    reader = import_module("decord").VideoReader(path)
    return list(reader.get_batch(list(numbers)).asnumpy())


def by_decord_sorted(path: str, numbers: Sequence[int]) -> list[Any]:
    """By decord2, in the order of the film."""
    ordered = sorted(numbers)
    found = dict(zip(ordered, by_decord(path, ordered), strict=True))
    return [found[number] for number in numbers]


def picked(job: Job, pick: Pick, *, again: bool = True) -> Figures:
    """Time a first and a second call, and compare the frames of the first with a whole decode."""
    numbers = job.given["numbers"]
    pick(job.warm, [1])
    clock = Clock()
    images = pick(job.film, numbers)
    first = read_clock(clock, len(images))
    clock = Clock()
    second = read_clock(clock, len(pick(job.film, numbers))) if again else {}
    exact, nearest = judged(job, images)
    return first | {"again": second.get("wall", -1), "exact": exact, "nearest": nearest}


def judged(job: Job, images: Sequence[Any]) -> tuple[int, int]:
    """Return how many frames are exact, and how many are at least nearest to the one wanted."""
    import numpy as np

    truth = np.load(job.given["truth"], mmap_mode="r")
    places = {number: place for place, number in enumerate(job.given["known"])}
    exact = nearest = 0
    for number, image in zip(job.given["numbers"], images, strict=False):
        own = difference(image, truth[places[number]])
        around = (places[near] for near in (number - 1, number + 1) if near in places)
        is_nearest = own < min(difference(image, truth[place]) for place in around)
        nearest += is_nearest
        exact += is_nearest and own <= 1
    return exact, nearest


def write_truth(film: str, numbers: Sequence[int], path: Path) -> list[int]:
    """Decode all, write the frames of these numbers and their neighbours; return their numbers."""
    import numpy as np

    wanted = {near for number in numbers for near in (number - 1, number, number + 1)}
    truth: Any = None
    known: list[int] = []
    for number, image in enumerate(decoded(film)):
        if truth is None:
            shape = (len(wanted), *image.shape)
            truth = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
        if number in wanted:
            truth[len(known)] = image
            known.append(number)
    truth.flush()
    return known


WAYS: Final[dict[str, Way]] = {
    "rp_video.sync.frames_at": Way(partial(picked, pick=by_rp)),
    "PyAV, sorted, by key frames": Way(partial(picked, pick=by_pyav), ("av",)),
    "decord2": Way(partial(picked, pick=by_decord), ("decord",), rounds=1),
    "decord2, sorted": Way(partial(picked, pick=by_decord_sorted), ("decord",)),
    "OpenCV, POS_FRAMES": Way(partial(picked, pick=by_opencv, again=False), ("cv2",), rounds=1),
}
