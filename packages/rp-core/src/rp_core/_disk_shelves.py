"""The folder of a `DiskStore`: what lies there, how much, and what has not been used longest."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rp_core._disk_entry import read_header
from rp_core._disk_files import body_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_core._disk_ledger import Account

_SUFFIX: Final = ".entry"
_BODY: Final = ".body"
_TEMPORARY: Final = ".tmp"
_STRAY_SECONDS: Final = 3600.0


class _Used(NamedTuple):
    when: int
    name: str


class Shelves:
    """Removes only while the ledger is held: in `weigh`, `remove`, `make_room`, and a sweep."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._oldest: list[_Used] = []  # as last seen, the next to go at the end

    def path(self, name: str) -> str:
        """Return where an entry is."""
        return os.path.join(self._folder, name + _SUFFIX)

    def has(self, name: str) -> bool:
        """Return whether there is an entry."""
        return os.path.lexists(self.path(name))

    def names(self) -> list[str]:
        """Return the names of all entries."""
        return [e.name.removesuffix(_SUFFIX) for e in self._files() if e.name.endswith(_SUFFIX)]

    def header(self, name: str) -> dict[str, Any] | None:
        """Return the header of an entry, None where it has none."""
        return read_header(self.path(name))

    def weigh(self, name: str) -> tuple[int, str | None]:
        """Return how many bytes an entry takes with its body, and the name of the body."""
        body = body_of(self.header(name))
        if os.path.isdir(self.path(name)):
            _remove(self.path(name))  # planted: no file could be put in its place
        return _size(self.path(name)) + (_size(self._at(body)) if body else 0), body

    def remove(self, name: str) -> int:
        """Remove an entry and its body; return how many bytes are free now."""
        size, body = self.weigh(name)
        if body:
            self.remove_body(body)
        _remove(self.path(name))
        return size

    def remove_body(self, body: str) -> None:
        """Remove the contents of a streamed file."""
        if body.endswith(_BODY):
            _remove(self._at(body))

    def make_room(self, account: Account, most: int, *, but: str) -> None:
        """Remove what has not been used longest, until no more than `most` bytes are left."""
        while account.total > most:
            if not self._oldest:
                # The total may be off, where somebody else has removed files.
                account.total = self.count()
                self._oldest = sorted(self._uses(but), reverse=True)
                if not self._oldest:
                    return
                continue
            when, name = self._oldest.pop()
            with suppress(FileNotFoundError):
                if name != but and os.lstat(self.path(name)).st_atime_ns == when:
                    account.total -= self.remove(name)

    def count(self, *, sweep: bool = True) -> int:
        """Return how many bytes the entries take; remove what killed writers left."""
        total = 0
        bodies = []
        for entry in self._files():
            with suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if entry.name.endswith(_TEMPORARY):
                    if sweep:
                        _remove_stray(entry.path, found.st_mtime)
                elif entry.name.endswith(_BODY):
                    bodies.append((entry, found))
                elif entry.name.endswith(_SUFFIX):
                    total += found.st_size
        for body, found in bodies:
            if body_of(self.header(body.name.partition("-")[0])) == body.name:
                total += found.st_size
            elif sweep:
                _remove_stray(body.path, found.st_mtime)
        return total

    def _uses(self, but: str) -> Iterator[_Used]:
        for entry in self._files():
            name = entry.name.removesuffix(_SUFFIX)
            if name not in (entry.name, but):
                with suppress(FileNotFoundError):
                    yield _Used(entry.stat(follow_symlinks=False).st_atime_ns, name)

    def _at(self, file: str) -> str:
        return os.path.join(self._folder, file)

    def _files(self) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._folder) as entries:
                return list(entries)
        except FileNotFoundError:  # removed while it was in use
            return []


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return 0


def _remove_stray(path: str, changed: float) -> None:
    if time.time() - changed > _STRAY_SECONDS:
        _remove(path)


def _remove(path: str) -> None:
    """Remove a file, or whatever somebody put in its place."""
    with suppress(FileNotFoundError):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
