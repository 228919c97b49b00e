"""Values that a cache keeps and hands out: their copies, and their sizes."""

from __future__ import annotations

import copy
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    # What has been rebuilt already, by identity: data may be shared, and contain itself.
    Memo: TypeAlias = dict[int, Any]

Copy: TypeAlias = Literal[True, False, "readonly"]
IMMUTABLE: Final = frozenset(
    {int, float, complex, str, bytes, bool, type(None), type, range, slice, type(...)}
)
_CONTAINERS: Final = frozenset({list, deque, dict, OrderedDict, defaultdict, Counter})
_OPAQUE: Final = (type, type(sys), type(copy.copy), type(len))


def keep(value: Any) -> Any:
    """Return a copy of plain data that nobody else holds, its arrays closed to writing."""
    return _rebuilt(value, _kept_array, {})


def hand_out_copy(kept: Any) -> Any:
    """Return a copy of kept data, to be written to at will."""
    return _rebuilt(kept, _copied_array, {})


def hand_out_view(kept: Any) -> Any:
    """Return kept data with views of its arrays that cannot be opened to writing."""
    return _rebuilt(kept, _viewed_array, {})


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes in memory, what it contains included.

    What a C library holds counts only where the object has an `nbytes`.
    """
    total, seen, parts = 0, set(), [value]
    while parts:
        part = parts.pop()
        if id(part) in seen or isinstance(part, _OPAQUE):
            continue
        seen.add(id(part))
        nbytes = getattr(part, "nbytes", None)
        if isinstance(nbytes, int):
            total += nbytes + 128
            continue
        total += sys.getsizeof(part, 64)
        if isinstance(part, dict):
            parts += [*part.keys(), *part.values()]
        elif isinstance(part, (list, tuple, set, frozenset, deque)):
            parts += part
        if is_dataclass(part):
            parts += [getattr(part, field.name, None) for field in fields(part)]
        parts += getattr(part, "__dict__", {}).values()
    return total


def _rebuilt(value: Any, array: Callable[[Any], Any], memo: Memo) -> Any:  # noqa: PLR0911
    """Rebuild plain data; what is none, and what holds nothing that can be changed, is shared."""
    kind = type(value)
    if kind in IMMUTABLE:
        return value
    if id(value) in memo:
        return memo[id(value)]
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray):
        memo[id(value)] = array(value)
        return memo[id(value)]
    if kind in _CONTAINERS:
        return _rebuilt_container(value, array, memo)
    if kind in (bytearray, set) or (kind.__module__, kind.__name__) == ("array", "array"):
        return copy.copy(value)  # what a set holds is hashable, so it does not change
    if isinstance(value, tuple):
        return _rebuilt_tuple(value, array, memo)
    if is_dataclass(value) and not isinstance(value, type):
        return _rebuilt_record(value, array, memo)
    return value


def _rebuilt_container(value: Any, array: Callable[[Any], Any], memo: Memo) -> Any:
    rebuilt = memo[id(value)] = copy.copy(value)
    for place, item in value.items() if isinstance(value, dict) else enumerate(value):
        rebuilt[place] = _rebuilt(item, array, memo)
    return rebuilt


def _rebuilt_tuple(value: tuple[Any, ...], array: Callable[[Any], Any], memo: Memo) -> Any:
    parts = [_rebuilt(item, array, memo) for item in value]
    if all(part is item for part, item in zip(parts, value, strict=True)):
        return value
    if type(value) is tuple:
        return tuple(parts)
    return value._make(parts) if hasattr(value, "_make") else value


def _rebuilt_record(value: Any, array: Callable[[Any], Any], memo: Memo) -> Any:
    # Not by `replace`, which runs `__init__` and `__post_init__` once more.
    record = memo[id(value)] = copy.copy(value)
    changed = not value.__dataclass_params__.frozen
    for field in fields(value):
        if hasattr(value, field.name):
            item = getattr(value, field.name)
            part = _rebuilt(item, array, memo)
            changed = changed or part is not item
            object.__setattr__(record, field.name, part)
    if not changed:
        memo[id(value)] = value
    return memo[id(value)]


def _kept_array(array: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    if type(array) is numpy.ndarray and array.nbytes and not array.dtype.hasobject:
        # Over bytes, since the owner of its memory can be opened to writing by any view's `base`.
        return numpy.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)
    kept = array.copy()
    kept.flags.writeable = False
    return kept


def _copied_array(array: Any) -> Any:
    return array.copy()


def _viewed_array(array: Any) -> Any:
    return array.view()
