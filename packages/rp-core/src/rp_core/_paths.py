"""Paths: what is asked of them before any work."""

from __future__ import annotations

import errno
import os

from rp_core._sources import is_url


def readable_path(path: str | os.PathLike[str]) -> str:
    """Return the absolute path of a file that can be read.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        TypeError: It is no path.
        ValueError: It is a URL.
    """
    if isinstance(path, bytes) or not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a file is given by its path, not as {type(path).__name__!r}")
    if is_url(path):
        raise ValueError(f"URLs are not read here, download it first: {str(path)[:200]!r}")
    absolute = os.path.abspath(os.fspath(path))
    with open(absolute, "rb"):
        return absolute


def writable_path(path: str | os.PathLike[str]) -> str:
    """Return the absolute path of a file that can be written, as far as can be told.

    Raises:
        FileNotFoundError: Its folder does not exist.
        IsADirectoryError: It is a folder.
        PermissionError: Its folder may not be written.
        TypeError: It is no path.
    """
    if isinstance(path, bytes) or not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a file is saved to a path, not to {type(path).__name__!r}")
    absolute = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(os.path.realpath(absolute))
    if os.path.isdir(absolute):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), absolute)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
    return absolute
