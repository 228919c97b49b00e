"""The samples of decoded frames, without another pass of FFmpeg over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np

if TYPE_CHECKING:
    from rp_audio._types import Samples

# Of each sample format: what it is in numpy, what is silence, and what is full scale.
_FORMATS: Final = {
    "u8": (np.uint8, 128.0, 128.0),
    "s16": (np.int16, 0.0, 32768.0),
    "s32": (np.int32, 0.0, 2147483648.0),
    "s64": (np.int64, 0.0, 9223372036854775808.0),
    "flt": (np.float32, 0.0, 1.0),
    "dbl": (np.float64, 0.0, 1.0),
}


class FrameReader:
    """Takes the samples out of frames that are like the first one.

    Frames of another rate, layout or format, as joined files have them, are brought to that.
    """

    def __init__(self, first: Any) -> None:
        self.channels = int(first.layout.nb_channels)
        self._rate, self._layout = first.sample_rate, first.layout
        self._kind = first.format.name
        self._dtype, self._silence, self._scale = _FORMATS[first.format.packed.name]
        self._is_planar = first.format.is_planar and self.channels > 1
        self._fitting: Any = None

    def fits(self, frame: Any) -> bool:
        """Return whether a frame is like the first one."""
        if frame.sample_rate != self._rate or frame.format.name != self._kind:
            return False
        return bool(frame.layout.nb_channels == self.channels)

    def fitted(self, frame: Any) -> list[Any]:
        """Return frames like the first one, which together are a frame that is not."""
        if self._fitting is None:
            self._fitting = av.AudioResampler(self._kind, self._layout, self._rate)
        return list(self._fitting.resample(frame))

    def read(self, frame: Any, begin: int, end: int, out: Samples) -> None:
        """Write the samples between two numbers, float32 (n, channels)."""
        if self._is_planar:
            for channel, plane in enumerate(frame.planes):
                self._scaled(np.frombuffer(plane, self._dtype, end)[begin:], out[:, channel])
        else:
            count = end * self.channels
            table = np.frombuffer(frame.planes[0], self._dtype, count)
            self._scaled(table.reshape(end, self.channels)[begin:], out)

    def _scaled(self, samples: Any, out: Samples) -> None:
        if self._scale == 1.0:
            with np.errstate(over="ignore"):
                out[...] = samples
        elif self._silence:
            out[...] = (samples - self._silence) / self._scale
        else:
            np.multiply(samples, 1 / self._scale, out=out, casting="unsafe")
