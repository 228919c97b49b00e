"""Sound written by the ffmpeg program, which gets samples through a pipe."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_audio._errors import EncodeError
from rp_audio._lossy import lossy_options
from rp_core import Ffmpeg

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding


def encode(request: Encoding) -> None:
    """Write a file.

    Raises:
        EncodeError: It cannot be written.
    """
    source = ["-f", "f32le", "-ar", str(request.rate), "-ac", str(request.channels), "-i", "pipe:0"]
    bit_rate, options = lossy_options(request)
    chosen = [part for name, value in options.items() for part in (f"-{name}:a", value)]
    chosen += ["-b:a", str(bit_rate)] if bit_rate else []
    output = ["-c:a", request.format.encoder, *chosen, "-f", request.format.muxer, "-y"]
    with Ffmpeg([*source, *output, f"file:{request.path}"], feeds=True) as run:
        stdin: Any = run.process.stdin
        with suppress(BrokenPipeError):
            for piece in request.pieces():
                run.feed(np.ascontiguousarray(piece, "<f4"))
            stdin.close()
        if run.wait():
            raise EncodeError(f"{request.target}: {run.complaint}")
