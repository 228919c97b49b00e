"""The unfinished file of a download: one writer at a time, and what is needed to go on."""

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

from rp_core import effect, sync_folder
from rp_net._at_once import place_at_once
from rp_net._digests import Promise
from rp_net._disk import (
    NO_ROOM,
    check_room,
    close_alone,
    open_alone,
    put_in_place,
    reserve,
    write_all,
)
from rp_net._errors import DiskFullError, IncompleteBodyError
from rp_net._origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK: Final = 1 << 20


class BusyError(Exception):
    """Another process, or task, writes the same file."""


class Part:
    """The file that a download is written to, piece by piece, hashed on the way.

    It is made and locked by the first write. A download that comes in one batch does without it
    where the system has files without names, and no file is there to be replaced.

    Args:
        path: Where it is.

    Attributes:
        path: As above.
        placed: Bytes of the file that is in its place; None: it is not.
    """

    placed: int | None = None

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: io.FileIO | None = None
        self._size = 0
        self._noted = True
        self._origin: Origin | None = None
        self._next: tuple[int, Origin] | None = None
        self._whole = self._now = Promise()
        self._busy = Lock()
        self._left = self._keep = False

    def open(self) -> bool:
        """Open the file, and make it if need be; return whether this is its only writer.

        Raises:
            OSError: It cannot be opened, is no regular file, or is somebody else's.
        """
        opened = open_alone(self.path)
        if opened:
            self._file, self._size = opened
        return opened is not None

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size if self._file else 0

    def origin(self) -> Origin | None:
        """Return what the bytes are the beginning of; None: nobody knows."""
        found = self._origin or Origin.read(self.path)
        return found if found and found.validator else None

    def begin(self, offset: int, origin: Origin, whole: Promise, now: Promise) -> None:
        """Make ready for bytes from an offset on; the next write makes it so.

        Args:
            offset: Where to go on; what is behind it is dropped.
            origin: Of what the file will be the beginning.
            whole: Digests of the whole file.
            now: Digests of what comes now.

        Raises:
            DiskFullError: There is no room for what will come.
        """
        room = origin.length or 0
        if self._file is None and room > _BLOCK:
            check_room(self.path, room)
        whole.go_on_from(self._whole, offset)
        self._next, self._whole, self._now = (offset, origin), whole, now

    def write(self, batch: Sequence[bytes]) -> None:
        """Append bytes, all of them; blocks.

        Raises:
            DiskFullError: There is no room.
            BusyError: There is another writer.
        """
        with self._used():
            self._append(batch)

    def finish(
        self, batch: Sequence[bytes], destination: str, *, overwrite: bool, durable: bool
    ) -> None:
        """Append the last bytes, check the whole, and put it in its place; blocks.

        Raises:
            IncompleteBodyError: It is shorter than the server said.
            DigestError: It is something else than was promised.
            FileExistsError: There is a file that may not be replaced.
            DiskFullError, BusyError: As `write` raises.
        """
        with self._used():
            if self._place_at_once(batch, destination, durable=durable):
                return
            self._append(batch)
            length = self._origin.length if self._origin else None
            if length is not None and self._size != length:
                raise IncompleteBodyError(f"{self._size} of {length} bytes came")
            self._whole.check(destination)
            self._now.check(destination)
            self._place(destination, overwrite=overwrite, durable=durable)

    def leave(self, *, keep: bool) -> None:
        """Let go of the file: kept for another time, or removed.

        A thread that still writes, for somebody who was cancelled, does it when it ends.
        """
        self._left, self._keep = True, keep
        if self._busy.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._busy.release()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._busy:
            try:
                self._check_wanted()
                yield
            except OSError as error:
                if error.errno in NO_ROOM and not isinstance(error, DiskFullError):
                    raise DiskFullError(self.path) from error
                raise
            finally:
                if self._left:
                    self._let_go()

    def _place_at_once(self, batch: Sequence[bytes], destination: str, *, durable: bool) -> bool:
        """Place a file of which nothing has been written yet, and nothing is to come."""
        size = sum(map(len, batch))
        if self._file or not self._next or self._next[1].length not in (None, size):
            return False

        def placed() -> None:
            self.placed = self._size = size

        promises = (self._whole, self._now)
        return place_at_once(batch, destination, promises, durable=durable, placed=placed)

    def _check_wanted(self) -> None:
        if self._left:
            raise OSError("the download was given up")

    def _append(self, batch: Sequence[bytes]) -> None:
        write_all(self._ready().fileno(), batch, self._wrote)
        self._whole.update(batch)
        self._now.update(batch)

    def _wrote(self, count: int) -> None:
        self._size += count
        self._check_wanted()

    def _ready(self) -> io.FileIO:
        """Return the file, where the next byte is to be written."""
        if self._file is None:
            self.open()
        file = self._file
        if file is None:
            raise BusyError
        if self._next is None:
            return file
        offset, origin = self._next
        if not offset:
            self._forget()
        if self._size:
            file.truncate(offset)
            self._size = offset
            self._go_on_from(offset, file)
        self._origin = origin
        room = None if origin.length is None else origin.length - offset
        if room is None or room > _BLOCK:
            if room:
                check_room(self.path, room)
                reserve(file.fileno(), self.path, offset, room)
            origin.write(self.path)
            self._noted = True
        self._next = None
        return file

    def _go_on_from(self, offset: int, file: io.FileIO) -> None:
        file.seek(self._whole.taken)
        while self._whole.taken < offset:
            self._check_wanted()
            self._whole.update([file.read(min(_BLOCK, offset - self._whole.taken))])
        file.seek(offset)

    def _place(self, destination: str, *, overwrite: bool, durable: bool) -> None:
        if self._file is None:
            return
        with suppress(FileNotFoundError):
            os.chmod(self.path, stat.S_IMODE(os.stat(destination).st_mode))
        if durable:
            os.fsync(self._file.fileno())
        self._forget()
        if os.name == "nt":  # where a file that is open cannot be renamed
            self._file.close()
        with effect():
            put_in_place(self.path, destination, overwrite=overwrite)
            self.placed = self._size
        self._close()
        if durable:
            sync_folder(os.path.dirname(destination))

    def _let_go(self) -> None:
        if self._file is None:
            return
        try:
            if self._keep and self._size and (origin := self.origin()):
                self._file.truncate(self._size)  # what was reserved behind the end is given back
                origin.write(self.path)
            else:
                Origin.forget(self.path)
                with suppress(FileNotFoundError):
                    os.unlink(self.path)
        finally:
            self._close()

    def _forget(self) -> None:
        """Drop what is kept beside the file, if anything may be."""
        if self._noted:
            Origin.forget(self.path)
            self._noted = False

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            close_alone(file)
