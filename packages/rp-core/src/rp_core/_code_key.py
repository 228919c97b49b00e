"""What tells a function on disk from others of its name, and from what it was before an edit."""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from xxhash import xxh3_128_hexdigest

from rp_core._keys import encode_key, freeze

if TYPE_CHECKING:
    from collections.abc import Hashable


def identity(fn: Any) -> bytes:
    """Return a digest of a function's code and of the constants that it closes over.

    Other variables that it closes over count by their types only, since they may change; globals,
    and functions that it calls by name, do not count. Python versions differ.
    """
    return xxh3_128_hexdigest(encode_key(_part(fn, set()))).encode()


def _part(value: Any, seen: set[int]) -> Hashable:
    """Return what identifies a function, its code, or a value in either of them."""
    if isinstance(value, FunctionType):
        if id(value) in seen:  # it closes over itself
            return "self"
        seen.add(id(value))
        cells = tuple(_cell(cell, seen) for cell in value.__closure__ or ())
        return (_part(value.__code__, seen), *cells)
    if isinstance(value, CodeType):
        constants = tuple(_part(constant, seen) for constant in value.co_consts)
        return value.co_code, value.co_names, constants
    if isinstance(value, (tuple, frozenset)):
        return type(value)(_part(item, seen) for item in value)
    if isinstance(value, (int, float, complex, str, bytes, type(None))):
        return freeze(value)
    kind: Any = type(value)
    return kind  # type: ignore[no-any-return]


def _cell(cell: Any, seen: set[int]) -> Hashable:
    try:
        return _part(cell.cell_contents, seen)
    except ValueError:  # not bound yet
        return "unbound"
