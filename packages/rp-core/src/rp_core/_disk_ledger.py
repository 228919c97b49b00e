"""How many bytes a `DiskStore` holds: one number, which processes change in turns."""

from __future__ import annotations

import os
import struct
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOTAL: Final = struct.Struct("<q")
_CHANGING: Final = -1


class Account:
    """The total, while this process alone may change the store."""

    def __init__(self, total: int) -> None:
        self.total = total


class Ledger:
    """A lock file with the total in it.

    It is marked while a change is under way, so that after a crash the next one counts anew.
    """

    def __init__(self, path: str, count: Callable[[], int]) -> None:
        self._path = path
        self._count = count

    @contextmanager
    def changing(self) -> Iterator[Account]:
        """Hold the store for a change; the total is written at the end, unless the block raises.

        Raises:
            OSError: The lock file cannot be opened or written.
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        # Opened anew each time: a lock belongs to the opening, also between threads.
        descriptor = os.open(self._path, flags, 0o600)
        try:
            _lock(descriptor)
            account = Account(self._read(descriptor))
            self._write(descriptor, _CHANGING)
            yield account
            self._write(descriptor, account.total)
        finally:
            _unlock(descriptor)
            os.close(descriptor)

    def _read(self, descriptor: int) -> int:
        os.lseek(descriptor, 0, os.SEEK_SET)
        raw = os.read(descriptor, _TOTAL.size)
        total = int(_TOTAL.unpack(raw)[0]) if len(raw) == _TOTAL.size else _CHANGING
        return total if total >= 0 else self._count()

    def _write(self, descriptor: int, total: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, _TOTAL.pack(total))


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        """Wait for the file."""
        while True:
            os.lseek(descriptor, 1024, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError:  # tried for ten seconds
                continue
            return

    def _unlock(descriptor: int) -> None:
        """Leave it to closing."""

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        """Wait for the file."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        """Let go, also where a process that was forked meanwhile has the file open as well."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)
