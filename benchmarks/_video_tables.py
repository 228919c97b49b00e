"""The tables about films: what is compared in each, how it is written, and the bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from _video_report import Bar, Column, Question, cpu, wall

if TYPE_CHECKING:
    from collections.abc import Callable

    from _video_work import Figures

MILLI: Final = 1e3
MEGA: Final = 1e6


def figure(name: str) -> Callable[[Figures], float]:
    """Return what gives a figure."""
    return lambda it: it[name]


def loss(it: Figures) -> float:
    """Return the PSNR, so that less is better."""
    return -it["psnr"]


def written(name: str, digits: int) -> Callable[[Figures], str]:
    """Return what writes a figure; one that was not measured is below zero."""
    return lambda it: f"{it[name]:.{digits}f}" if it[name] >= 0 else "-"


def is_exact(it: Figures) -> bool:
    """Return whether all frames were there and exact."""
    return it["exact"] == it["done"] and it["done"] > 0


CPU: Final = Column("CPU, ms a frame", lambda it: f"{cpu(it) * MILLI:.2f}")
WALL: Final = Column("wall, ms a frame", lambda it: f"{wall(it) * MILLI:.2f}")
SECONDS: Final = Column("s", written("wall", 2))
CPU_SECONDS: Final = Column("CPU, s", written("cpu", 2))
RATE: Final = Column("frames/s", lambda it: f"{1 / wall(it):.1f}")
SIZE: Final = Column("MB", written("size", 2))
PSNR: Final = Column("PSNR, dB", written("psnr", 2))


def streaming(ours: str) -> tuple[Bar, ...]:
    """Return the bars of one way to stream."""
    return (
        Bar(ours, cpu, 1.1, ("PyAV",)),
        Bar(ours, cpu, 1, ("OpenCV", "imageio, FFMPEG", "decord2")),
    )


STREAM: Final = Question(
    "1. Stream of 1080p H.264 as RGB, by CPU time",
    "_video_stream.WAYS",
    cpu,
    (CPU, WALL),
    (*streaming("rp_video.stream"), *streaming("rp_video.sync.stream")),
)
FRAMES: Final = Question(
    "scattered frames of",
    "_video_frames.WAYS",
    wall,
    (
        Column("first call, s", written("wall", 2)),
        CPU_SECONDS,
        Column("second call, s", written("again", 2)),
        Column("frames", written("done", 0)),
        Column("exact", written("exact", 0)),
        Column("nearest", written("nearest", 0)),
    ),
    (
        Bar("rp_video.sync.frames_at", wall, 1, ("PyAV", "OpenCV", "decord2"), is_exact),
        Bar("rp_video.sync.frames_at", lambda it: it["done"] - it["exact"], 0, name="inexact"),
    ),
    among=is_exact,
)
MEMORY: Final = Question(
    "3. Growth of the peak of memory after the first frame, 720p, buffer=4",
    "_video_stream.MEMORY",
    figure("peak"),
    (
        Column("frames", written("done", 0)),
        Column("peak, MB", lambda it: f"{it['peak'] / MEGA:.0f}"),
        Column("grown, MB", lambda it: f"{it['grown'] / MEGA:.1f}"),
        Column("grown, frames", written("frames", 1)),
    ),
    tuple(
        Bar(f"rp_video.{way}", figure("frames"), 8, name="frames")
        for way in ("stream, 2 ms", "stream, 10 ms", "sync.stream, 2 ms")
    ),
)


def mapping(title: str) -> Question:
    """Make the table of map_frames with one function."""
    ours = "rp_video.sync.map_frames"
    return Question(
        f"4. map_frames, 360p, a function of 20 ms: {title}",
        "_video_map.WAYS",
        wall,
        (SECONDS, CPU_SECONDS, RATE),
        (Bar(ours, wall, 1 / 1.5, ("map_frames, one by one",), as_speed=True),),
        baseline="map_frames, one by one",
    )


MAP_WORK: Final = mapping("work without the GIL")
MAP_SLEEP: Final = mapping("sleep")
ENCODE: Final = Question(
    "5. Encoding 720p, H.264, crf 20",
    "_video_encode.WAYS",
    wall,
    (RATE, CPU, SIZE),
    (
        Bar("rp_video.sync.save", wall, 1, ("PyAV",), as_speed=True),
        Bar("rp_video.sync.save", wall, 1 / 1.2, ("ffmpeg by a pipe",), as_speed=True),
    ),
    aside=("OpenCV, mp4v",),
)


def gif(title: str) -> Question:
    """Make the table of GIFs of one kind."""
    ours = "rp_video.sync.save_gif"
    return Question(
        f"6. GIF, 480x270, {title}",
        "_video_gif.WAYS",
        wall,
        (SECONDS, CPU_SECONDS, SIZE, PSNR),
        (
            Bar(ours, wall, 1 / 5, ("Pillow",), as_speed=True),
            Bar(ours, figure("size"), 1 / 4, ("Pillow",), name="size"),
            Bar(ours, loss, 0, ("Pillow",), name="PSNR", by_difference=True),
        ),
    )


GIF_STILL: Final = gif("a still camera and a moving thing")
GIF_MOVING: Final = gif("a moving camera")
SLOWMO: Final = Question(
    "7. Slow motion, twice, 360p",
    "_video_slowmo.WAYS",
    wall,
    (
        SECONDS,
        CPU_SECONDS,
        Column("ms a new frame", lambda it: f"{2 * wall(it) * MILLI:.1f}"),
        PSNR,
        Column("kept, dB", written("kept", 2)),
    ),
    (
        Bar("rp_video, flow", wall, 1 / 5, ("rp_video, minterpolate",), as_speed=True),
        Bar("rp_video, flow", loss, 0.3, ("rp_video, minterpolate",), name="PSNR",
            by_difference=True),
    ),
    baseline="rp_video, minterpolate",
)  # fmt: skip
