"""Sound on its way to a device, as 16-bit integers."""

from __future__ import annotations

from collections import deque
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from rp_audio._encoded import encoded_of
from rp_audio._encoding import quantized
from rp_audio._flow import flow_of
from rp_audio._given import audio_of
from rp_audio._options import check_options
from rp_audio._source_error import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TypeAlias

    from rp_audio._types import Samples, Sound
    from rp_core import Source

    Blocks: TypeAlias = Generator[Samples, None, None]

_CHUNK: Final = 1 << 13


class Feed:
    """Hands out sound piece by piece; what a device did not take is put back.

    Args:
        rate: Samples a second.
        channels: Number of channels.
        blocks: The samples.
        again: Makes them once more.
        volume: A factor for them.

    Attributes:
        rate: Samples a second.
        channels: Number of channels.
        taken: Samples of each channel that have been handed out.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        blocks: Blocks,
        again: Callable[[], Blocks],
        volume: float,
    ) -> None:
        self.rate, self.channels = rate, channels
        self.taken = 0
        self._blocks, self._again = blocks, again
        self._volume = volume
        self._returned: deque[Any] = deque()
        self._lock = Lock()

    def rewind(self) -> None:
        """Begin anew, for another device."""
        with self._lock:
            if self.taken:
                self._blocks.close()
                self._blocks = self._again()
                self._returned.clear()
                self.taken = 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return 2 * self.channels

    def take(self) -> Any:
        """Return the next samples, int16 (n, channels), n not 0; None: there are no more."""
        with self._lock:
            piece = self._returned.popleft() if self._returned else self._next()
            if piece is not None:
                self.taken += len(piece)
            return piece

    def put_back(self, piece: Any) -> None:
        """Return samples, which are then the next to be handed out."""
        with self._lock:
            self._returned.appendleft(piece)
            self.taken -= len(piece)

    def fill(self, buffer: Any) -> int:
        """Write the next samples into a buffer of bytes, and silence after the last.

        Returns:
            How many samples of each channel there were; fewer than there is room for: all.
        """
        view = memoryview(buffer).cast("B")
        size = self.frame_bytes
        done = 0
        while done < len(view) and (piece := self.take()) is not None:
            room = (len(view) - done) // size
            if len(piece) > room:
                self.put_back(piece[room:])
                piece = piece[:room]
            data = piece.tobytes()
            view[done : done + len(data)] = data
            done += len(data)
        view[done:] = bytes(len(view) - done)
        return done // size

    def close(self) -> None:
        """Close the file that the sound comes from."""
        with self._lock:
            self._blocks.close()

    def _next(self) -> Any:
        try:
            block = next(self._blocks, None)
        except Exception as error:
            raise SourceError(error) from error
        if block is None:
            return None
        import numpy as np

        if self._volume != 1:
            block = block * np.float32(self._volume)
        return quantized(np.clip(block, -1, 1), 16).astype("<i2", copy=False)


def feed_of(source: Source | Sound, *, volume: float, urls: bool) -> Feed:
    """Return what a source sounds like, to be played.

    Raises:
        Exception: As `load`; or, where it is sound already, what `audio_of` raises.
    """
    if isinstance(source, tuple):
        audio = audio_of(source)
        again = partial(_sliced, audio.samples)
        return Feed(audio.rate, audio.channels, again(), again, volume)
    encoded = encoded_of(source, urls=urls)
    options = check_options(chunk=_CHUNK)
    flow = flow_of(encoded, options)
    return Feed(
        flow.rate, flow.channels, flow.blocks, lambda: flow_of(encoded, options).blocks, volume
    )


def _sliced(samples: Samples) -> Blocks:
    for start in range(0, len(samples), _CHUNK):
        yield samples[start : start + _CHUNK]
