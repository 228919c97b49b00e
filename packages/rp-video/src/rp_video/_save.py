"""Write a film."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import rp_core.sync
from rp_core import atomic_write, check_wanted, reporting, writable_path
from rp_video._encoding import TICKS, Choices, Encoding, Timed, choices_of, image_of, same_shape
from rp_video._open_writer import open_writer
from rp_video._sound import sound_of
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterator, Sequence

    from rp_core import Progress
    from rp_video._encoding import Writer
    from rp_video._reporting import Report
    from rp_video._sound import Audio, Sound
    from rp_video._types import Image, Rate

DEFAULT_RATE: Final = Fraction(30)


def save(
    path: str | os.PathLike[str],
    frames: Iterable[Image | Frame] | AsyncIterable[Image | Frame],
    *,
    rate: Rate | None = None,
    codec: str | None = None,
    crf: int | None = None,
    preset: str | None = None,
    audio: Audio | None = None,
    allow_lossy_codec: bool = False,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> None:
    """Write a film from frames, which are taken one by one as they are encoded.

    Args:
        path: Destination; its suffix names the format: .mp4 .m4v .mov .mkv .webm .avi .gif. It
            takes its place when it is whole.
        frames: Arrays (H, W, 3) RGB, (H, W, 4) RGBA or (H, W) gray, uint8, or `Frame`s: a list, any
            iterable, on an event loop also an async iterable. All have the size of the first; where
            it is odd, the last row or column is repeated, as pixels share their colours by two.
        rate: Frames a second, such as 25 or Fraction(30000, 1001). None: `Frame`s keep their times,
            counted from the first one; arrays are shown 30 a second.
        codec: "h264" (default), "hevc", "vp9" (.webm), "av1", "prores", "ffv1", "mjpeg" or "mpeg4".
            Colours are BT.709, and say so. RGBA needs vp9, prores or ffv1.
        crf: Quality, lower is better: by default 20 of h264, 23 of hevc, 31 of vp9, 30 of av1.
        preset: Speed as the encoder names it: "veryfast" to "veryslow" of h264 and hevc, "0" to
            "13" of av1, "0" to "8" of vp9.
        audio: Its sound: of a file, copied where the format holds it and else encoded; or samples,
            float32 (n, channels) in -1..1, with their rate: `(samples, 48000)`, or anything that
            has `samples` and `rate`. It begins with the film, and ends with it at the latest.
        allow_lossy_codec: Whether MPEG-4 part 2, by OpenCV, will do where nothing else is there.
        backend: "pyav", "ffmpeg" or "opencv" alone, or an order of these. None: the first that can.
        progress: True shows a bar on stderr; a callable receives a `Progress` for each frame.

    Raises:
        TypeError: A frame is no uint8 array; or an argument has the wrong type.
        ValueError: There is no frame, the size of frames changes, or an argument makes no sense.
        CodecUnavailableError: No backend opens the codec.
        EncodeError: The film could not be written.
        OSError: The file could not be written; the old one stays.
    """
    target = writable_path(path)
    if target.lower().endswith(".gif"):
        from rp_video._save_gif import save_gif

        if codec or audio or crf is not None or preset:
            raise ValueError("a gif has no codec, crf, preset or sound")
        save_gif(path, frames, rate=rate, backend=backend, progress=progress)
        return
    choices = choices_of(target, rate=rate, codec=codec, crf=crf, preset=preset)
    sound = sound_of(audio)
    write_film(
        choices, frames, sound=sound, backend=backend, progress=progress,
        allow_lossy_codec=allow_lossy_codec,
    )  # fmt: skip


def write_film(
    choices: Choices,
    frames: Any,
    *,
    sound: Sound | None = None,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
    **how: Any,
) -> None:
    """Write frames as they come, with the choices that were checked.

    Raises:
        TypeError, ValueError, EncodeError, OSError: As `save`.
    """
    ask = open_writer.using(backend)
    items = frame_iterator(frames)
    first = next(items, None)
    if first is None:
        raise ValueError("a film needs at least one frame")
    with reporting(progress, count_of(frames)) as report, atomic_write(choices.path) as file:
        request = _request(choices, first, file.name, sound, how)
        writer = ask(request)
        _write_all(writer, request, choices.rate, chain([first], items), report)


def count_of(frames: Any) -> int | None:
    """Return how many frames there are; None where only going through them tells."""
    return len(frames) if hasattr(frames, "__len__") else None


def frame_iterator(frames: Any) -> Iterator[Image | Frame]:
    """Return an iterator over what was given as frames.

    Raises:
        TypeError: It is no iterable, or an async one without a loop.
    """
    if hasattr(frames, "__aiter__"):
        raise TypeError("an async iterable of frames needs the async face")
    if isinstance(frames, (str, bytes, Frame)) or not isinstance(frames, Iterable):
        raise TypeError(f"frames must be an iterable of arrays, not {type(frames).__name__!r}")
    return iter(frames)


def _request(
    choices: Choices, first: Any, path: str, sound: Sound | None, how: dict[str, Any]
) -> Encoding:
    image = image_of(first)
    rate, time_base = _timing(choices, first)
    request = Encoding(
        path=path,
        target=choices.path,
        container=choices.container,
        codec=choices.codec,
        width=image.shape[1] + image.shape[1] % 2,
        height=image.shape[0] + image.shape[0] % 2,
        rate=rate,
        time_base=time_base,
        crf=choices.crf,
        preset=choices.preset,
        alpha=image.shape[2] == 4,
        sound=sound,
        **how,
    )
    if request.alpha and request.traits.alpha is None:
        raise ValueError(f"{request.codec} holds no alpha; give RGB, or take vp9, prores or ffv1")
    return request


def _timing(choices: Choices, first: Any) -> tuple[Fraction, Fraction]:
    """Return about how many frames there are in a second, and the seconds of a tick."""
    if choices.rate is not None or not isinstance(first, Frame):
        rate = choices.rate or DEFAULT_RATE
        return rate, 1 / rate
    rate = DEFAULT_RATE
    if first.duration > 0:
        rate = min(Fraction(1000), max(Fraction(1, 100), 1 / Fraction(first.duration)))
        rate = rate.limit_denominator(1001)
    # An AVI has no times, only a rate.
    return rate, 1 / rate if choices.container.muxer == "avi" else Fraction(1, TICKS)


def _write_all(
    writer: Writer, request: Encoding, rate: Fraction | None, items: Any, report: Report
) -> None:
    frames = _timed(request, rate, items)
    # One frame is converted while the one before is encoded; in a slot of the budget it would wait
    # for functions that take much longer than it does.
    work = rp_core.sync.thread_map(writer.prepare, frames, limit=1, buffer=1)
    try:
        with work as pictures:
            for count, picture in enumerate(pictures, 1):
                check_wanted()
                writer.write(picture)
                report(count)
        writer.close()
    except BaseException:
        with suppress(Exception):
            writer.abort()
        raise


def _timed(request: Encoding, rate: Fraction | None, items: Any) -> Iterator[Timed]:
    """Yield each frame as it is to be encoded."""
    clock = _Clock(request.time_base, keeps_times=rate is None)
    shape: tuple[int, ...] = ()
    for item in items:
        image = image_of(item)
        shape = same_shape(shape, image)
        padded = _padded(image, request)
        if padded is image and not isinstance(item, Frame):
            padded = image.copy()  # the caller may use one buffer for all frames
        yield Timed(padded, *clock.time(item))


class _Clock:
    """Counts in ticks when frames are shown: one after the other, or as they say."""

    def __init__(self, time_base: Fraction, *, keeps_times: bool) -> None:
        self._time_base = time_base
        self._keeps_times = keeps_times
        self._origin: float | None = None
        self._next = 0

    def time(self, item: Any) -> tuple[int, int]:
        """Return time and duration of the next frame."""
        time, duration = self._next, 1
        if self._keeps_times and isinstance(item, Frame):
            if self._origin is None:
                self._origin = item.time
            time = max(time, self._ticks(item.time - self._origin))
            end = self._ticks(item.time - self._origin + item.duration)
            duration = max(1, end - time)
        elif self._keeps_times:
            duration = max(1, self._ticks(1 / DEFAULT_RATE))
        self._next = time + (1 if isinstance(item, Frame) else duration)
        return time, duration

    def _ticks(self, seconds: float | Fraction) -> int:
        return round(Fraction(seconds) / self._time_base)


def _padded(image: Image, request: Encoding) -> Image:
    import numpy as np

    rows, columns = request.height - image.shape[0], request.width - image.shape[1]
    if rows or columns:
        return np.pad(image, ((0, rows), (0, columns), (0, 0)), mode="edge")
    return image if image.flags.c_contiguous else np.ascontiguousarray(image)
