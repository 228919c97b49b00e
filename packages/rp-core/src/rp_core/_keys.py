"""What identifies an argument of a cached call: its type and its value."""

from __future__ import annotations

import os
import sys
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from xxhash import xxh3_128_digest, xxh3_128_hexdigest

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    FileKey: TypeAlias = tuple[str, int, int, int, int]
    ArrayKey: TypeAlias = tuple[tuple[int, ...], str, bytes]

ATOMS: Final = frozenset({int, str, bytes, bool, type(None)})
_MISSING: Final = "no such file"
# Of the same instant in two zones, or 1.0 and 1.00, which functions do tell apart.
_EQUAL_YET_DIFFERENT: Final = frozenset({"datetime", "decimal"})


def file_key(path: str | os.PathLike[str]) -> FileKey:
    """Return what identifies a file as it is now.

    A file that is written anew has another key, unless its size stays and the file system's clock
    has not moved on.

    Args:
        path: The file; a symbolic link stands for what it points to.

    Returns:
        Absolute path, device, inode, time of the last change in ns, size in bytes.

    Raises:
        OSError: There is no such file, or it cannot be looked at.
    """
    found = os.stat(path)
    absolute = os.path.abspath(os.fsdecode(path))
    return absolute, found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def array_key(array: NDArray[Any]) -> ArrayKey:
    """Return what identifies an array: shape, type with byte order, XXH3-128 of the contents.

    Raises:
        TypeError: The array holds Python objects, whose contents are elsewhere.
    """
    if array.dtype.hasobject:
        raise TypeError("an array of Python objects has no key")
    contents = array if array.flags.c_contiguous else array.copy("C")
    if array.dtype.kind == "V":  # its `str` names neither fields nor types of other libraries
        return array.shape, repr(array.dtype), xxh3_128_digest(contents.tobytes())
    return array.shape, array.dtype.str, xxh3_128_digest(contents.reshape(-1).view("u1").data)


def freeze(value: Any) -> Hashable:  # noqa: C901, PLR0911
    """Return what equals that of another value exactly if both have the same type and value.

    Containers and dataclasses are taken apart, so a later change of them changes nothing here;
    dicts and sets are equal in any order. Arrays count by contents, paths by the file that is
    there, dates and decimals by what they say, anything else by its own `__eq__` and `__hash__`.

    Raises:
        TypeError: The value is neither of these nor hashable.
    """
    kind: Any = type(value)
    if kind in ATOMS:
        return kind, value
    if kind is float:
        return kind, value.hex()  # tells 0.0 from -0.0, and lets nan equal itself
    if kind is complex:
        return kind, value.real.hex(), value.imag.hex()
    if isinstance(value, (tuple, list)):
        return (kind, *map(freeze, value), *_attributes(value))
    if isinstance(value, dict):
        return kind, _freeze_items(value), *_attributes(value)
    if isinstance(value, (set, frozenset)):
        return kind, len(value), frozenset(map(freeze, value)), *_attributes(value)
    if isinstance(value, (bytearray, memoryview)):
        return kind, bytes(value), getattr(value, "shape", None), getattr(value, "format", None)
    if isinstance(value, os.PathLike):
        return kind, _key_of_path(value)
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, (numpy.ndarray, numpy.generic)):
        return kind, array_key(numpy.asarray(value)), *_attributes(value)
    if is_dataclass(value) and kind.__dataclass_params__.eq:
        return kind, *(freeze(getattr(value, field.name)) for field in fields(value))
    if kind.__module__ in _EQUAL_YET_DIFFERENT:
        return kind, repr(value)
    hash(value)
    return kind, value


def _freeze_items(value: dict[Any, Any]) -> Hashable:
    items = ((freeze(name), freeze(item)) for name, item in value.items())
    return tuple(items) if hasattr(value, "move_to_end") else frozenset(items)


def _attributes(value: Any) -> tuple[Hashable, ...]:
    """Return what an instance of a subclass of a container holds besides what it contains."""
    factory = getattr(value, "default_factory", None)
    attributes = getattr(value, "__dict__", None)
    return tuple(freeze(part) for part in (factory, attributes) if part)


def _key_of_path(path: os.PathLike[str]) -> Hashable:
    try:
        return file_key(path)
    except (OSError, ValueError):  # the function that is called says what is wrong
        return os.path.abspath(os.fsdecode(path)), _MISSING


def encode_key(frozen: Hashable) -> bytes:  # noqa: PLR0911
    """Return a frozen key as bytes that are the same in every process.

    Raises:
        TypeError: Something in it has no such form.
    """
    if isinstance(frozen, tuple):
        parts = [encode_key(part) for part in frozen]
        return b"(" + b"".join(b"%d:%b" % (len(part), part) for part in parts) + b")"
    if isinstance(frozen, frozenset):
        parts = sorted(encode_key(part) for part in frozen)
        return b"{" + b"".join(b"%d:%b" % (len(part), part) for part in parts) + b"}"
    if isinstance(frozen, type):
        return f"<{frozen.__module__}.{frozen.__qualname__}>".encode()
    if type(frozen) is str:
        return b"s" + frozen.encode("utf-8", "surrogatepass")
    if type(frozen) is bytes:
        return b"b" + frozen
    if type(frozen) is int:
        return b"i%x" % frozen
    if type(frozen) in ATOMS:
        return repr(frozen).encode()
    raise TypeError(f"a key on disk cannot hold {type(frozen).__name__}")


def key_bytes(key: object) -> bytes:
    """Return the key of a store, given as str, bytes or a tuple of plain data, as bytes.

    Raises:
        TypeError: It is none of these.
    """
    if isinstance(key, str):
        return b"s" + key.encode("utf-8", "surrogatepass")
    if isinstance(key, bytes):
        return b"b" + key
    return b"t" + encode_key(freeze(key))


def file_name(key: bytes) -> str:
    """Return the name under which a store keeps a key; other keys may, unlikely, have it too."""
    return xxh3_128_hexdigest(key)
