"""Reading of files that may be cut short, or be no files at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from contextlib import suppress
from typing import Final, TypeAlias

Buffer: TypeAlias = bytes | memoryview
_START: Final = 1 << 15
_NOT_REGULAR: Final = (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.EMLINK)
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class DamagedError(Exception):
    """An entry is not what was written, or was never an entry."""


def open_regular(path: str) -> int:
    """Open a file for reading, neither following a link nor waiting for a pipe.

    Raises:
        DamagedError: It is no regular file.
        OSError: It cannot be opened.
    """
    try:
        descriptor = _open(path)
    except OSError as error:
        if error.errno in _NOT_REGULAR:
            raise DamagedError("no regular file") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedError("no regular file")
    return descriptor


def _open(path: str) -> int:
    """Open a file so that reading it is no use of it: `touch` counts those."""
    try:
        return os.open(path, _FLAGS | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only the owner may ask for that
        return os.open(path, _FLAGS)


class OpenFile:
    """A regular file that is open for reading, its start read already.

    Attributes:
        status: What `os.fstat` said.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = open_regular(path)
        try:
            self.status = os.fstat(self._descriptor)
            self._start = os.read(self._descriptor, _START)
        except BaseException:
            self.close()
            raise

    def read(self, size: int, offset: int) -> bytes:
        """Return up to `size` bytes, fewer only where the file ends."""
        if offset + size <= len(self._start):
            return self._start[offset : offset + size]
        wanted = max(0, min(size, self.status.st_size - offset))
        contents = _read_at(self._descriptor, wanted, offset)
        if len(contents) < wanted:
            rest = bytearray(wanted - len(contents))
            self.read_into(memoryview(rest), offset + len(contents))
            contents += rest
        return contents

    def read_into(self, into: memoryview, offset: int) -> None:
        """Fill a buffer from a place in the file.

        Raises:
            EOFError: The file ends before.
        """
        done = 0
        while done < len(into):
            got = _read_some(self._descriptor, into[done:], offset + done)
            if not got:
                raise EOFError("cut short")
            done += got

    def touch(self) -> None:
        """Count a use: the time of access is set by hand, so that mount options do not matter."""
        if os.utime in os.supports_fd:
            with suppress(OSError):  # read-only
                os.utime(self._descriptor, ns=(time.time_ns(), self.status.st_mtime_ns))

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


if sys.platform == "win32":

    def _read_some(descriptor: int, into: memoryview, offset: int) -> int:
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(into))
        into[: len(data)] = data
        return len(data)

    def _read_at(descriptor: int, size: int, offset: int) -> bytes:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, size)

else:

    def _read_some(descriptor: int, into: memoryview, offset: int) -> int:
        return os.preadv(descriptor, [into], offset)

    def _read_at(descriptor: int, size: int, offset: int) -> bytes:
        return os.pread(descriptor, size, offset)
