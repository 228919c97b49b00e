"""A film written by the ffmpeg program, which gets frames through a pipe."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rp_core import Ffmpeg, UnsupportedError, check_wanted
from rp_video._encoding import TICKS
from rp_video._errors import CodecUnavailableError, EncodeError
from rp_video._ffmpeg.sound import add_sound
from rp_video._formats import raw_pixels
from rp_video._sound import JoinedSound

if TYPE_CHECKING:
    from rp_video._encoding import Encoding, Timed

_opening: dict[str, bool] = {}


class PipeWriter:
    """Writes frames at a fixed rate; the sound is added when the length of the film is known."""

    def __init__(self, request: Encoding) -> None:
        if request.time_base.denominator == TICKS:
            raise UnsupportedError("a pipe of frames has a rate, and no times; name a rate")
        if isinstance(request.sound, JoinedSound):
            raise UnsupportedError("it does not join sounds")
        if not _opens(request.traits.encoder):
            raise CodecUnavailableError(f"ffmpeg does not open {request.traits.encoder}")
        self._request = request
        self._silent = request.path if request.sound is None else f"{request.path}.silent"
        self._end = Fraction(0)
        self._run = Ffmpeg(self._arguments(request), feeds=True)

    def _arguments(self, request: Encoding) -> list[str]:
        pixels = raw_pixels(4 if request.alpha else 3)
        size = f"{request.width}x{request.height}"
        source = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", size, "-framerate", str(request.rate)]
        options = [part for key, value in request.options().items() for part in (f"-{key}", value)]
        threads = ["-threads", str(request.thread_count)]
        return [
            *source, "-i", "pipe:0", "-vf", _filters(request), "-c:v", request.traits.encoder,
            *threads, *options, *muxing(request), "-y",
            f"file:{self._silent}",
        ]  # fmt: skip

    def prepare(self, frame: Timed) -> Timed:
        """Return the frame: ffmpeg converts it."""
        return frame

    def write(self, prepared: Timed) -> None:
        """Add a frame."""
        try:
            self._run.feed(prepared.image)
        except BrokenPipeError:
            self._run.wait()
            raise EncodeError(f"{self._request.target}: {self._run.complaint}") from None
        self._end = (prepared.time + prepared.duration) * self._request.time_base

    def close(self) -> None:
        """Wait until all is written, and add the sound."""
        stdin: Any = self._run.process.stdin
        with suppress(BrokenPipeError):
            stdin.close()
        status = self._run.wait()
        self._run.close()
        if status:
            raise EncodeError(f"{self._request.target}: {self._run.complaint}")
        if self._request.sound is not None:
            add_sound(self._request, self._silent, self._end, muxing(self._request))
            os.unlink(self._silent)

    def abort(self) -> None:
        """End the program, and take away what it wrote aside."""
        self._run.close()
        if self._silent != self._request.path:
            with suppress(OSError):
                os.unlink(self._silent)


def _filters(request: Encoding) -> str:
    pixels = request.pixels
    if not pixels.startswith("yuv"):
        return f"format={pixels}"
    matrix, reach = ("bt601", "pc") if pixels.startswith("yuvj") else ("bt709", "tv")
    colors = f"in_range=pc:out_range={reach}:out_color_matrix={matrix}"
    scale = f"scale={colors}:flags=area,format={pixels}"
    if matrix == "bt709":
        tags = f"color_primaries={request.look.primaries}:color_trc={request.look.transfer}"
        scale = f"{scale},setparams=range=tv:colorspace=bt709:{tags}"
    return f"{scale},setsar={request.look.aspect.numerator}/{request.look.aspect.denominator}"


def muxing(request: Encoding) -> list[str]:
    """Return what names the format, and its options."""
    options = (part for name, value in request.container.options for part in (f"-{name}", value))
    return ["-f", request.container.muxer, *options]


def _opens(encoder: str) -> bool:
    """Return whether an encoder that is listed also works here: it encodes one frame."""
    if encoder not in _opening:
        source = ["-f", "lavfi", "-i", "color=s=64x64:d=0.04:r=25", "-frames:v", "1"]
        with Ffmpeg([*source, "-c:v", encoder, "-f", "null", "-"]) as run:
            works = run.wait() == 0
        check_wanted()  # ended by a caller who went away, it says nothing of the encoder
        _opening[encoder] = works
    return _opening[encoder]
