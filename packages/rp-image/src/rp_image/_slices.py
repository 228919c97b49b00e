"""A file that can be sliced like bytes, so that header parsers read only what they look at."""

from __future__ import annotations

import os
from typing import BinaryIO, Protocol

BLOCK = 1 << 16
_JUMP = 1 << 9


class Sliceable(Protocol):
    """Bytes, or what reads like them: a slice beyond the end is short."""

    def __len__(self) -> int:
        """Return the number of bytes."""
        ...

    def __getitem__(self, where: slice, /) -> bytes:
        """Return a slice."""
        ...


class FileSlices:
    """Slices of an open file, read by blocks: short ones after a jump, long ones as it goes on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = os.fstat(file.fileno()).st_size
        self._start = 0
        self._block = b""

    def __len__(self) -> int:
        """Return the size of the file."""
        return self._length

    def __getitem__(self, where: slice, /) -> bytes:
        """Return a slice, with a step of 1 and no negative bounds."""
        start, stop, _ = where.indices(self._length)
        if start >= stop:
            return b""
        if not self._start <= start <= stop <= self._start + len(self._block):
            jumps = not self._start <= start <= self._start + len(self._block)
            self._file.seek(start)
            self._block = self._file.read(max(_JUMP if jumps else BLOCK, stop - start))
            self._start = start
        return self._block[start - self._start : stop - self._start]
