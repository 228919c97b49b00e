"""The form of an entry of a `DiskStore`: a header with a digest, then the value, with another.

8 bytes magic, 4 bytes length of the header, 8 bytes XXH3-64 of the header
the header, JSON: key, kind, size and XXH3-128 of the value, time of creation in ns
the value: bytes, JSON, or an array as in a .npy file; for a streamed file the body is elsewhere
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import struct
import sys
import time
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from xxhash import xxh3_64_intdigest, xxh3_128

from rp_core._keys import freeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    Buffer = bytes | memoryview

MAGIC: Final = b"rpstore1"
_PREFIX: Final = struct.Struct("<8sIQ")
_FIRST_READ: Final = 4096
_MOST_HEADER: Final = 1 << 24
_MOST_ARRAY_HEADER: Final = 1 << 16
_NPY_PREFIX: Final = 10  # magic, version, length of the header
_BLOCK: Final = 1 << 17
_DAMAGE: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RecursionError,
    EOFError,
    OverflowError,
)


class DamagedError(Exception):
    """An entry is not what was written, or was never an entry."""


def encode_value(value: Any) -> tuple[str, Sequence[Buffer]]:
    """Return the kind of a value, and its bytes in parts.

    Raises:
        TypeError: It is neither bytes nor an array nor exact as JSON.
    """
    if type(value) is bytes:
        return "bytes", [value]
    if hasattr(value, "__array_interface__"):
        return "npy", _encode_array(value)
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        exact = freeze(json.loads(text)) == freeze(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(
            f"a store holds bytes, arrays and JSON, and this is none: {error}"
        ) from error
    if not exact:
        raise TypeError("a store holds bytes, arrays and JSON; JSON would change this value")
    return "json", [text.encode()]


def write_entry(file: Any, key: bytes, kind: str, parts: Sequence[Buffer], **more: Any) -> None:
    """Write a whole entry; `more` goes into its header."""
    digest = xxh3_128()
    for part in parts:
        digest.update(part)
    header = {
        "key": key.hex(),
        "kind": kind,
        "size": sum(len(part) for part in parts),
        "digest": digest.hexdigest(),
        "created": time.time_ns(),
        **more,
    }
    text = json.dumps(header).encode()
    file.write(_PREFIX.pack(MAGIC, len(text), xxh3_64_intdigest(text)) + text)
    for part in parts:
        file.write(part)


def open_regular(path: str) -> int:
    """Open a file for reading, neither following a link nor waiting for a pipe.

    Raises:
        DamagedError: It is no regular file.
        OSError: It cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.EMLINK):
            raise DamagedError("no regular file") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedError("no regular file")
    return descriptor


def read_header(descriptor: int) -> tuple[dict[str, Any], int]:
    """Return the header of an entry, and where the value begins.

    Raises:
        DamagedError: It is damaged.
    """
    start = _pread(descriptor, _FIRST_READ, 0)
    try:
        magic, length, digest = _PREFIX.unpack_from(start)
        begin = _PREFIX.size + length
        if magic != MAGIC or length > _MOST_HEADER:
            raise DamagedError("no header")
        if begin > len(start):
            start = _pread(descriptor, begin, 0)
        text = start[_PREFIX.size : begin]
        if len(text) < length or xxh3_64_intdigest(text) != digest:
            raise DamagedError("damaged header")
        header = json.loads(text)
        int_fields, str_fields = (
            (header["size"], header["created"]),
            (header["kind"], header["key"]),
        )
    except (*_DAMAGE, struct.error) as error:
        raise DamagedError("damaged header") from error
    if not all(isinstance(field, int) for field in int_fields):
        raise DamagedError("damaged header")
    if not all(isinstance(field, str) for field in str_fields):
        raise DamagedError("damaged header")
    return header, begin


def read_value(descriptor: int, header: dict[str, Any], begin: int) -> Any:
    """Return the value of an entry.

    Raises:
        DamagedError: It is damaged.
    """
    size = header["size"]
    if os.fstat(descriptor).st_size != begin + size:
        raise DamagedError("cut short")
    try:
        if header["kind"] == "npy":
            return _read_array(descriptor, begin, size, header["digest"])
        contents = _pread(descriptor, size, begin)
        if xxh3_128(contents).hexdigest() != header["digest"]:
            raise DamagedError("damaged value")
        return contents if header["kind"] == "bytes" else json.loads(contents)
    except _DAMAGE as error:
        raise DamagedError("damaged value") from error


def is_older(header: dict[str, Any], max_age: float | None) -> bool:
    """Return whether an entry was made more than `max_age` seconds ago."""
    return max_age is not None and time.time_ns() - header["created"] >= max_age * 1e9


def touch(descriptor: int) -> None:
    """Count a use: the time of the last access is set by hand, so mount options do not matter."""
    if os.utime in os.supports_fd:
        with suppress(OSError):  # read-only
            os.utime(descriptor, ns=(time.time_ns(), os.fstat(descriptor).st_mtime_ns))


def _encode_array(value: Any) -> Sequence[Buffer]:
    import numpy as np

    if type(value) is not np.ndarray or value.dtype.hasobject:
        raise TypeError(f"a store holds plain arrays, not {type(value).__name__} of {value.dtype}")
    array = value if value.flags.c_contiguous else value.copy("C")
    head = BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    return [head.getvalue(), array.reshape(-1).view("u1").data if array.size else b""]


def _read_array(descriptor: int, begin: int, size: int, digest: str) -> Any:
    import numpy as np

    start = _pread(descriptor, min(size, _FIRST_READ), begin)
    head = start[: _NPY_PREFIX + int.from_bytes(start[_NPY_PREFIX - 2 : _NPY_PREFIX], "little")]
    shape, dtype = _parse_array_header(head)
    if len(head) + math.prod(shape) * dtype.itemsize != size:
        raise DamagedError("a lying array")
    array = np.empty(shape, dtype)
    contents = array.reshape(-1).view("u1").data if array.size else memoryview(b"")
    seen = xxh3_128(head)
    for offset in range(0, len(contents), _BLOCK):  # each hashed while it is in the CPU's cache
        block = contents[offset : offset + _BLOCK]
        _pread_into(descriptor, block, begin + len(head) + offset)
        seen.update(block)
    if seen.hexdigest() != digest:
        raise DamagedError("damaged value")
    return array


@lru_cache(maxsize=64)
def _parse_array_header(head: bytes) -> tuple[tuple[int, ...], Any]:
    import numpy as np

    file = BytesIO(head)
    if np.lib.format.read_magic(file) != (1, 0):
        raise DamagedError("an unknown array")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file, _MOST_ARRAY_HEADER)
    if fortran or dtype.hasobject:
        raise DamagedError("an array that no store writes")
    return shape, dtype


def _pread(descriptor: int, size: int, offset: int) -> bytes:
    """Return up to `size` bytes, fewer only where the file ends."""
    contents = bytearray(max(0, min(size, os.fstat(descriptor).st_size - offset)))
    _pread_into(descriptor, memoryview(contents), offset)
    return bytes(contents)


def _pread_into(descriptor: int, into: memoryview, offset: int) -> None:
    done = 0
    while done < len(into):
        got = _pread_some(descriptor, into[done:], offset + done)
        if not got:
            raise EOFError("cut short")
        done += got


if sys.platform == "win32":

    def _pread_some(descriptor: int, into: memoryview, offset: int) -> int:
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(into))
        into[: len(data)] = data
        return len(data)

else:

    def _pread_some(descriptor: int, into: memoryview, offset: int) -> int:
        return os.preadv(descriptor, [into], offset)
