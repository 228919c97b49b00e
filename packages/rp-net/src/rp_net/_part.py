"""The unfinished file of a download: one writer at a time, and what is needed to go on."""

from __future__ import annotations

import ctypes
import errno
import io
import json
import os
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from rp_core import atomic_write
from rp_net._digests import Promise
from rp_net._errors import DiskFullError, IncompleteBodyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK: Final = 1 << 20
_KEEP_SIZE: Final = 1
_MOST_PIECES: Final = 64
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Origin:
    """Of what the bytes in the file are the beginning.

    Attributes:
        url: What was asked for.
        length: Bytes of the whole, where the server said so.
        etag: A strong one; None: there was none.
        modified: Last-Modified, where it tells two contents apart.
    """

    url: str
    length: int | None = None
    etag: str | None = None
    modified: str | None = None

    @property
    def validator(self) -> str | None:
        """What If-Range takes."""
        return self.etag or self.modified


class BusyError(Exception):
    """Another process, or task, writes the same file."""


class Part:
    """The file that a download is written to, piece by piece, hashed on the way.

    It is made and locked by the first write: a download that comes in one batch never has to be
    looked after by others.

    Args:
        path: Where it is.

    Attributes:
        path: As above.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: io.FileIO | None = None
        self._origin: Origin | None = None
        self._offset: int | None = None
        self._whole = self._now = Promise()
        # Whoever is cancelled goes on while a thread may still write: closing waits for it.
        self._busy = Lock()
        self._left = False

    def is_there(self) -> bool:
        """Return whether there is such a file."""
        return os.path.lexists(self.path)

    def open(self) -> bool:
        """Open the file, and make it if need be; return whether this is its only writer."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        file = io.FileIO(self.path, "r+b", opener=lambda name, _: os.open(name, flags, 0o666))
        with suppress(FileNotFoundError):
            if _lock(file.fileno()) and os.path.samestat(
                os.fstat(file.fileno()), os.stat(self.path)
            ):
                self._file = file
                return True
        file.close()
        return False

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return os.fstat(self._file.fileno()).st_size if self._file else 0

    def origin(self) -> Origin | None:
        """Return what the bytes are the beginning of; None: nobody knows."""
        if self._origin:
            return self._origin if self._origin.validator else None
        try:
            with open(f"{self.path}.json", encoding="utf-8") as file:
                origin = Origin(**json.load(file))
        except (OSError, ValueError, TypeError):
            return None
        return origin if isinstance(origin.url, str) and origin.validator else None

    def begin(self, offset: int, origin: Origin, whole: Promise, now: Promise) -> None:
        """Make ready for bytes from an offset on.

        Args:
            offset: Where to go on; what is behind it is dropped.
            origin: Of what the file is the beginning.
            whole: Digests of the whole file.
            now: Digests of what comes now.

        Raises:
            DiskFullError: There is no room for what will come.
        """
        self._offset, self._origin, self._whole, self._now = offset, origin, whole, now
        if origin.length is not None:
            free = shutil.disk_usage(os.path.dirname(self.path) or ".").free
            if free < origin.length - offset:
                raise DiskFullError(self.path)

    def write(self, batch: Sequence[bytes]) -> int:
        """Append bytes, all of them; blocks.

        Raises:
            DiskFullError: There is no room.
            BusyError: There is another writer.
        """
        with self._used():
            return self._append(batch)

    def finish(self, batch: Sequence[bytes], destination: str, *, durable: bool) -> int:
        """Append the last bytes, check the whole, and put it in its place; return its size. Blocks.

        Raises:
            IncompleteBodyError: It is shorter than the server said.
            DigestError: It is something else than was promised.
            DiskFullError, BusyError: As `write` raises.
        """
        with self._used():
            self._append(batch)
            size, length = self.size, self._origin.length if self._origin else None
            if length is not None and size != length:
                raise IncompleteBodyError(f"{size} of {length} bytes came")
            self._whole.check(destination)
            self._now.check(destination)
            self._place(destination, durable=durable)
            return size

    def leave(self, *, keep: bool) -> None:
        """Let go of the file: kept for another time, or removed."""
        self._left = True
        with self._busy:
            if self._file is None:
                return
            if keep and self.size and self.origin():
                self._file.truncate(self.size)  # what was reserved behind the end is given back
                self._remember()
            else:
                self._forget()
                with suppress(FileNotFoundError):
                    os.unlink(self.path)
            self._close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._busy:
            if self._left:
                raise OSError("the download was given up")
            try:
                yield
            except OSError as error:
                if error.errno in _NO_ROOM and not isinstance(error, DiskFullError):
                    raise DiskFullError(self.path) from error
                raise

    def _append(self, batch: Sequence[bytes]) -> int:
        file = self._ready()
        if len(batch) > _MOST_PIECES:
            batch = [b"".join(batch)]
        for piece in batch:
            view = memoryview(piece)
            while view:
                view = view[file.write(view) or 0 :]
            self._whole.hashes.update(piece)
            self._now.hashes.update(piece)
        return sum(map(len, batch))

    def _ready(self) -> io.FileIO:
        """Return the file, where the next byte is to be written."""
        if self._file is None and not self.open():
            raise BusyError
        file, offset = self._file, self._offset
        if file is None or self._origin is None:
            raise RuntimeError("nothing has begun")
        if offset is None:
            return file
        file.truncate(offset)
        file.seek(0)
        left = offset if self._whole.hashes else 0
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            self._whole.hashes.update(block)
            left -= len(block)
        file.seek(offset)
        room = None if self._origin.length is None else self._origin.length - offset
        if room is None or room > _BLOCK:
            self._reserve(file, offset, room or 0)
            self._remember()
        self._offset = None
        return file

    def _place(self, destination: str, *, durable: bool) -> None:
        if self._file is None:
            return
        with suppress(FileNotFoundError):
            os.chmod(self._file.fileno(), stat.S_IMODE(os.stat(destination).st_mode))
        if durable:
            os.fsync(self._file.fileno())
        if os.name == "nt":  # where a file that is open cannot be renamed
            self._file.close()
        os.replace(self.path, destination)
        self._forget()
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _remember(self) -> None:
        """Keep what is needed to go on after this process."""
        origin = self.origin()
        if origin:
            with suppress(OSError), atomic_write(f"{self.path}.json") as file:
                file.write(json.dumps(asdict(origin)).encode())
        else:
            self._forget()

    def _forget(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{self.path}.json")

    def _reserve(self, file: io.FileIO, offset: int, room: int) -> None:
        if room and _fallocate and _fallocate(file.fileno(), _KEEP_SIZE, offset, room):
            code = ctypes.get_errno()
            if code in _NO_ROOM:
                raise DiskFullError(self.path)


def _linux_fallocate() -> Any:
    """Return fallocate(2), which reserves room behind the end of a file without moving it."""
    if not sys.platform.startswith("linux"):
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
    if function:
        function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return function


_fallocate = _linux_fallocate()

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Return whether the file could be locked; closing it unlocks it."""
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, 1 << 62, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Return whether the file could be locked; closing it unlocks it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
