"""Where downloads go: each to a file, or to a folder in which the response names it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rp_net._tls import Path

_MOST_NAME = 200


class Target(NamedTuple):
    """A place for a file.

    Attributes:
        path: Absolute; of the file, or of the folder while the file has no name.
        is_folder: Whether the file has no name yet.
        size: Bytes of the file that is there; None: there is none.
    """

    path: str
    is_folder: bool = False
    size: int | None = None

    def within(self, name: str) -> str:
        """Return the path of a file in the folder.

        A link that has the name is replaced, and not followed: a server chooses the name.

        Raises:
            IsADirectoryError: A folder has the name.
        """
        path = os.path.join(self.path, name)
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not os.path.islink(path):
            _check_replaceable(path)
        return path

    def part_path(self, url: str) -> str:
        """Return the path of the unfinished file: hidden, and beside the file it will be."""
        folder, name = (self.path, "") if self.is_folder else os.path.split(self.path)
        if self.is_folder or len(os.fsencode(name)) > _MOST_NAME:
            name = hashlib.sha256(f"{url} {name}".encode()).hexdigest()[:32]
        return os.path.join(folder, f".{name}.rp-part")


class Places:
    """The places of a batch of downloads: folders are looked at once, no file is taken twice."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._taken: dict[str, str] = {}

    def target(self, destination: Path) -> Target:
        """Return the place that a caller names; links are followed.

        Raises:
            FileNotFoundError: Its folder is not there.
            PermissionError: The file there may not be written.
            ValueError: It is empty, or what is there is no regular file.
        """
        given = os.fspath(destination)
        if not given:
            raise ValueError("the destination is empty")
        folder, name = os.path.split(given)
        path = os.path.join(self._folder(folder), name)
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            return Target(path)
        if not stat.S_ISREG(mode):
            path = os.path.realpath(path)
            if os.path.isdir(path):
                return Target(path, is_folder=True)
            self._folder(os.path.dirname(path))
        _check_replaceable(path)
        return Target(path, size=os.path.getsize(path) if os.path.exists(path) else None)

    def take(self, path: str, url: str) -> None:
        """Give a file to a URL.

        Raises:
            FileExistsError: It is another's: the later one would replace the earlier.
        """
        if self._taken.setdefault(path, url) != url:
            raise FileExistsError(
                errno.EEXIST, f"there from {self._taken[path]}, and {url} has the name", path
            )

    def _folder(self, given: str) -> str:
        path = self._folders.get(given)
        if path is None:
            path = os.path.realpath(given or os.curdir)
            if not os.path.isdir(path):
                raise FileNotFoundError(errno.ENOENT, "there is no such folder", path)
            self._folders[given] = path
        return path


def check_overwrite(path: str) -> None:
    """Refuse to replace a file.

    Raises:
        FileExistsError: There is one.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "there, and overwrite is False", path)


def _check_replaceable(path: str) -> None:
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(f"{path!r} is no regular file")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
