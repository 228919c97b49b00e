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
from rp_net._digests import Hashes
from rp_net._errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_net._digests import Digest

_BLOCK: Final = 1 << 20
_KEEP_SIZE: Final = 1
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


class Part(io.FileIO):
    """A part file that is open and locked; writing to it also hashes.

    Args:
        path: Where it is; made if it is not there.

    Attributes:
        path: As above.
        hashes: What is computed of the whole file.
        extra: What is computed of this transfer alone; None: nothing.
    """

    def __init__(self, path: str) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        super().__init__(path, "r+b", opener=lambda name, _: os.open(name, flags, 0o666))
        self.path = path
        self.hashes = Hashes(())
        self.extra: Hashes | None = None
        self._origin: Origin | None = None
        # Whoever is cancelled goes on while a thread may still write: closing waits for it.
        self._busy = Lock()
        self._left = False

    def lock(self) -> bool:
        """Return whether this is the only writer, of the file that has the name now."""
        if not _lock(self.fileno()):
            return False
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self.fileno()), os.stat(self.path))
        return False

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return os.fstat(self.fileno()).st_size

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

    def forget(self) -> None:
        """Drop what is needed to go on."""
        with suppress(FileNotFoundError):
            os.unlink(f"{self.path}.json")

    def begin(
        self, offset: int, origin: Origin, hashes: Hashes, extra: Hashes | None = None
    ) -> None:
        """Make ready for bytes from an offset on, having hashed those before it.

        Args:
            offset: Where to go on; what is behind it is dropped.
            origin: Of what the file is the beginning.
            hashes: Of the whole file.
            extra: Of what comes now.

        Raises:
            DiskFullError: There is no room for what will come.
        """
        with self._used():
            self.hashes, self.extra = hashes, extra
            self.truncate(offset)
            self.seek(0)
            left = offset if hashes else 0
            while left > 0 and (block := self.read(min(_BLOCK, left))):
                hashes.update(block)
                left -= len(block)
            self.seek(offset)
            self._origin = origin
            room = None if origin.length is None else origin.length - offset
            if room:
                self._reserve(offset, room)
            if room is None or room > _BLOCK:
                self._remember()

    def write(self, data: Any) -> int:
        """Append bytes, all of them.

        Raises:
            DiskFullError: There is no room.
        """
        view = memoryview(data)
        with self._used():
            try:
                while view:
                    view = view[super().write(view) or 0 :]
            except OSError as error:
                if error.errno in _NO_ROOM:
                    raise DiskFullError(self.path) from error
                raise
            self.hashes.update(data)
            if self.extra:
                self.extra.update(data)
        return len(data)

    def place(self, destination: str, *, durable: bool) -> None:
        """Put the file in its place, whole, and let go of it."""
        with self._used():
            with suppress(FileNotFoundError):
                os.chmod(self.fileno(), stat.S_IMODE(os.stat(destination).st_mode))
            if durable:
                os.fsync(self.fileno())
            if os.name == "nt":  # where a file that is open cannot be renamed
                self.close()
            os.replace(self.path, destination)
            self.forget()
            self.close()

    def leave(self, *, keep: bool) -> None:
        """Let go of the file: kept for another time, or removed."""
        self._left = True
        with self._busy:
            if self.closed:
                return
            if keep and self.size and self.origin():
                self.truncate(self.size)  # what was reserved behind the end is given back
                self._remember()
            else:
                self.forget()
                with suppress(FileNotFoundError):
                    os.unlink(self.path)
            self.close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._busy:
            if self._left:
                raise OSError("the download was given up")
            yield

    def _remember(self) -> None:
        """Keep what is needed to go on after this process."""
        origin = self.origin()
        if origin:
            with suppress(OSError), atomic_write(f"{self.path}.json") as file:
                file.write(json.dumps(asdict(origin)).encode())
        else:
            self.forget()

    def _reserve(self, offset: int, room: int) -> None:
        free = shutil.disk_usage(os.path.dirname(self.path) or ".").free
        if free < room:
            raise DiskFullError(self.path)
        if room > _BLOCK and _fallocate and _fallocate(self.fileno(), _KEEP_SIZE, offset, room):
            code = ctypes.get_errno()
            if code in _NO_ROOM:
                raise DiskFullError(self.path)


def wanted_hashes(digests: list[Digest]) -> Hashes:
    """Return what computes some digests."""
    return Hashes(digest.algorithm for digest in digests)


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
