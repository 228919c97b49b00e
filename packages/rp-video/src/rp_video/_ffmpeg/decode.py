"""Frames of a film, decoded by the ffmpeg program and read from a pipe."""

from __future__ import annotations

import re
from fractions import Fraction
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from rp_core import Ffmpeg, UnsupportedError, check_wanted, ffmpeg_input
from rp_video._errors import DecodeError
from rp_video._formats import ALPHA_DECODERS, raw_pixels
from rp_video._probe import probe
from rp_video._sizes import full_size, interpolation
from rp_video._ticks import tolerance
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_video._decoding import Decoding
    from rp_video._types import Image, VideoInfo

_SHOWN: Final = re.compile(
    r"showinfo.* n: *\d+ pts: *(-?\d+) .*?duration: *(-?\d+) .*? s:(\d+)x(\d+) "
)
_TIME_BASE: Final = re.compile(r"showinfo.* config in time_base: (\d+)/(\d+)")


class _Shown(NamedTuple):
    number: int
    ticks: int
    length: int
    width: int
    height: int


def frames(request: Decoding) -> Generator[Frame, None, None]:
    """Yield the frames that are asked for; the pipe bounds how far ffmpeg runs ahead."""
    pipe = _Pipe(request)
    with Ffmpeg(_arguments(request), on_line=pipe.hear) as run:
        first: int | None = None
        for shown, image, end in pipe.pictures(run):
            request.tally.seen = True
            if not _is_before(shown.ticks, request.stop, pipe.time_base):
                return
            request.tally.count = shown.number + 1
            request.tally.damaged = pipe.damaged
            if request.start is not None and _is_before(shown.ticks, request.start, pipe.time_base):
                continue
            first = shown.number if first is None else first
            if (shown.number - first) % request.step == 0:
                time, length = shown.ticks * pipe.time_base, max(0, end - shown.ticks)
                yield Frame(image, shown.number, float(time), float(length * pipe.time_base))
        request.tally.at_end = True
        if not request.tally.seen:
            raise DecodeError(f"{request.path}: {run.complaint}")


def _is_before(ticks: int, time: Fraction | None, time_base: Fraction) -> bool:
    return time is None or ticks < time / time_base - tolerance(time_base)


def _arguments(request: Decoding) -> list[str]:
    info = probe(request.path, count=False) if request.size or request.alpha else None
    filters = ["showinfo=checksum=0"]
    if request.size and info and (scale := _scale(request, info)):
        filters.append(scale)
    filters.append(f"format={raw_pixels(4 if request.alpha else 3)}")
    decoder: list[str] = []
    if info and info.has_alpha and info.codec in ALPHA_DECODERS:
        decoder = ["-c:v", ALPHA_DECODERS[info.codec]]
    times = ["-fps_mode", "passthrough", "-enc_time_base", "demux"]
    output = ["-an", "-sn", "-dn", *times, "-f", "rawvideo", "pipe:1"]
    source = ffmpeg_input(request.path, "-copyts", *decoder)
    return [*source, "-map", _best(request.path), "-vf", ",".join(filters), *output]


def _best(path: str) -> str:
    """Return how ffmpeg names the stream that is the film, and not a cover."""
    from rp_video._pyav.opening import best_video, opened

    with opened(path) as container:
        return f"0:{best_video(container, path).index}"


def _scale(request: Decoding, info: VideoInfo) -> str | None:
    old = info.width, info.height
    new = full_size(request.size, *old)
    return None if new == old else f"scale={new[0]}:{new[1]}:flags={interpolation(new, old)}"


class _Pipe:
    """Puts what ffmpeg says of each picture together with its pixels."""

    def __init__(self, request: Decoding) -> None:
        self._request = request
        self._shown: SimpleQueue[_Shown | None] = SimpleQueue()
        self._count = 0
        self.damaged = 0
        self._time_base: Fraction | None = None

    @property
    def time_base(self) -> Fraction:
        """Seconds per tick.

        Raises:
            UnsupportedError: ffmpeg did not say.
        """
        if self._time_base is None:
            raise UnsupportedError("ffmpeg does not say how it counts time")
        return self._time_base

    def hear(self, line: str) -> None:
        """Take a line of the log."""
        if found := _SHOWN.search(line):
            # Its own number begins anew where the size of pictures changes.
            self._shown.put(_Shown(self._count, *map(int, found.groups())))
            self._count += 1
        elif found := _TIME_BASE.search(line):
            self._time_base = Fraction(int(found[1]), int(found[2]))
        elif "[error]" in line and not line.startswith("[rawvideo "):  # that is of the output
            self.damaged += 1

    def pictures(self, run: Ffmpeg) -> Generator[tuple[_Shown, Image, int], None, None]:
        """Yield each picture, and the time at which it has been shown."""
        before: tuple[_Shown, Image] | None = None
        step = 1
        shape: tuple[int, int, int] | None = None
        while True:
            check_wanted()
            shown = self._next(run)
            if shown is None:
                break
            width, height = full_size(self._request.size, shown.width, shown.height)
            shape = shape or (height, width, 4 if self._request.alpha else 3)
            picture = _read(run, shape)
            if picture is None:
                break
            if before:
                step = shown.ticks - before[0].ticks
                yield *before, shown.ticks
            before = shown, picture
        if before:
            yield *before, before[0].ticks + (before[0].length or step)

    def _next(self, run: Ffmpeg) -> _Shown | None:
        """Wait for what is said of the next picture; None: there is none."""
        while True:
            try:
                return self._shown.get(timeout=0.05)
            except Empty:
                check_wanted()
                if run.process.poll() is not None:
                    run.wait()
                    return None if self._shown.empty() else self._shown.get()


def _read(run: Ffmpeg, shape: tuple[int, int, int]) -> Image | None:
    """Read the pixels of one picture; None: the pipe has ended."""
    stdout: Any = run.process.stdout
    image = np.empty(shape, np.uint8)
    memory: Any = image
    view = memoryview(memory).cast("B")
    done = 0
    while done < len(view):
        got = stdout.readinto(view[done:])
        if not got:
            return None
        done += got
    return image
