"""Reading of files that may be cut short."""

from __future__ import annotations

import os
import sys
from typing import TypeAlias

Buffer: TypeAlias = bytes | memoryview


class DamagedError(Exception):
    """An entry is not what was written, or was never an entry."""


def pread(descriptor: int, size: int, offset: int) -> bytes:
    """Return up to `size` bytes, fewer only where the file ends."""
    contents = bytearray(max(0, min(size, os.fstat(descriptor).st_size - offset)))
    pread_into(descriptor, memoryview(contents), offset)
    return bytes(contents)


def pread_into(descriptor: int, into: memoryview, offset: int) -> None:
    """Fill a buffer from a place in a file.

    Raises:
        EOFError: The file ends before.
    """
    done = 0
    while done < len(into):
        got = _pread_some(descriptor, into[done:], offset + done)
        if not got:
            raise EOFError("cut short")
        done += got


if sys.platform == "win32":

    def _pread_some(descriptor: int, into: memoryview, offset: int) -> int:
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(into))
        into[: len(data)] = data
        return len(data)

else:

    def _pread_some(descriptor: int, into: memoryview, offset: int) -> int:
        return os.preadv(descriptor, [into], offset)
