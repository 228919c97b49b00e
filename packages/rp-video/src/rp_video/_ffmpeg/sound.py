"""Sound that the ffmpeg program puts beside a film."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rp_core import Ffmpeg, ffmpeg_input
from rp_video._errors import EncodeError
from rp_video._sound import ArraySound, FileSound

if TYPE_CHECKING:
    from rp_video._encoding import Encoding


def add_sound(request: Encoding, silent: str, end: Fraction, muxing: list[str]) -> None:
    """Write a film that is there without its sound, with it, up to where the film ends.

    Raises:
        EncodeError: ffmpeg cannot.
        ValueError: The file has no sound.
    """
    samples: str | None = None
    try:
        if isinstance(request.sound, ArraySound):
            samples = _written(request.sound)
            layout = ["-ar", str(request.sound.rate), "-ac", str(request.sound.samples.shape[1])]
            sound = ["-f", "f32le", *layout, "-i", f"file:{samples}", "-map", "1:a:0"]
            sound += ["-af", f"atrim=end={float(end)}"]
        else:
            sound = _of_file(request.sound, end) if isinstance(request.sound, FileSound) else []
        source = ["-i", f"file:{silent}", *sound, "-map", "0:v:0", "-c:v", "copy"]
        target = ["-c:a", request.container.sound, *muxing, "-y"]
        with Ffmpeg([*source, *target, f"file:{request.path}"]) as run:
            if run.wait():
                raise EncodeError(f"{request.target}: {run.complaint}")
    finally:
        if samples:
            with suppress(OSError):
                os.unlink(samples)


def _written(sound: ArraySound) -> str:
    with tempfile.NamedTemporaryFile(suffix=".f32", delete=False) as file:
        file.write(sound.samples.tobytes())
    return file.name


def _of_file(sound: FileSound, end: Fraction) -> list[str]:
    from rp_video._pyav.opening import opened

    with opened(sound.path) as given:
        stream: Any = given.streams.best("audio")
        number = stream.index if stream else None
        origin = Fraction(given.start_time or 0, 1_000_000)
    if number is None:
        if sound.optional:
            return []
        raise ValueError(f"there is no sound in {sound.path}")
    start = sound.start - origin  # ffmpeg counts from where the file begins
    stop = start + end if sound.stop is None else min(start + end, sound.stop - origin)
    cut = f"atrim=start={float(max(Fraction(0), start))}:end={float(stop)}"
    moved = f"{cut},asetpts=PTS-({float(start)})/TB,aresample=async=1:first_pts=0"
    source = [*ffmpeg_input(sound.path), "-map", f"1:{number}"]
    return [*source, "-af", moved]
