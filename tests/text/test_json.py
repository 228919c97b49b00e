"""JSON has one strict contract; what orjson does otherwise is what its docstring says."""

from __future__ import annotations

import gzip
import json
import math
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_text
import rp_text.sync
from rp_core import LimitExceededError
from rp_text import DecodeError, JSONError
from rp_text.sync import JSONBackend

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('ab"\\é\n'), inner),
    max_leaves=20,
)
DOCUMENT = {"a": [1, 2.5, None, True, 'é\n"\\ \u2028'], "b": {"c": []}, "": {}}
BACKENDS = ["json", "orjson"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "json_backend" in metafunc.fixturenames:
        metafunc.parametrize("json_backend", BACKENDS)


@given(VALUES)
def test_values_come_back(value: Any) -> None:
    data = rp_text.sync.dump_json(value)

    assert rp_text.sync.load_json(data) == value
    assert json.loads(data) == value


def test_both_backends_write_the_same(json_backend: JSONBackend) -> None:
    data = rp_text.sync.dump_json(DOCUMENT, backend=json_backend)
    assert data == json.dumps(DOCUMENT, ensure_ascii=False, separators=(",", ":")).encode()

    data = rp_text.sync.dump_json(DOCUMENT, indent=2, sort_keys=True, backend=json_backend)
    assert data == json.dumps(DOCUMENT, ensure_ascii=False, indent=2, sort_keys=True).encode()
    keys = rp_text.sync.dump_json({1: 4, None: 3}, backend=json_backend)
    assert keys == b'{"1":4,"null":3}'


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"", 1, 1),
        (b"[1,\n 2,\n]", None, None),
        (b'{"a" 1}', 1, 6),
        (b"[1] 2", 1, 5),
        (b"'a'", 1, 1),
        (b"[01]", 1, None),
        (b'"a\nb"', 1, None),
        (b"nul", 1, None),
        (b"[1,\n[NaN]]", 2, 2),
        (b'["NaN", Infinity]', 1, 9),
        (b"[-Infinity]", 1, None),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(
    data: bytes, line: int | None, column: int | None, json_backend: JSONBackend
) -> None:
    with pytest.raises(JSONError) as caught:
        rp_text.sync.load_json(data, backend=json_backend)

    assert isinstance(caught.value, ValueError)
    assert caught.value.line == (line or caught.value.line)
    if json_backend == "json" and column:
        assert caught.value.column == column


def test_lone_surrogates_are_refused(json_backend: JSONBackend) -> None:
    for data in (rb'"\ud800"', rb'["\uDC00"]', rb'{"\ud83d": 1}'):
        with pytest.raises(JSONError, match="surrogate"):
            rp_text.sync.load_json(data, backend=json_backend)
    for value in ("\ud800", ["\udfff"], {"\ud800": 1}):
        with pytest.raises(JSONError, match="surrogate"):
            rp_text.sync.dump_json(value, backend=json_backend)
    pair = rp_text.sync.load_json(rb'["\ud83d\ude00", "\\ud800"]', backend=json_backend)
    assert pair == ["😀", "\\ud800"]


def test_json_is_utf_8_with_or_without_a_mark(json_backend: JSONBackend) -> None:
    assert rp_text.sync.load_json(b'\xef\xbb\xbf"\xc3\xa9"', backend=json_backend) == "é"
    for data in (b'"\xff"', '"a"'.encode("utf-16"), b'"\xed\xa0\x80"'):
        with pytest.raises((DecodeError, JSONError)):
            rp_text.sync.load_json(data, backend=json_backend)
    with pytest.raises(DecodeError):
        rp_text.sync.load_json(b'"\xff"', backend=json_backend)


def test_what_is_nested_too_deeply_is_refused(json_backend: JSONBackend) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    for data in (b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b"[" * 100_000):
        with pytest.raises(LimitExceededError, match="nested"):
            rp_text.sync.load_json(data, backend=json_backend)
    with pytest.raises(LimitExceededError, match="nested"):
        rp_text.sync.dump_json(deep, backend=json_backend)
    assert rp_text.sync.load_json(b"[" * 400 + b"]" * 400, backend=json_backend)


def test_what_json_does_not_have_is_a_type_error(json_backend: JSONBackend) -> None:
    import dataclasses
    import datetime

    @dataclasses.dataclass
    class Point:
        x: int = 1

    for value in (object(), {1, 2}, b"bytes", 1j, Point(), datetime.date(2026, 1, 1)):
        with pytest.raises(TypeError):
            rp_text.sync.dump_json(value, backend=json_backend)


