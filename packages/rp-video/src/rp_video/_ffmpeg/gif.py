"""A GIF by the palettegen and paletteuse of the ffmpeg program."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import Ffmpeg, UnsupportedError
from rp_video._errors import EncodeError
from rp_video._formats import raw_pixels

if TYPE_CHECKING:
    from rp_video._save_gif import GifRequest


def encode(request: GifRequest) -> None:
    """Write a GIF whose frames are all shown equally long.

    Raises:
        UnsupportedError: They are not: a pipe has a rate, and no times.
    """
    if max(request.delays) - min(request.delays) > 1:
        raise UnsupportedError("a pipe of frames has a rate, and no times")
    rows, columns, channels = request.images.shape
    rate = f"{100 * request.images.count}/{sum(request.delays)}"
    filters = (
        f"split[a][b];[a]palettegen={request.palettegen}[p];[b][p]paletteuse={request.paletteuse}"
    )
    pixels = raw_pixels(channels)
    source = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{columns}x{rows}", "-framerate", rate]
    total, count = sum(request.delays), request.images.count
    last = max(1, total - floor(Fraction((count - 1) * total, count) + Fraction(1, 2)))
    output = ["-loop", request.repeats, "-final_delay", str(last), "-f", "gif", "-y"]
    arguments = [*source, "-i", "pipe:0", "-lavfi", filters, *output, f"file:{request.path}"]
    with Ffmpeg(arguments, feeds=True) as run:
        stdin: Any = run.process.stdin
        try:
            for image in request.images:
                run.feed(np.ascontiguousarray(image))
            stdin.close()
        except BrokenPipeError:
            pass
        if run.wait():
            raise EncodeError(f"{request.path}: {run.complaint}")
