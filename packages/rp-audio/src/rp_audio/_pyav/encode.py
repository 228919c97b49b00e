"""Sound written by FFmpeg in this process."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np

from rp_audio._errors import EncodeError
from rp_audio._lossy import lossy_options
from rp_audio._pyav.opening import translated
from rp_core import UnsupportedError

if TYPE_CHECKING:
    from rp_audio._encoding import Encoding

_LAMBDA: Final = 118  # FF_QP2LAMBDA, in which FFmpeg counts quality
LAYOUTS: Final = ("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1")


def encode(request: Encoding) -> None:
    """Write a file.

    Raises:
        EncodeError: It cannot be written.
        UnsupportedError: There is no such encoder.
    """
    encoder = request.format.encoder
    if encoder not in av.codecs_available:
        raise UnsupportedError(f"PyAV has no encoder {encoder}")
    layout = LAYOUTS[request.channels - 1]
    with translated(request.target, EncodeError):
        output = av.open(f"file:{request.path}", "w", format=request.format.muxer)
        with output:
            track: Any = output.add_stream(encoder, rate=request.rate, layout=layout)
            bit_rate, options = lossy_options(request)
            if bit_rate:
                track.bit_rate = bit_rate
            if quality := options.get("q"):
                track.options = {
                    "flags": "+qscale",
                    "global_quality": str(round(float(quality) * _LAMBDA)),
                }
            _write(request, output, track, layout)


def _write(request: Encoding, output: Any, track: Any, layout: str) -> None:
    at = 0
    for piece in request.pieces():
        flat = np.ascontiguousarray(piece).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, "flt", layout)
        frame.sample_rate, frame.pts = request.rate, at
        frame.time_base = Fraction(1, request.rate)
        at += len(piece)
        output.mux(track.encode(frame))
    output.mux(track.encode(None))
