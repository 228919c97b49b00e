"""Films for tests, made here: every frame shows its number, and each corner has a colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

WIDTH: Final = 192
HEIGHT: Final = 96
BITS: Final = 12
CORNERS: Final = {
    "red": (230, 20, 20),
    "green": (20, 200, 20),
    "blue": (20, 20, 220),
    "gray": (128,) * 3,
}


def picture(number: int, *, width: int = WIDTH, height: int = HEIGHT) -> Array:
    """Return the frame of a number: corners above and below, its bits in the middle."""
    image = np.full((height, width, 3), 60, np.uint8)
    third = height // 3
    corners = [CORNERS[name] for name in ("red", "green", "blue", "gray")]
    for place, color in enumerate(corners):
        top = 0 if place < 2 else height - third
        left = 0 if place % 2 == 0 else width - third
        image[top : top + third, left : left + third] = color
    bit = width // BITS
    for place in range(BITS):
        if number >> place & 1:
            image[third : 2 * third, place * bit : (place + 1) * bit] = 240
        else:
            image[third : 2 * third, place * bit : (place + 1) * bit] = 16
    return image


def number_of(image: Array) -> int:
    """Return the number that a frame shows, of whatever size it is."""
    height, width = image.shape[:2]
    middle = image[height * 4 // 9 : height * 5 // 9, :, :3].astype(int).mean(axis=(0, 2))
    bit = width / BITS
    centres = [middle[int((place + 0.5) * bit)] for place in range(BITS)]
    assert all(value < 70 or value > 180 for value in centres), centres
    return sum(1 << place for place, value in enumerate(centres) if value > 128)


def corners_of(image: Array) -> list[str]:
    """Return the colours in the corners: top left, top right, bottom left, bottom right."""
    pixels = (image[4, 4], image[4, -5], image[-5, 4], image[-5, -5])
    return [
        min(CORNERS, key=lambda name: int(np.abs(pixel[:3].astype(int) - CORNERS[name]).sum()))
        for pixel in pixels
    ]


@dataclass(frozen=True)
class Clip:
    """How a film is made."""

    name: str
    encoder: str = "libx264"
    pixels: str = "yuv420p"
    count: int = 40
    rate: int = 25
    ticks: Sequence[int] = ()
    time_base: Fraction = Fraction(1, 25)
    muxer: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    matrix: tuple[int, ...] | None = None
    alpha: bool = False

    def __str__(self) -> str:
        return self.name

    def times(self) -> list[float]:
        """Return when each frame is shown, in seconds."""
        ticks = self.ticks or range(self.count)
        return [float(tick * self.time_base) for tick in ticks]

    def write(self, folder: Path, *, images: Iterable[Array] | None = None) -> Path:
        """Write the film, and return its path."""
        path = folder / self.name
        container = av.open(str(path), "w", format=self.muxer)
        with container:
            stream: Any = container.add_stream(self.encoder, rate=self.rate, options=self.options)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, self.pixels
            stream.codec_context.time_base = self.time_base
            for name, value in self.tags.items():
                setattr(stream.codec_context, name, value)
            stream.metadata.update(self.metadata)
            if self.matrix:
                stream.set_display_matrix(self.matrix)
            given = images or (picture(number) for number in range(self.count))
            for number, image in enumerate(given):
                container.mux(stream.encode(self._frame(image, number)))
            container.mux(stream.encode(None))
        return path

    def _frame(self, image: Array, number: int) -> Any:
        if self.alpha:
            image = np.dstack([image, alpha_of(number)])
        frame = av.VideoFrame.from_ndarray(image, "rgba" if self.alpha else "rgb24")
        wide = self.tags.get("colorspace") == 9
        frame = frame.reformat(format=self.pixels, dst_colorspace=9 if wide else 5)
        frame.pts = self.ticks[number] if self.ticks else number
        frame.time_base = self.time_base
        return frame


def alpha_of(number: int) -> Array:
    """Return the alpha of a frame: it grows from left to right, and with the number."""
    row = np.clip(np.linspace(0, 200, WIDTH) + number, 0, 255).astype(np.uint8)
    return np.repeat(row[None], HEIGHT, axis=0)


H264: Final = {"g": "10", "bf": "2", "crf": "12"}
_ONE: Final = 1 << 16
MATRICES: Final = {
    "upright": (_ONE, 0, 0, 0, _ONE, 0, 0, 0, 1 << 30),
    "cw": (0, _ONE, 0, -_ONE, 0, 0, 0, 0, 1 << 30),
    "half": (-_ONE, 0, 0, 0, -_ONE, 0, 0, 0, 1 << 30),
    "ccw": (0, -_ONE, 0, _ONE, 0, 0, 0, 0, 1 << 30),
    "mirrored": (-_ONE, 0, 0, 0, _ONE, 0, 0, 0, 1 << 30),
    "upside-down": (_ONE, 0, 0, 0, -_ONE, 0, 0, 0, 1 << 30),
    "transposed": (0, _ONE, 0, _ONE, 0, 0, 0, 0, 1 << 30),
    "transversed": (0, -_ONE, 0, -_ONE, 0, 0, 0, 0, 1 << 30),
}
# Corners of the upright picture: top left, top right, bottom left, bottom right.
UPRIGHT: Final = {
    "upright": "red green blue gray",
    "cw": "blue red gray green",
    "half": "gray blue green red",
    "ccw": "green gray red blue",
    "mirrored": "green red gray blue",
    "upside-down": "blue gray red green",
    "transposed": "red blue green gray",
    "transversed": "gray green blue red",
}
_VFR: Final = [0, 100, 133, 167, 400, 433, 500, 1000, 1033, 1500]
_MS: Final = Fraction(1, 1000)
BT2020: Final = {"colorspace": 9, "color_primaries": 9, "color_trc": 16, "color_range": 1}
CLIPS: Final = (
    Clip("h264.mp4", options=H264),
    Clip("h264.mkv", options=H264, time_base=_MS, ticks=[n * 40 for n in range(40)]),
    Clip("h264.ts", options=H264, muxer="mpegts"),
    Clip("h264.avi", options=H264),
    Clip("raw.h264", options=H264, muxer="h264"),
    Clip("mpeg4.avi", encoder="mpeg4", options={"bf": "2", "g": "12", "q": "2"}),
    Clip("mjpeg.avi", encoder="mjpeg", pixels="yuvj420p", options={"q": "2"}),
    Clip("vfr.mkv", options=H264, count=10, time_base=_MS, ticks=_VFR),
    Clip("late.mp4", options=H264, ticks=[n + 30 for n in range(40)]),
    Clip("hevc10.mp4", encoder="libx265", pixels="yuv420p10le", tags=BT2020,
         options={"crf": "10", "x265-params": "log-level=error"}),
    Clip("vp9.webm", encoder="libvpx-vp9", options={"crf": "10", "b": "0", "cpu-used": "6"}),
    Clip("av1.mkv", encoder="libsvtav1", options={"crf": "10", "preset": "8"}),
    Clip("ffv1.mkv", encoder="ffv1", pixels="bgr0"),
    Clip("prores.mov", encoder="prores_ks", pixels="yuv422p10le"),
)  # fmt: skip
VP9_ALPHA: Final = Clip("alpha.webm", "libvpx-vp9", "yuva420p", count=12, alpha=True,
                        options={"crf": "4", "b": "0", "cpu-used": "6"},
                        metadata={"alpha_mode": "1"})  # fmt: skip
PRORES_ALPHA: Final = Clip("alpha.mov", "prores_ks", "yuva444p10le", count=12, alpha=True)


def rotated(name: str) -> Clip:
    """Return a film that is stored in one way and meant to be shown in another."""
    return Clip(f"{name}.mp4", options=H264, count=12, matrix=MATRICES[name])


def two_streams(folder: Path) -> Path:
    """Write a film behind a cover that is a stream, too."""
    path = folder / "two.mkv"
    with av.open(str(path), "w") as container:
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = 0
        film: Any = container.add_stream("libx264", rate=25, options=H264)
        film.width, film.height, film.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        small = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8)).reformat(
            format="yuvj420p"
        )
        small.pts = 0
        container.mux(cover.encode(small))
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(picture(number)).reformat(format="yuv420p")
            frame.pts = number
            container.mux(film.encode(frame))
        container.mux(film.encode(None))
        container.mux(cover.encode(None))
    return path


def tone(seconds: float, *, rate: int = 48_000, hertz: float = 440.0) -> Array:
    """Return a tone in stereo: float32 (n, 2)."""
    times = np.arange(round(seconds * rate)) / rate
    left = 0.5 * np.sin(2 * np.pi * hertz * times)
    return np.stack([left, left / 2], axis=1).astype(np.float32)


def heard(path: Path) -> tuple[Array, int]:
    """Return the samples of the sound of a file, (n, channels), and their rate."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.audio
        resampler = av.AudioResampler("fltp", None, stream.rate)
        frames = [*container.decode(stream), None]
        parts = [p.to_ndarray() for frame in frames for p in resampler.resample(frame)]
        return np.concatenate(parts, axis=1).T, stream.rate
