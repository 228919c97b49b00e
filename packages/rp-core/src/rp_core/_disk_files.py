"""Files streamed into a `DiskStore`, and out of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from xxhash import xxh3_128

from rp_core._disk_read import DamagedError, open_regular

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCK = 1 << 20


class StoreWriter:
    """Takes the contents of a file, piece by piece.

    Attributes:
        size: Bytes given so far.
    """

    __module__ = "rp_core"

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self._digest = xxh3_128()
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append some bytes and return how many.

        Raises:
            OSError: The disk is full, or fails.
        """
        data = memoryview(data).cast("B")
        self.size += len(data)
        if self.size > self._most:  # it will not be kept, and need not fill the disk
            self._file.truncate(0)
        else:
            self._digest.update(data)
            self._file.write(data)
        return len(data)

    @property
    def about(self) -> dict[str, Any]:
        """What the entry says of the contents."""
        return {"body_size": self.size, "body_digest": self._digest.hexdigest()}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was streamed into a store.

    Attributes:
        file: Its contents, open for reading.
        size: How many bytes they are.
        metadata: What was kept with it.
    """

    __module__ = "rp_core"

    file: BinaryIO
    size: int
    metadata: dict[str, Any]


def open_body(folder: str, header: Mapping[str, Any]) -> StoredFile | None:
    """Open and check the contents that an entry speaks of; None: they are gone.

    Raises:
        DamagedError: They are not what was written.
    """
    name, size, metadata = body_of(header), header.get("body_size"), header.get("metadata")
    if not name or not isinstance(size, int) or not isinstance(metadata, dict):
        raise DamagedError("no body")
    try:
        descriptor = open_regular(os.path.join(folder, name))
    except FileNotFoundError:
        return None
    file = open(descriptor, "rb")  # noqa: SIM115
    if _digest_of(file) != (size, header.get("body_digest")):
        file.close()
        raise DamagedError("damaged body")
    file.seek(0)
    return StoredFile(file, size, metadata)


def _digest_of(file: BinaryIO) -> tuple[int, str]:
    digest = xxh3_128()
    while block := file.read(_BLOCK):
        digest.update(block)
    return file.tell(), digest.hexdigest()


def body_of(header: Mapping[str, Any] | None) -> str | None:
    """Return the file name of the contents that an entry speaks of."""
    body = header.get("body") if header else None
    return body if isinstance(body, str) and os.path.basename(body) == body else None
