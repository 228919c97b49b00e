"""The cache folders of this user, over all rp packages."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from rp_core._platform import cache_root

if TYPE_CHECKING:
    from collections.abc import Iterator


class CacheFolder(NamedTuple):
    """One cache folder: what `cache_dir` was called with, where it is, bytes of its files."""

    name: str
    path: str
    size: int


def cache_folders() -> list[CacheFolder]:
    """Return the cache folders there are, by name; no symbolic link is followed."""
    return [CacheFolder(entry.name, entry.path, _size(entry.path)) for entry in _folders()]


def clear_caches() -> list[OSError]:
    """Remove what is in every cache folder; return the errors, which stop nothing.

    The folders stay, and in them the lock files by which processes at work agree.
    """
    errors: list[OSError] = []
    for folder in _folders():
        for entry in _entries(folder.path):
            if entry.name.endswith(".lock"):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)
            except FileNotFoundError:
                pass  # its own process was faster
            except OSError as error:
                errors.append(error)
    return errors


def _folders() -> list[os.DirEntry[str]]:
    folders = (e for e in _entries(os.fspath(cache_root())) if e.is_dir(follow_symlinks=False))
    return sorted(folders, key=lambda entry: entry.name)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from entries


def _size(folder: str) -> int:
    total = 0
    for entry in _entries(folder):
        with suppress(FileNotFoundError):
            if entry.is_dir(follow_symlinks=False):
                total += _size(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
    return total
