"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rp_core._cancel import effect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO


@contextmanager
def atomic_write(path: str | os.PathLike[str], *, durable: bool = False) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place, whole, at the end of the block.

    A reader sees the old file or the new one. If the block raises, or its caller is cancelled, the
    old file stays and nothing else does. The permissions of a file that is replaced are kept, one
    that may not be written is not replaced, and a symbolic link is written through. What is no
    regular file (a pipe, a device) is written to directly, since it cannot be replaced.

    Args:
        path: The destination; its folder must exist.
        durable: Whether to wait until the file, and its name, are on the disk (fsync).

    Yields:
        A binary file to write to.

    Raises:
        FileNotFoundError: The folder does not exist.
        IsADirectoryError: The destination is a folder.
        PermissionError: The destination, or its folder, may not be written.
        OSError: Whatever else the file system refuses, such as a full disk.
    """
    target = os.path.realpath(path)
    mode = _mode_of(target)
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    if mode is not None and not stat.S_ISREG(mode):
        with effect():
            pass  # not held below: who opens or writes a pipe may wait for its reader
        with open(target, "wb") as file:
            yield file
        return
    temporary = os.path.join(os.path.dirname(target), f".rp-{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        with effect():
            os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.filename == temporary:
            error.filename = target
        raise
    if durable:
        sync_folder(os.path.dirname(target))


def _mode_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def sync_folder(folder: str) -> None:
    """Wait until the names in a folder are on the disk; Windows has no such thing.

    Raises:
        OSError: The folder cannot be read, or the disk fails.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
