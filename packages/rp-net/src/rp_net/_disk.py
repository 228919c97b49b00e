"""What is asked of the file system: locks, room, and names that last."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from rp_net._errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NO_ROOM: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_KEEP_SIZE: Final = 1
_MOST_PIECES: Final = 1000  # the system takes 1024
_FLAGS: Final = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def check_room(path: str, room: int) -> None:
    """Refuse to begin what will not fit.

    Raises:
        DiskFullError: It will not.
    """
    if shutil.disk_usage(os.path.dirname(path) or ".").free < room:
        raise DiskFullError(path)


def reserve(descriptor: int, path: str, offset: int, room: int) -> None:
    """Reserve room for a file from an offset on, where the system can; its size stays.

    Raises:
        DiskFullError: There is none.
    """
    import ctypes

    fallocate = _linux_fallocate()
    if (
        fallocate
        and fallocate(descriptor, _KEEP_SIZE, offset, room)
        and ctypes.get_errno() in NO_ROOM
    ):
        raise DiskFullError(path)


def open_alone(path: str) -> tuple[io.FileIO, int] | None:
    """Open a file for reading and writing, as its only writer; make it if it is not there.

    Returns:
        The file and its size; None: it has another writer.

    Raises:
        OSError: It cannot be opened, is no regular file, or is somebody else's.
    """
    file, status = _open_own(path)
    try:
        if lock_file(file.fileno()):
            with suppress(FileNotFoundError):
                found = os.stat(path)
                if os.path.samestat(status, found):
                    return file, found.st_size
    except BaseException:
        file.close()
        raise
    file.close()
    return None


def close_alone(file: io.FileIO) -> None:
    """Close a file that was opened so, and let others have it."""
    if not file.closed:
        try:
            unlock_file(file.fileno())  # a child that was forked has it open, and locked, too
        finally:
            file.close()


def _open_own(path: str) -> tuple[io.FileIO, os.stat_result]:
    try:
        descriptor = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        descriptor = os.open(path, _FLAGS | os.O_CREAT, 0o666)
    file = io.FileIO(descriptor, "r+b")
    status = os.fstat(descriptor)
    mine = os.name == "nt" or status.st_uid == os.geteuid() or os.geteuid() == 0
    if not stat.S_ISREG(status.st_mode) or not mine:
        file.close()
        raise PermissionError(f"{path!r} is no regular file of this user")
    return file, status


def write_all(
    descriptor: int, batch: Sequence[bytes], wrote: Callable[[int], None] = lambda _: None
) -> None:
    """Write a batch, and tell how many bytes each step has written."""
    left = batch
    while left:
        if hasattr(os, "writev") and len(left) <= _MOST_PIECES:
            count = os.writev(descriptor, left)
        else:
            count = os.write(descriptor, b"".join(left))
        wrote(count)
        left = [] if count == sum(map(len, left)) else [b"".join(left)[count:]]


def put_in_place(path: str, destination: str, *, overwrite: bool) -> None:
    """Give a file its name; a file that has it is replaced, or stays.

    Raises:
        FileExistsError: There is one, and it is not to be replaced.
    """
    if overwrite:
        os.replace(path, destination)
        return
    try:
        os.link(path, destination)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links
        if os.path.lexists(destination):
            raise FileExistsError(f"{destination!r} is there, and overwrite is False") from error
        os.replace(path, destination)
    else:
        os.unlink(path)


@cache
def _linux_fallocate() -> Any:
    """Return fallocate(2), which reserves room behind the end of a file without moving it."""
    import ctypes

    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    function = getattr(library, "fallocate64", None) or getattr(library, "fallocate", None)
    if function:
        function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return function


if sys.platform == "win32":
    import msvcrt

    def lock_file(descriptor: int) -> bool:
        """Return whether the file could be locked."""
        try:
            _at_far_end(descriptor, msvcrt.LK_NBLCK)
        except OSError:
            return False
        return True

    def unlock_file(descriptor: int) -> None:
        """Let go of the file."""
        _at_far_end(descriptor, msvcrt.LK_UNLCK)

    def _at_far_end(descriptor: int, what: int) -> None:
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, 1 << 62, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, what, 1)
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)

else:
    import fcntl

    def lock_file(descriptor: int) -> bool:
        """Return whether the file could be locked."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock_file(descriptor: int) -> None:
        """Let go of the file."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)
