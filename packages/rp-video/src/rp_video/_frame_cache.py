"""Decoded frames that were asked to be kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

    from rp_video._types import Frame


class FrameCache:
    """Frames by key; the least recently used go first.

    Args:
        max_bytes: The most bytes that their images may take together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._frames: OrderedDict[Hashable, Frame] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Frame | None:
        """Return a frame with an image of its own, or None."""
        with self._lock:
            if key not in self._frames:
                return None
            self._frames.move_to_end(key)
            frame = self._frames[key]
        return replace(frame, image=frame.image.copy())

    def put(self, key: Hashable, frame: Frame) -> None:
        """Keep a copy of a frame, unless it alone is too large."""
        size = frame.image.nbytes
        if size > self._max_bytes:
            return
        kept = replace(frame, image=frame.image.copy())
        with self._lock:
            if old := self._frames.pop(key, None):
                self._bytes -= old.image.nbytes
            self._frames[key] = kept
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._bytes -= self._frames.popitem(last=False)[1].image.nbytes


kept_frames: Final = FrameCache(256 << 20)
