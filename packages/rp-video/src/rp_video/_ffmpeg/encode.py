"""A film written by the ffmpeg program, which gets frames through a pipe."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rp_core import UnsupportedError, cpu_limit
from rp_video._encoding import TICKS
from rp_video._errors import CodecUnavailableError, EncodeError
from rp_video._ffmpeg.program import PROTOCOLS, Run
from rp_video._sound import ArraySound, FileSound, JoinedSound

if TYPE_CHECKING:
    from rp_video._encoding import Encoding
    from rp_video._types import Image


_BT709: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


class PipeWriter:
    """Writes frames at a fixed rate."""

    def __init__(self, request: Encoding) -> None:
        if request.time_base.denominator == TICKS:
            raise UnsupportedError("a pipe of frames has a rate, and no times; name a rate")
        if not _opens(request.traits.encoder):
            raise CodecUnavailableError(f"ffmpeg does not open {request.traits.encoder}")
        self._path = request.path
        self._samples: str | None = None
        self._run: Run | None = None
        try:
            self._run = Run(self._arguments(request), feeds=True)
        except BaseException:
            self.abort()
            raise

    def _arguments(self, request: Encoding) -> list[str]:
        pixels = "rgba" if request.alpha else "rgb24"
        size = f"{request.width}x{request.height}"
        source = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", size, "-framerate", str(request.rate)]
        sound_in, sound_out = self._sound(request)
        options = [part for key, value in request.options().items() for part in (f"-{key}", value)]
        threads = ["-threads", str(request.threads or cpu_limit())]
        return [
            *source, "-i", "pipe:0", *sound_in, "-map", "0:v:0", *sound_out,
            "-vf", _filters(request), "-c:v", request.traits.encoder, *threads, *options,
            "-f", request.container.muxer, *_muxing(request), "-y",
            f"file:{request.path}",
        ]  # fmt: skip

    def _sound(self, request: Encoding) -> tuple[list[str], list[str]]:
        sound, encoder = request.sound, request.container.sound
        if sound is None:
            return [], []
        if isinstance(sound, ArraySound):
            with tempfile.NamedTemporaryFile(suffix=".f32", delete=False) as file:
                self._samples = file.name
                file.write(sound.samples.tobytes())
            layout = ["-ar", str(sound.rate), "-ac", str(sound.samples.shape[1])]
            source = ["-f", "f32le", *layout, "-i", f"file:{self._samples}"]
            return source, ["-map", "1:a:0", "-c:a", encoder, "-shortest"]
        if isinstance(sound, JoinedSound):
            raise UnsupportedError("it does not join sounds")
        return self._file_sound(sound, request)

    def _file_sound(self, sound: FileSound, request: Encoding) -> tuple[list[str], list[str]]:
        from rp_video._pyav.opening import opened

        with opened(sound.path) as given:
            stream: Any = given.streams.best("audio")
            name = stream.codec_context.codec.canonical_name if stream else None
        if name is None:
            if sound.optional:
                return [], []
            raise ValueError(f"there is no sound in {sound.path}")
        holds = not request.container.sounds or name in request.container.sounds
        part = ["-ss", str(float(sound.start))] if sound.start > 0 else []
        if sound.stop is not None:
            part += ["-to", str(float(sound.stop))]
        source = [*PROTOCOLS, *part, "-i", f"file:{sound.path}"]
        how = "copy" if holds else request.container.sound
        return source, ["-map", "1:a:0", "-c:a", how, "-shortest"]

    def write(self, image: Image, time: int, duration: int) -> None:  # noqa: ARG002
        """Add a frame."""
        run = self._running
        try:
            run.feed(image)
        except BrokenPipeError:
            run.wait()
            raise EncodeError(f"{self._path}: {run.complaint}") from None

    @property
    def _running(self) -> Run:
        if self._run is None:
            raise ValueError("the film has been written")
        return self._run

    def close(self) -> None:
        """Wait until all is written."""
        run = self._running
        stdin: Any = run.process.stdin
        with suppress(BrokenPipeError):
            stdin.close()
        status = run.wait()
        self.abort()
        if status:
            raise EncodeError(f"{self._path}: {run.complaint}")

    def abort(self) -> None:
        """End the program, and take its temporary file away."""
        if self._run:
            self._run.close()
        if self._samples:
            with suppress(OSError):
                os.unlink(self._samples)


def _filters(request: Encoding) -> str:
    pixels = request.pixels
    if not pixels.startswith("yuv"):
        return f"format={pixels}"
    matrix, reach = ("bt601", "pc") if pixels.startswith("yuvj") else ("bt709", "tv")
    colors = f"in_range=pc:out_range={reach}:out_color_matrix={matrix}"
    scale = f"scale={colors}:flags=area,format={pixels}"
    return f"{scale},{_BT709}" if matrix == "bt709" else scale


def _muxing(request: Encoding) -> list[str]:
    if request.container.muxer in {"mp4", "mov"}:
        return ["-movflags", "+faststart"]
    return ["-avoid_negative_ts", "disabled"] if request.container.muxer == "avi" else []


@lru_cache(maxsize=32)
def _opens(encoder: str) -> bool:
    """Return whether an encoder that is listed also works here: it encodes one frame."""
    source = ["-f", "lavfi", "-i", "color=s=64x64:d=0.04:r=25", "-frames:v", "1"]
    with Run([*source, "-c:v", encoder, "-f", "null", "-"]) as run:
        return run.wait() == 0
