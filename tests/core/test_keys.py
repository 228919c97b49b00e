"""Keys: two calls are the same exactly if their arguments have the same types and values."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rp_core import array_key, cached, file_key
from rp_core._keys import encode_key, freeze
from support.arrays import needs_numpy, np


class Colour(Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    left: object
    right: object


@dataclass
class Point:
    x: object


class Tagged(list[int]):
    def __init__(self, tag: str) -> None:
        super().__init__([1])
        self.tag = tag


class Twin:
    """Equal to any other of its kind, and hashed alike."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Twin)

    def __hash__(self) -> int:
        return 1


ALL_DIFFERENT: list[Any] = [
    1,
    1.0,
    True,
    1 + 0j,
    "1",
    b"1",
    bytearray(b"1"),
    (1,),
    [1],
    {1},
    frozenset({1}),
    {1: 1},
    {"1": 1},
    -1,
    -2,  # hash(-1) == hash(-2)
    0,
    0.0,
    -0.0,
    0j,
    complex(0.0, -0.0),
    False,
    None,
    "",
    b"",
    (),
    [],
    {},
    set(),
    (1.0,),
    (True,),
    [[1]],
    [(1,)],
    {1: 1.0},
    {1.0: 1},
    {True: 1},
    {1: (1,)},
    {1: [1]},
    math.nan,
    math.inf,
    -math.inf,
    Colour.RED,
    Colour.BLUE,
    int,
    float,
    Pair(1, 2),
    (1, 2),
    Pair(1.0, 2),
    2**61 - 1,
    2 * (2**61 - 1),
    Path("no such file"),
    "no such file",
    PurePosixPath("no such file"),
    OrderedDict({1: 1}),
    memoryview(b"1"),
    range(3),
    lambda: 1,
    object(),
    object(),
    OrderedDict({"a": 1, "b": 2}),
    OrderedDict({"b": 2, "a": 1}),
    defaultdict(int),
    defaultdict(list),
    Tagged("a"),
    Tagged("b"),
    {math.nan},
    {math.nan, float("nan")},
    Point(1),
    Point(1.0),
    Point(True),
    Point([1]),
    datetime(2026, 1, 1, 12, tzinfo=UTC),
    datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1))),
    datetime(2026, 1, 1, 12),
    datetime(2026, 1, 1, 12, fold=1),
    Decimal("1.0"),
    Decimal("1.00"),
    Decimal(0),
    Decimal("-0"),
]
if np:
    ALL_DIFFERENT += [
        np.int8(1),
        np.int64(1),
        np.float64(1),
        np.float32(1),
        np.zeros(4),
        np.zeros((2, 2)),
        np.zeros((4, 1)),
        np.zeros(4, "f4"),
        np.zeros(4, ">f8"),
        -np.zeros(4),
        np.zeros(4, "i1"),
        np.zeros(4, "u1"),
        np.zeros(0),
        np.zeros((0, 3)),
        np.array(0.0),
        np.zeros(8, "i2"),
        np.zeros(2, "i4,i4"),
        np.zeros(2, [("a", "i4"), ("b", "i4")]),
        np.zeros(2, "M8[s]"),
        np.zeros(2, "M8[ms]"),
        np.array(["a"]),
        np.array([b"a"]),
    ]


def test_what_differs_in_type_or_value_differs_as_a_key() -> None:
    keys = [freeze(value) for value in ALL_DIFFERENT]

    for index, key in enumerate(keys):
        same = [ALL_DIFFERENT[other] for other in range(len(keys)) if keys[other] == key]
        assert len(same) == 1, same
        assert freeze(ALL_DIFFERENT[index]) == key


def test_no_two_arguments_get_each_others_result() -> None:
    @cached(maxsize=None)
    def place(value: object) -> int:
        return next(index for index, other in enumerate(ALL_DIFFERENT) if other is value)

    for _ in range(2):
        assert [place(value) for value in ALL_DIFFERENT] == list(range(len(ALL_DIFFERENT)))


def test_what_is_equal_is_one_key() -> None:
    assert freeze({"a": 1, "b": [2]}) == freeze({"b": [2], "a": 1})
    assert freeze({1, 2, 3}) == freeze({3, 2, 1})
    assert freeze(Twin()) == freeze(Twin())


@needs_numpy
def test_an_array_in_any_layout_is_one_key() -> None:
    base = np.arange(24).reshape(4, 6)
    assert freeze(base[::2, ::3]) == freeze(base[::2, ::3].copy())
    assert freeze(base.T) == freeze(base.T.copy())


def test_a_later_change_of_an_argument_changes_no_key() -> None:
    @cached
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    numbers = [1, 2]
    assert total(numbers) == 3
    numbers.append(3)
    assert total(numbers) == 6
    assert total([1, 2]) == 3
    assert total.cache_info().hits == 1


def test_an_object_is_kept_alive_so_that_its_address_cannot_lie() -> None:
    class Thing:
        def __init__(self, number: int) -> None:
            self.number = number

    @cached(maxsize=None)
    def number_of(thing: Thing) -> int:
        return thing.number

    assert [number_of(Thing(number)) for number in range(500)] == list(range(500))