class TestTheContract:
    def test_integers_are_exact(self) -> None:
        for number in (2**70, -(10**400), 12345678901234567890):
            assert rp_text.sync.load_json(str(number).encode()) == number
            assert rp_text.sync.dump_json(number) == str(number).encode()
        with pytest.raises(JSONError, match="digits"):
            rp_text.sync.load_json(b"1" * 5000)

    def test_nan_is_not_written(self) -> None:
        for value in (math.nan, [math.inf], {"a": -math.inf}):
            with pytest.raises(JSONError):
                rp_text.sync.dump_json(value)
        assert rp_text.sync.load_json(b"1e400") == math.inf

    def test_of_a_key_twice_the_last_counts_or_it_is_refused(self) -> None:
        data = b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}'

        assert rp_text.sync.load_json(data) == {"a": 3, "b": {"c": 2}}
        with pytest.raises(JSONError, match="'c' twice"):
            rp_text.sync.load_json(data, unique_keys=True)
        assert rp_text.sync.load_json(b'{"a": {"a": 1}}', unique_keys=True)

    def test_what_holds_itself_is_refused(self) -> None:
        value: list[Any] = []
        value.append(value)

        with pytest.raises(JSONError, match="ircular"):
            rp_text.sync.dump_json(value)


class TestOrjson:
    @pytest.fixture(autouse=True)
    def here(self) -> None:
        pytest.importorskip("orjson")

    def test_it_differs_where_its_docstring_says(self) -> None:
        load, dump = rp_text.sync.load_json, rp_text.sync.dump_json

        assert load(b"123456789012345678901234567890", backend="orjson") == 1.2345678901234568e29
        assert dump([math.nan, math.inf], backend="orjson") == b"[null,null]"
        with pytest.raises(JSONError, match="infinity"):
            load(b"1e400", backend="orjson")
        with pytest.raises(JSONError, match="64-bit"):
            dump(2**70, backend="orjson")
        with pytest.raises(ValueError, match="indents by 2"):
            dump([], indent=3, backend="orjson")
        with pytest.raises(ValueError, match="twice"):
            load(b"{}", unique_keys=True, backend="orjson")

    def test_it_is_asked_only_where_it_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise AssertionError

        monkeypatch.setattr("orjson.loads", fail)
        monkeypatch.setattr("orjson.dumps", fail)
        assert rp_text.sync.load_json(rp_text.sync.dump_json([1])) == [1]


class TestFiles:
    async def test_files_are_read_and_written(self, tmp_path: Path, leaves_nothing: None) -> None:
        path = tmp_path / "a.json"

        await rp_text.dump_json(DOCUMENT, path)
        assert await rp_text.load_json(path) == DOCUMENT
        path.write_bytes(gzip.compress(b"[1]"))
        assert rp_text.sync.load_json(path) == [1]
        with pytest.raises(LimitExceededError, match="max_bytes"):
            rp_text.sync.load_json(b"[1, 2]", max_bytes=3)

    def test_what_cannot_be_written_leaves_the_old_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.json"
        path.write_text("old")

        for value in (object(), math.nan, "\ud800"):
            with pytest.raises((TypeError, JSONError)):
                rp_text.sync.dump_json(value, path)
            with pytest.raises((TypeError, JSONError)):
                rp_text.sync.write_json_lines(path, [1] * 5000 + [value])
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["a.json"]


class TestLines:
    async def test_values_come_back_line_by_line(
        self, tmp_path: Path, json_backend: JSONBackend, leaves_nothing: None
    ) -> None:
        values = [{"number": number, "text": "é\n\u2028"} for number in range(3000)]

        async def source() -> AsyncIterator[Any]:
            for value in values:
                yield value

        path = tmp_path / "a.jsonl"
        await rp_text.write_json_lines(path, source(), backend=json_backend)
        assert path.read_bytes().count(b"\n") == 3000
        found = [v async for v in rp_text.iter_json_lines(path, backend=json_backend)]
        assert found == values
        rp_text.sync.write_json_lines(path, values, backend=json_backend)
        lines = rp_text.sync.iter_json_lines(path, batch_bytes=100, backend=json_backend)
        assert list(lines) == values

    def test_blank_lines_are_passed_over_and_ends_do_not_matter(self) -> None:
        data = b"\xef\xbb\xbf1\r\n\n  \n[2]\n\t\n{}"

        assert list(rp_text.sync.iter_json_lines(data)) == [1, [2], {}]
        assert list(rp_text.sync.iter_json_lines(b"")) == []

    async def test_a_line_that_is_no_json_is_told_after_those_before_it(self) -> None:
        data = b"1\n2\n\n[3 x]\n4\n"
        found: list[int] = []

        with pytest.raises(JSONError, match="line 4, column 4"):
            found.extend(value for value in rp_text.sync.iter_json_lines(data))
        with pytest.raises(JSONError, match="line 4"):
            async for value in rp_text.iter_json_lines(data):
                found.append(value)
        assert found[-2:] == [1, 2]

    def test_lines_are_bounded(self) -> None:
        with pytest.raises(LimitExceededError):
            list(rp_text.sync.iter_json_lines(b"[" + b"1," * 10_000 + b"1]", max_line=100))
        with pytest.raises(DecodeError):
            list(rp_text.sync.iter_json_lines(b'"\xff"\n'))
        for wrong in ("text", 5):
            with pytest.raises(TypeError):
                rp_text.sync.write_json_lines("/tmp/never", wrong)  # type: ignore[arg-type]
