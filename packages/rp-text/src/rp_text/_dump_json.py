"""Write JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from rp_core import atomic_write, check_int, writable_path
from rp_text._json_writer import Writing, at_once, json, write

if TYPE_CHECKING:
    import os

    from rp_text._load_json import JSONBackend


@overload
def dump_json(
    value: Any,
    path: None = None,
    *,
    indent: int | None = None,
    sort_keys: bool = False,
    durable: bool = False,
    backend: JSONBackend | None = None,
) -> bytes: ...
@overload
def dump_json(
    value: Any,
    path: str | os.PathLike[str],
    *,
    indent: int | None = None,
    sort_keys: bool = False,
    durable: bool = False,
    backend: JSONBackend | None = None,
) -> None: ...
def dump_json(
    value: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    indent: int | None = None,
    sort_keys: bool = False,
    durable: bool = False,
    backend: JSONBackend | None = None,
) -> bytes | None:
    """Write a value as JSON (RFC 8259), to a file, which takes its place when it is whole.

    UTF-8, without a byte order mark, a space or a line end that is not asked for. NaN, the
    infinities and lone surrogates are refused; integers are exact, up to the 4300 digits that
    Python writes. Keys that are numbers, True, False or None are written as strings, as by the
    standard library.

    Args:
        value: A dict, list, tuple, str, int, float, bool or None, and these in one another.
        path: Destination. None: the bytes are returned.
        indent: Blanks by which what is within is indented, line by line. None: all on one line.
        sort_keys: Whether the keys of dicts are sorted.
        durable: Whether to wait until the file is on the disk (fsync).
        backend: "orjson" for speed. It writes NaN and the infinities as null, silently, refuses
            integers beyond 64 bits, indents by 2 only, writes enums and UUIDs, and writes 1e-07 as
            1e-7. None: "json", the standard library.

    Returns:
        The bytes where there is no path.

    Raises:
        JSONError: The value cannot be written as JSON.
        LimitExceededError: It is nested too deeply: beyond about 1000 levels.
        NoBackendError: There is no orjson.
        TypeError: There is something in it that JSON does not have, or an argument makes no sense.
        OSError: The file could not be written; the old one stays.
    """
    if indent is not None:
        check_int("indent", indent, 0)
        if backend == "orjson" and indent != 2:
            raise ValueError(f"orjson indents by 2, not by {indent}")
    target = None if path is None else writable_path(path)
    data = at_once(write, json, backend)(Writing(value, indent, sort_keys, named=True))
    if target is None:
        return data
    with atomic_write(target, durable=durable) as file:
        file.write(data)
    return None
