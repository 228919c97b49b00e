"""The form of an entry of a `DiskStore`: a header with a digest, then the value, with another.

8 bytes magic, 4 bytes length of the header, 8 bytes XXH3-64 of the header
the header, JSON: key, kind, size and XXH3-128 of the value, time of creation in ns
the value: bytes, JSON, or an array as in a .npy file; for a streamed file the body is elsewhere
"""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from xxhash import xxh3_64_intdigest, xxh3_128

from rp_core._disk_array import encode_array, read_array
from rp_core._disk_read import DamagedError, OpenFile
from rp_core._keys import freeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_core._disk_read import Buffer

MAGIC: Final = b"rpstore1"
_PREFIX: Final = struct.Struct("<8sIQ")
_MOST_HEADER: Final = 1 << 24
_DAMAGE: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RecursionError,
    EOFError,
    OverflowError,
)


class TooLargeError(Exception):
    """The key and the metadata are more than a header holds."""


class Entry(NamedTuple):
    """An entry that is open: its file, its header, and where its value begins."""

    file: OpenFile
    header: dict[str, Any]
    begin: int


def encode_value(value: Any) -> tuple[str, Sequence[Buffer]]:
    """Return the kind of a value, and its bytes in parts.

    Raises:
        TypeError: It is neither bytes nor an array nor exact as JSON.
    """
    if type(value) is bytes:
        return "bytes", [value]
    if hasattr(value, "__array_interface__"):
        return "npy", encode_array(value)
    return "json", [_exact_json(value).encode()]


def checked_metadata(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Return the metadata of a streamed file, if they are what they must be.

    Raises:
        TypeError: They are no dict, or not exact as JSON.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise TypeError(f"metadata must be a dict, not {metadata!r}")
    _exact_json(metadata)
    return metadata


def _exact_json(value: Any) -> str:
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        exact = freeze(json.loads(text)) == freeze(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(
            f"a store holds bytes, arrays and JSON, and this is none: {error}"
        ) from error
    if not exact:
        raise TypeError("a store holds bytes, arrays and JSON; JSON would change this value")
    return text


def write_entry(file: Any, key: bytes, kind: str, parts: Sequence[Buffer], **more: Any) -> None:
    """Write a whole entry; `more` goes into its header.

    Raises:
        TooLargeError: The key and the metadata are more than a header holds.
    """
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
    if len(text) > _MOST_HEADER:
        raise TooLargeError
    file.write(_PREFIX.pack(MAGIC, len(text), xxh3_64_intdigest(text)) + text)
    for part in parts:
        file.write(part)


def open_entry(path: str) -> Entry:
    """Open an entry, to be closed by the caller.

    Raises:
        DamagedError: It is none, or damaged.
        OSError: It cannot be opened.
    """
    file = OpenFile(path)
    try:
        return Entry(file, *_read_header(file))
    except BaseException:
        file.close()
        raise


def read_header(path: str) -> dict[str, Any] | None:
    """Return the header of an entry, None where it has none.

    Raises:
        OSError: There may be one, but it cannot be read now.
    """
    try:
        entry = open_entry(path)
    except (DamagedError, FileNotFoundError, PermissionError):
        return None
    entry.file.close()
    return entry.header


def _read_header(file: OpenFile) -> tuple[dict[str, Any], int]:
    start = file.read(_PREFIX.size, 0)
    try:
        magic, length, digest = _PREFIX.unpack_from(start)
        if magic != MAGIC or length > _MOST_HEADER:
            raise DamagedError("no header")
        text = file.read(length, _PREFIX.size)
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
    return header, _PREFIX.size + length


def read_value(entry: Entry) -> Any:
    """Return the value of an entry.

    Raises:
        DamagedError: It is damaged.
    """
    file, header, begin = entry
    size = header["size"]
    if file.status.st_size != begin + size:
        raise DamagedError("cut short")
    try:
        if header["kind"] == "npy":
            return read_array(file, begin, size, header["digest"])
        contents = file.read(size, begin)
        if xxh3_128(contents).hexdigest() != header["digest"]:
            raise DamagedError("damaged value")
        return contents if header["kind"] == "bytes" else json.loads(contents)
    except _DAMAGE as error:
        raise DamagedError("damaged value") from error


def age_of(entry: Entry) -> float:
    """Return how many seconds ago an entry was made; 0 where the clock has been set back."""
    return max(0.0, (time.time_ns() - int(entry.header["created"])) / 1e9)
