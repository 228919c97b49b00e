"""Another rate, by libswresample."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
import av.filter
import numpy as np

from rp_core import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_audio._types import Samples

# The filter that it has by default lets -33 dB of alias through, just above the band.
_FILTER: Final = "filter_size=128:phase_shift=10:kaiser_beta=14:cutoff=0.95"
_MOST: Final = 1 << 20
_MOST_CHANNELS: Final = 63


class Converter:
    """Changes the rate of sound that comes block by block."""

    def __init__(self, channels: int, old: int, new: int) -> None:
        if channels > _MOST_CHANNELS:
            raise UnsupportedError(f"FFmpeg resamples {_MOST_CHANNELS} channels at most")
        self._channels, self._old = channels, old
        graph = self._graph = av.filter.Graph()
        layout = f"{channels}C" if channels > 2 else ("mono", "stereo")[channels - 1]
        self._layout = layout
        about = f"sample_rate={old}:sample_fmt=flt:channel_layout={layout}:time_base=1/{old}"
        self._source: Any = graph.add("abuffer", about)
        resample = graph.add("aresample", f"{new}:{_FILTER}")
        self._sink: Any = graph.add("abuffersink")
        self._source.link_to(resample)
        resample.link_to(self._sink)
        graph.configure()
        self._at = 0

    def __call__(self, block: Samples, *, last: bool) -> Samples:
        """Return what can be told so far; with the last block, all that is left."""
        parts: list[Samples] = []
        for start in range(0, len(block), _MOST):
            self._push(block[start : start + _MOST])
            parts += self._pulled()
        if last:
            self._source.push(None)
            parts += self._pulled()
        return np.concatenate(parts) if parts else np.empty((0, self._channels), np.float32)

    def _push(self, block: Samples) -> None:
        flat = np.ascontiguousarray(block).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, "flt", self._layout)
        frame.sample_rate, frame.pts = self._old, self._at
        frame.time_base = Fraction(1, self._old)
        self._at += len(block)
        self._source.push(frame)

    def _pulled(self) -> Iterator[Samples]:
        while True:
            try:
                frame = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            yield frame.to_ndarray().reshape(-1, self._channels)
