"""Values that a cache keeps and hands out: their copies, and their sizes."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Copy: TypeAlias = Literal[True, False, "readonly"]
IMMUTABLE: Final = frozenset(
    {int, float, complex, str, bytes, bool, type(None), type, range, slice, type(...)}
)


def keep(value: Any) -> Any:
    """Return a copy of plain data that nobody else holds, its arrays closed to writing."""
    return _rebuilt(value, _kept_array)


def hand_out_copy(kept: Any) -> Any:
    """Return a copy of kept data, to be written to at will."""
    return _rebuilt(kept, _copied_array)


def hand_out_view(kept: Any) -> Any:
    """Return kept data with views of its arrays that cannot be opened to writing."""
    return _rebuilt(kept, _viewed_array)


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes in memory, what it contains included."""
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray):
        return int(value.nbytes) + 128
    size = sys.getsizeof(value, 64)
    if isinstance(value, dict):
        return size + sum(size_of(name) + size_of(item) for name, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return size + sum(map(size_of, value))
    if is_dataclass(value) and not isinstance(value, type):
        return size + sum(size_of(getattr(value, field.name)) for field in fields(value))
    return size


def _rebuilt(value: Any, array: Callable[[Any], Any]) -> Any:  # noqa: PLR0911
    """Rebuild plain data; what is none, and what holds nothing that can be changed, is shared."""
    kind = type(value)
    if kind in IMMUTABLE:
        return value
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray):
        return array(value)
    if kind is bytearray:
        return bytearray(value)
    if kind in (list, set):
        return kind(_rebuilt(item, array) for item in value)
    if isinstance(value, dict) and kind is dict:
        return {name: _rebuilt(item, array) for name, item in value.items()}
    if isinstance(value, tuple):
        return _rebuilt_tuple(value, array)
    if is_dataclass(value) and not isinstance(value, type):
        return _rebuilt_record(value, array)
    return value


def _rebuilt_tuple(value: tuple[Any, ...], array: Callable[[Any], Any]) -> Any:
    parts = [_rebuilt(item, array) for item in value]
    if all(part is item for part, item in zip(parts, value, strict=True)):
        return value
    if type(value) is tuple:
        return tuple(parts)
    return value._make(parts) if hasattr(value, "_make") else value


def _rebuilt_record(value: Any, array: Callable[[Any], Any]) -> Any:
    parts = {f.name: _rebuilt(getattr(value, f.name), array) for f in fields(value) if f.init}
    mutable = not value.__dataclass_params__.frozen
    if not mutable and all(part is getattr(value, name) for name, part in parts.items()):
        return value
    return replace(value, **parts)


def _kept_array(array: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    if type(array) is numpy.ndarray and array.size and not array.dtype.hasobject:
        # Over bytes, since the owner of its memory can be opened to writing by any view's `base`.
        return numpy.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)
    kept = array.copy()
    kept.flags.writeable = False
    return kept


def _copied_array(array: Any) -> Any:
    return array.copy()


def _viewed_array(array: Any) -> Any:
    return array.view()