@pytest.mark.parametrize("value", [[object(), {1: {}.keys()}], {}.values()])
def test_what_has_no_key_is_refused_by_name(value: Any) -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

    @cached
    def fn(first: int, second: object = None) -> None: ...

    with pytest.raises(
        TypeError, match=r"argument 'second' cannot be part of a key: .*; pass key="
    ):
        fn(1, second=[Unhashable()])
    if not isinstance(value, type({}.values())):
        with pytest.raises(TypeError, match="argument 'second'"):
            fn(1, value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(plain, plain)
def test_keys_are_equal_exactly_if_the_values_read_alike(one: Any, other: Any) -> None:
    assert (freeze(one) == freeze(other)) == (canonical(one) == canonical(other))
    assert (encode_key(freeze(one)) == encode_key(freeze(other))) == (freeze(one) == freeze(other))


def canonical(value: Any) -> str:
    if isinstance(value, dict):
        pairs = sorted((repr(name), canonical(item)) for name, item in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({[canonical(item) for item in value]})"
    return repr(value)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "a",
        "a, b=2",
        "a, /",
        "a, /, b",
        "a, /, b=2, *, c",
        "*, c",
        "*, c=3",
        "*a",
        "**k",
        "*a, **k",
        "a, *b",
        "a, *b, c",
        "a, *b, c=3, **k",
        "a=1, /, b=2, *c, d, e=5, **k",
        "type, name=1, *value",
        "self, freeze=1, **tuple",
    ],
)
def test_every_kind_of_signature_binds_as_the_function_does(signature: str) -> None:
    scope: dict[str, Any] = {}
    exec(f"def fn({signature}): return repr(sorted(locals().items()))", scope)
    original, remembering = scope["fn"], cached(maxsize=None)(scope["fn"])
    names = ["a", "b", "c", "d", "e", "x", "name", "value", "type", "self", "freeze"]
    for count in range(4):
        for keywords in [(), *((name,) for name in names), ("b", "c"), ("d", "e"), ("name", "x")]:
            args, kwargs = range(10, 10 + count), dict.fromkeys(keywords, 7)
            try:
                wanted = original(*args, **kwargs)
            except TypeError:
                with pytest.raises(TypeError):
                    remembering(*args, **kwargs)
            else:
                assert remembering(*args, **kwargs) == remembering(*args, **kwargs) == wanted


def test_a_file_is_known_by_what_is_there_now(tmp_path: Path) -> None:
    @cached
    def read(path: os.PathLike[str]) -> bytes:
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b"missing"

    path = tmp_path / "file"
    assert read(path) == b"missing"
    path.write_bytes(b"one")
    assert read(path) == read(path) == b"one"
    assert read.cache_info().hits == 1
    (tmp_path / "other").write_bytes(b"two")
    (tmp_path / "other").replace(path)
    assert read(path) == b"two"
    path.write_bytes(b"three")
    assert read(path) == b"three"
    path.unlink()
    assert read(path) == b"missing"


def test_a_file_key_is_path_device_inode_time_and_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    monkeypatch.chdir(tmp_path)
    found = os.stat("file")
    wanted = (str(tmp_path / "file"), found.st_dev, found.st_ino, found.st_mtime_ns, 4)
    assert file_key("file") == file_key(tmp_path / "file") == wanted
    with pytest.raises(FileNotFoundError):
        file_key("nothing")


@needs_numpy
def test_arrays_of_a_subclass_count_with_their_attributes() -> None:
    class Unit(np.ndarray):  # type: ignore[misc]
        pass

    metres, kilometres = np.arange(3).view(Unit), np.arange(3).view(Unit)
    metres.unit, kilometres.unit = "m", "km"
    total = cached(lambda array: array.sum())

    assert freeze(metres) != freeze(kilometres)
    assert total(np.ma.array([1, 2, 3], mask=[0, 0, 0])) == 6
    assert total(np.ma.array([1, 2, 3], mask=[1, 1, 0])) == 3


@needs_numpy
def test_fields_that_overlap_have_a_key() -> None:
    layout = {"names": ["a", "b"], "formats": ["i4", "i2"], "offsets": [0, 2]}
    odd = np.zeros(2, np.dtype(layout))

    assert array_key(odd) == array_key(odd.copy())
    odd["b"] = 1
    assert array_key(odd) != array_key(np.zeros(2, np.dtype(layout)))


@pytest.mark.parametrize("path", ["nul\0", "x" * 5000])
def test_a_path_that_cannot_be_looked_at_is_left_to_the_function(path: str) -> None:
    assert cached(lambda where: len(str(where)))(Path(path)) == len(path)


@needs_numpy
def test_an_array_key_is_shape_type_and_contents() -> None:
    shape, kind, digest = array_key(np.zeros((2, 3), "f4"))
    assert (shape, kind, len(digest)) == ((2, 3), "<f4", 16)
    with pytest.raises(TypeError, match="Python objects"):
        array_key(np.array([None]))
    with pytest.raises(TypeError, match="argument 'array' cannot be part of a key"):
        cached(lambda array: None)(np.array([None]))


def test_a_key_on_disk_is_the_same_in_every_process() -> None:
    value = "{'a': [1, 2.5, None, 'é', b'x'], 'b': {3, 1, 2, 'z', 'y'}, 'c': (True, -0.0)}"
    script = f"from rp_core._keys import *; print(encode_key(freeze({value})).hex())"
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1
    with pytest.raises(TypeError, match="a key on disk cannot hold object"):
        encode_key(freeze([object()]))
