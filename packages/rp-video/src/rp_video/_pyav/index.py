"""Which frames a film has, found without decoding where possible."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import cached
from rp_video._cut_off import is_cut_off
from rp_video._errors import DecodeError
from rp_video._pyav.film import Film
from rp_video._ticks import tolerance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ticks = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FrameIndex:
    """The frames of a film in the order in which they are shown.

    Attributes:
        times: When each is shown, in ticks, int64.
        keys: Times of the key frames, in ticks, int64; empty where seeking is not to be trusted.
        time_base: Seconds per tick.
        last: Ticks for which the last one is shown.
    """

    times: Ticks
    keys: Ticks
    time_base: Fraction
    last: int

    def __len__(self) -> int:
        return len(self.times)

    @property
    def start(self) -> Fraction:
        """Time of the first frame in seconds."""
        return int(self.times[0]) * self.time_base

    @property
    def end(self) -> Fraction:
        """Time at which the last frame has been shown, in seconds."""
        return (int(self.times[-1]) + self.last) * self.time_base

    def first_from(self, time: Fraction) -> int:
        """Return the number of the first frame that is not earlier, as `tolerance` has it."""
        ticks = ceil(time / self.time_base - tolerance(self.time_base))
        later = np.flatnonzero(self.times >= ticks)  # times of a file that was joined may go back
        return int(later[0]) if len(later) else len(self)

    def shown_at(self, time: Fraction) -> int:
        """Return the number of the frame that is shown at a time, as `tolerance` has it."""
        ticks = floor(time / self.time_base + tolerance(self.time_base))
        earlier = np.flatnonzero(self.times <= ticks)
        return int(earlier[-1]) if len(earlier) else -1

    def duration(self, number: int) -> Fraction:
        """Return for how many seconds a frame is shown."""
        if number + 1 < len(self):
            return int(self.times[number + 1] - self.times[number]) * self.time_base
        return self.last * self.time_base


@cached(maxsize=64, copy=False)
def index_of(path: Path) -> FrameIndex:
    """Return which frames a film has; it is remembered while the file stays as it is.

    Raises:
        DecodeError: There is none.
    """
    with Film(str(path)) as film:
        # The last piece of a file that is cut off is there, and may not decode.
        if not film.counts_in_storage_order and not is_cut_off(str(path)):
            first = next(film.pictures(), None)
            if first is not None and (found := _from_packets(str(path), first.pts or 0)):
                return found
    return _from_pictures(str(path))


def _from_packets(path: str, first: int) -> FrameIndex | None:
    """Read the times from the packets, or return None where they are not complete and unique.

    Args:
        path: The file.
        first: Time of the first picture that decodes; those before are lost.
    """
    times: list[int] = []
    keys: list[int] = []
    lengths: dict[int, int] = {}
    with Film(path) as film:
        for packet in film.packets():
            if packet.is_discard or (film.codec == "vp8" and is_hidden(packet)):
                continue
            if packet.pts is None or (packet.pts < first and len(keys) > 1):
                return None
            if packet.pts >= first:
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
                lengths[packet.pts] = packet.duration or 0
        ordered = np.unique(np.array(times, np.int64))
        if len(ordered) != len(times) or not len(ordered) or ordered[0] != first:
            return None
        if film.stream.codec_context.pix_fmt == "pal8":
            keys.clear()  # the palette may come with the first packets only
        last = lengths[int(ordered[-1])] or _usual(ordered)
        return _index(ordered, np.unique(np.array(keys, np.int64)), film.time_base, last)


def _from_pictures(path: str) -> FrameIndex:
    """Decode the whole film to see which pictures it has."""
    times: list[int] = []
    length = 0
    with Film(path) as film:
        for picture in film.pictures():
            times.append(picture.pts or 0)
            length = 0 if film.counts_in_storage_order else picture.duration
        if not times:
            raise DecodeError(f"{path}: no picture of it decodes")
        ordered = np.array(times, np.int64)
        return _index(ordered, ordered[:0], film.time_base, length or _usual(ordered))


def is_hidden(packet: Any) -> bool:
    """Return whether a packet of VP8 has a frame that is never shown (RFC 6386, 9.1)."""
    return not bytes(packet)[0] >> 4 & 1


def _usual(times: Ticks) -> int:
    return int(np.median(np.diff(times))) if len(times) > 1 else 1


def _index(times: Any, keys: Any, time_base: Fraction, last: int) -> FrameIndex:
    times.flags.writeable = keys.flags.writeable = False
    return FrameIndex(times, keys, time_base, last)
