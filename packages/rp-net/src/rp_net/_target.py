"""Where a download goes: a file, or a folder in which the response names it."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rp_net._tls import Path

_MOST_NAME = 200


@dataclass(frozen=True)
class Target:
    """A place for a file.

    Attributes:
        path: Absolute; of the file, or of the folder while the file has no name.
        is_folder: Whether the file has no name yet.
    """

    path: str
    is_folder: bool = False

    @classmethod
    def of(cls, destination: Path) -> Target:
        """Return the place that a caller names; links are followed.

        Raises:
            FileNotFoundError: Its folder is not there.
            PermissionError: The file there may not be written.
            ValueError: It is empty, or what is there is no regular file.
        """
        given = os.fspath(destination)
        if not given:
            raise ValueError("the destination is empty")
        path = os.path.realpath(given)
        if os.path.isdir(path):
            return cls(path, is_folder=True)
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", folder)
        _check_replaceable(path)
        return cls(path)

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return not self.is_folder and os.path.lexists(self.path)

    @property
    def size(self) -> int:
        """Bytes of the file that is there."""
        return os.path.getsize(self.path)

    def within(self, name: str) -> Target:
        """Return the place of a file in the folder, or itself where it has a name already.

        A link that has the name is replaced, and not followed: a server chooses the name.

        Raises:
            IsADirectoryError: A folder has the name.
        """
        if not self.is_folder:
            return self
        path = os.path.join(self.path, name)
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not os.path.islink(path):
            _check_replaceable(path)
        return Target(path)

    def check_overwrite(self, *, allowed: bool) -> None:
        """Refuse to replace a file.

        Raises:
            FileExistsError: It may not be replaced.
        """
        if not allowed:
            raise FileExistsError(errno.EEXIST, "there, and overwrite is False", self.path)

    def part_path(self, url: str) -> str:
        """Return the path of the unfinished file: hidden, and beside the file it will be."""
        folder, name = (self.path, "") if self.is_folder else os.path.split(self.path)
        if self.is_folder or len(os.fsencode(name)) > _MOST_NAME:
            name = hashlib.sha256(f"{url} {name}".encode()).hexdigest()[:32]
        return os.path.join(folder, f".{name}.rp-part")


def _check_replaceable(path: str) -> None:
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(f"{path!r} is no regular file")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
