"""Write an animated GIF."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from rp_core import Fallback, atomic_write, check_int, extra, find_ffmpeg, reporting, writable_path
from rp_video._encoding import as_rate
from rp_video._errors import EncodeError
from rp_video._save import count_of, frame_iterator
from rp_video._spool import Given, Spool
from rp_video._types import Frame

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterable, Callable, Iterable, Sequence

    from rp_core import Progress
    from rp_video._reporting import Report
    from rp_video._types import Image, Rate

Dither: TypeAlias = Literal["bayer", "sierra2_4a", "floyd_steinberg", "none"]
_DITHERS: Final = ("bayer", "sierra2_4a", "floyd_steinberg", "none")
_DEFAULT_RATE: Final = Fraction(10)
_MOST_DELAY: Final = 65535


@dataclass(frozen=True, slots=True)
class GifRequest:
    """A GIF to be written.

    Attributes:
        path: Where to write; not the destination itself.
        images: The frames, which can be gone through again.
        delays: For how many hundredths of a second each is shown.
        loop: How often all are shown; 0: for ever.
        colors: Size of the palette.
        dither: How colours that are not in it are mixed.
    """

    path: str
    images: Spool | Given
    delays: tuple[int, ...]
    loop: int
    colors: int
    dither: Dither

    @property
    def repeats(self) -> str:
        """How often it is shown again, as FFmpeg counts: -1 for never, 0 for ever."""
        return str(-1 if self.loop == 1 else max(0, self.loop - 1))

    @property
    def palettegen(self) -> str:
        """Options of the filter that makes the palette."""
        return f"stats_mode=full:max_colors={self.colors}"

    @property
    def paletteuse(self) -> str:
        """Options of the filter that reduces to the palette."""
        scale = ":bayer_scale=5" if self.dither == "bayer" else ""
        return f"dither={self.dither}{scale}:diff_mode=rectangle"


encode_gif: Fallback[[GifRequest], None] = Fallback("rp_video.save_gif", error=EncodeError)


@encode_gif.via(needs="av")
def pyav(request: GifRequest) -> None:
    from rp_video._pyav.gif import encode

    encode(request)


@encode_gif.via(install=extra("ffmpeg"), check=find_ffmpeg)
def ffmpeg(request: GifRequest) -> None:
    from rp_video._ffmpeg.gif import encode

    encode(request)


@encode_gif.via(needs="PIL", install=extra("pillow"))
def pillow(request: GifRequest) -> None:
    from rp_video._gif_pillow import encode

    encode(request)


def save_gif(
    path: str | os.PathLike[str],
    frames: Iterable[Image | Frame] | AsyncIterable[Image | Frame],
    *,
    rate: Rate | None = None,
    loop: int = 0,
    colors: int = 256,
    dither: Dither = "bayer",
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> None:
    """Write an animated GIF with one palette, made from all of its frames.

    The palette is known when the last frame is: until then, frames that are not given as a list
    are kept, beyond 128 MiB in a temporary file.

    Args:
        path: Destination. It takes its place when it is whole.
        frames: As in `save`; where RGBA is more than half transparent, the GIF is transparent.
        rate: Frames a second. None: `Frame`s keep their times, arrays are shown 10 a second. A GIF
            counts in hundredths of a second: rounding is carried on, so that the sum stays right.
        loop: How often it is shown, at most 65536 times; 0: for ever.
        colors: Size of the palette, 4 to 256.
        dither: How colours that it lacks are mixed: "bayer" is smallest, "sierra2_4a" and
            "floyd_steinberg" are finer, "none" has bands.
        backend: "pyav", "ffmpeg" or "pillow" alone, or an order of these. None: the first that can.
            Pillow takes "bayer" for "none".
        progress: True shows a bar on stderr; a callable receives a `Progress` for each frame.

    Raises:
        TypeError: A frame is no uint8 array; or an argument has the wrong type.
        ValueError: There is no frame, the size of frames changes, or an argument makes no sense.
        EncodeError: It could not be written.
        OSError: The file could not be written; the old one stays.
    """
    target = writable_path(path)
    _check(loop, colors, dither)
    speed = as_rate(rate)
    ask = encode_gif.using(backend)
    with ExitStack() as stack:
        report = stack.enter_context(reporting(progress, count_of(frames)))
        images, times = _kept(stack, frames, speed, report)
        with atomic_write(target) as file:
            ask(GifRequest(file.name, images, tuple(_delays(times)), loop, colors, dither))


def _check(loop: object, colors: object, dither: object) -> None:
    check_int("loop", loop, 0, 65536)
    check_int("colors", colors, 4, 256)
    if dither not in _DITHERS:
        raise ValueError(f"dither must be one of {', '.join(_DITHERS)}, not {dither!r}")


def _kept(
    stack: ExitStack, frames: Any, rate: Fraction | None, report: Report
) -> tuple[Spool | Given, list[Fraction]]:
    """Return the frames, to be gone through again, and for how many seconds each is shown."""
    lengths: list[Fraction] = []
    spool = None if isinstance(frames, (list, tuple)) else stack.enter_context(Spool())
    for count, item in enumerate(frame_iterator(frames), 1):
        if spool is not None:
            spool.add(item)
        own = Fraction(item.duration) if isinstance(item, Frame) and not rate else None
        lengths.append(own or 1 / (rate or _DEFAULT_RATE))
        report(count)
    if not lengths:
        raise ValueError("a gif needs at least one frame")
    return (Given(frames) if spool is None else spool), lengths


def _delays(lengths: list[Fraction]) -> list[int]:
    """Round lengths to hundredths of a second, carrying on what is rounded."""
    delays: list[int] = []
    time = Fraction(0)
    shown = 0
    for length in lengths:
        time += length * 100
        delay = max(1, round(time) - shown)
        if delay > _MOST_DELAY:
            raise ValueError("a frame of a gif is shown for 655 s at most")
        shown += delay
        delays.append(delay)
    if shown > round(time) + 1:
        raise ValueError("a gif shows at most 100 frames a second")
    return delays
