"""Formatting keeps what code means, is idempotent, and leaves bad code alone."""

from __future__ import annotations

import ast
import inspect
import json
import os
import stat
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_text
import rp_text.sync
from rp_core import Failure, LimitExceededError, NoBackendError
from rp_text import DecodeError, EncodeError, FormatError
from rp_text._formatter import formatted
from rp_text.sync import FormatBackend, Formatted

PYTHON = ["ruff", "black"]
BAD = ["def (:\n", "x = (1,\n", "if x:\n", "  x\n y\n", "x = 1\0\n", "'''open", "print 'a'\n"]
SOURCES = [json.decoder, json.encoder, stat]
LONG = [ast, inspect, os]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "formatter" in metafunc.fixturenames:
        metafunc.parametrize("formatter", PYTHON)


@pytest.mark.parametrize(
    "module",
    [*SOURCES, *(pytest.param(module, marks=pytest.mark.once) for module in LONG)],
    ids=lambda module: module.__name__,
)
def test_python_keeps_its_tree_and_is_formatted_once(
    module: ModuleType, formatter: FormatBackend
) -> None:
    code = inspect.getsource(module)

    done = rp_text.sync.format_code(code, "python", backend=formatter)

    assert done.backend == formatter
    assert done.changed
    assert _tree(done.text) == _tree(code)
    again = rp_text.sync.format_code(done.text, "python", backend=formatter)
    assert again == Formatted(done.text, formatter, changed=False)


def _tree(code: str) -> str:
    """Return the syntax tree; the blanks of docstrings do not count."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = " ".join(node.value.split())
    return ast.dump(tree)


@pytest.mark.parametrize("code", BAD)
async def test_bad_syntax_is_told_with_its_place(code: str, formatter: FormatBackend) -> None:
    with pytest.raises(FormatError) as caught:
        await rp_text.format_code(code, "python", backend=formatter)

    error = caught.value
    assert error.line is not None
    assert error.column is not None
    assert 1 <= error.line <= code.count("\n") + 1
    assert error.column >= 1
    assert error.message


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_ends_of_lines_and_marks_stay(newline: str, mark: str, formatter: FormatBackend) -> None:
    code = f'{mark}x=1{newline}y="""a{newline}b"""{newline}'

    done = rp_text.sync.format_code(code, "py", backend=formatter)

    assert done.text == f'{mark}x = 1{newline}y = """a{newline}b"""{newline}'
    assert not rp_text.sync.format_code(done.text, "py", backend=formatter).changed


def test_lines_are_as_long_as_is_asked_for(formatter: FormatBackend) -> None:
    code = "x = [" + ", ".join(map(str, range(30))) + "]\n"

    long = rp_text.sync.format_code(code, "python", line_length=200, backend=formatter)
    short = rp_text.sync.format_code(code, "python", line_length=40, backend=formatter)
    assert long.text == code
    assert short.text.count("\n") == 32


def test_no_configuration_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, formatter: FormatBackend
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.ruff]\nline-length = 20\n[tool.black]\nline-length = 20\n"
    )
    path = tmp_path / "a.py"
    path.write_text("x = function(argument, another_argument)\n")
    monkeypatch.chdir(tmp_path)

    assert not rp_text.sync.format_file(path, backend=formatter).changed


@pytest.mark.needs("autopep8")
def test_autopep8_only_repairs_and_only_where_it_is_named() -> None:
    done = rp_text.sync.format_code("x=1\n", "python", backend="autopep8")

    assert done == Formatted("x = 1\n", "autopep8", changed=True)
    assert rp_text.sync.format_code("def (:\n", "python", backend="autopep8").text == "def (:\n"


@pytest.mark.needs("ruff", "black")
class TestTheChain:
    def test_ruff_comes_first(self) -> None:
        assert rp_text.sync.format_code("x=1", "python").backend == "ruff"

    def test_black_takes_over_where_ruff_is_at_fault(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
    ) -> None:
        for script in ("exit 3", "kill -9 $$", "cat >/dev/null; exit 1", "echo oops >&2; exit 2"):
            _be_ruff(tmp_path, script, monkeypatch)
            assert rp_text.sync.format_code("x=1", "python").backend == "black"
            with pytest.raises(FormatError, match="ruff failed") as caught:
                rp_text.sync.format_code("x=1" * 100_000, "python", backend="ruff")
            assert caught.value.line is None
            paths = _files(tmp_path, ["x=1\n", "y=2\n"])
            assert [f.backend for f in rp_text.sync.format_many(paths)] == ["black", "black"]

    def test_one_that_hangs_is_ended(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
    ) -> None:
        _be_ruff(tmp_path, "sleep 600", monkeypatch)

        with pytest.raises(FormatError, match=r"more than 0\.2 s"):
            rp_text.sync.format_code("x=1", "python", timeout=0.2, backend="ruff")
        done = rp_text.sync.format_code("x=1" + "\n" * 200_000, "python", timeout=0.2)
        assert done.backend == "black"
        paths = _files(tmp_path, ["x=1\n", "y=2\n"])
        assert rp_text.sync.format_many(paths, timeout=0.2)[1].backend == "black"


@pytest.mark.parametrize(("language", "extra"), [("python", "ruff"), ("html", "html")])
def test_a_language_without_a_formatter_says_what_to_install(language: str, extra: str) -> None:
    try:
        with pytest.MonkeyPatch.context() as patch:
            for backend in formatted.backends:
                patch.setattr(backend, "needs", backend.needs and "no_such_module")
            formatted.refresh()
            with pytest.raises(NoBackendError, match=rf'pip install "rp-text\[{extra}\]"'):
                rp_text.sync.format_code("<p>", language)
    finally:
        formatted.refresh()


@pytest.mark.needs("ruff")
def test_a_formatter_of_another_language_declines() -> None:
    with pytest.raises(NoBackendError):
        rp_text.sync.format_code("<p>", "html", backend="ruff")


def _be_ruff(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "ruff-program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr("ruff.__main__.find_ruff_bin", lambda: str(program))


def _files(folder: Path, codes: list[str], suffix: str = ".py") -> list[Path]:
    paths = [folder / f"{number}{suffix}" for number in range(len(codes))]
    for path, code in zip(paths, codes, strict=True):
        path.write_text(code, "utf-8")
    return paths


class TestFiles:
    async def test_a_file_is_formatted_in_place(
        self, tmp_path: Path, formatter: FormatBackend, leaves_nothing: None
    ) -> None:
        path = tmp_path / "a.py"
        path.write_bytes(b"x=1\r\n")
        path.chmod(0o640)

        assert (await rp_text.format_file(path, backend=formatter)).changed
        assert path.read_bytes() == b"x = 1\r\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        before = path.stat().st_mtime_ns
        assert not rp_text.sync.format_file(path, backend=formatter).changed
        assert path.stat().st_mtime_ns == before

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"\xef\xbb\xbfx=1\n", b"\xef\xbb\xbfx = 1\n"),
            (b"# coding: latin-1\nx='\xe9'\n", b'# coding: latin-1\nx = "\xe9"\n'),
            ("x='é'\n".encode(), 'x = "é"\n'.encode()),
        ],
    )
    def test_a_file_keeps_its_encoding(
        self, data: bytes, expected: bytes, tmp_path: Path, formatter: FormatBackend
    ) -> None:
        path = tmp_path / "a.py"
        path.write_bytes(data)

        rp_text.sync.format_file(path, backend=formatter)
        assert path.read_bytes() == expected

    @pytest.mark.parametrize("data", [b"x = '\xff'\n", b"# coding: nope\n", b"\x89PNG\r\n\x1a\n\0"])
    def test_what_is_no_text_is_left_as_it_is(
        self, data: bytes, tmp_path: Path, leaves_nothing: None
    ) -> None:
        path = tmp_path / "a.py"
        path.write_bytes(data)

        with pytest.raises(DecodeError):
            rp_text.sync.format_file(path)
        assert path.read_bytes() == data

    @pytest.mark.parametrize("code", BAD)
    def test_what_is_not_well_formed_is_left_as_it_is(
        self, code: str, tmp_path: Path, formatter: FormatBackend, leaves_nothing: None
    ) -> None:
        path = tmp_path / "a.py"
        path.write_text(code)

        with pytest.raises(FormatError):
            rp_text.sync.format_file(path, backend=formatter)
        assert path.read_text() == code
        assert os.listdir(tmp_path) == ["a.py"]

    def test_stubs_have_a_style_of_their_own(
        self, tmp_path: Path, formatter: FormatBackend
    ) -> None:
        path = tmp_path / "a.pyi"
        path.write_text("class A: ...\n\n\nclass B: ...\n")

        assert (
            rp_text.sync.format_file(path, backend=formatter).text == "class A: ...\nclass B: ...\n"
        )

    def test_a_file_of_an_unknown_kind_is_refused(self, tmp_path: Path) -> None:
        for name in ("a.xyz", "a"):
            (tmp_path / name).touch()
            with pytest.raises(ValueError, match="no formatter"):
                rp_text.sync.format_file(tmp_path / name)
        with pytest.raises(FileNotFoundError):
            rp_text.sync.format_file(tmp_path / "none.py")
        with pytest.raises(IsADirectoryError):
            rp_text.sync.format_file(tmp_path, "python")


@pytest.mark.needs("ruff")
class TestMany:
    async def test_files_are_formatted_together(self, tmp_path: Path, leaves_nothing: None) -> None:
        codes = [f"x={number}\n" for number in range(20)]
        paths = _files(tmp_path, codes)
        (tmp_path / "a.json").write_text("[1]")

        done = await rp_text.format_many([*paths, tmp_path / "a.json"])

        assert [f.text for f in done] == [f"x = {n}\n" for n in range(20)] + ["[\n  1\n]\n"]
        assert [path.read_text() for path in paths] == [f.text for f in done[:20]]
        assert not any(f.changed for f in rp_text.sync.format_many(paths))

    def test_the_same_comes_out_as_one_by_one(self, tmp_path: Path) -> None:
        codes = [inspect.getsource(module) for module in [*SOURCES, *LONG]]
        paths = _files(tmp_path, codes)

        together = rp_text.sync.format_many(paths)
        assert together == [rp_text.sync.format_code(code, "python") for code in codes]

    def test_files_that_fail_are_told_and_stay(self, tmp_path: Path, leaves_nothing: None) -> None:
        paths = _files(tmp_path, ["x=1\n", "def (\n", "y=2\n", "z=3\n"])
        paths[3].write_bytes(b"\xff=1")

        with pytest.raises(FormatError) as caught:
            rp_text.sync.format_many(paths)
        assert (caught.value.line, "1.py" in caught.value.__notes__[0]) == (1, True)
        found = rp_text.sync.format_many(paths, on_error="return")
        assert [type(f) for f in found] == [Formatted, Failure, Formatted, Failure]
        assert [f.item for f in found if isinstance(f, Failure)] == [paths[1], paths[3]]
        assert len(rp_text.sync.format_many(paths, on_error="skip")) == 2
        assert [p.read_bytes() for p in paths] == [b"x = 1\n", b"def (\n", b"y = 2\n", b"\xff=1"]

    def test_only_one_ruff_is_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from rp_text._formatters import by_ruff

        runs: list[int] = []
        once = by_ruff.format_together

        def counted(requests: Any) -> Any:
            runs.append(len(requests))
            return once(requests)

        monkeypatch.setattr(by_ruff, "format_together", counted)
        rp_text.sync.format_many(_files(tmp_path, ["x=1\n"] * 50))
        assert runs == [50]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


class TestJSON:
    @given(JSON, st.sampled_from([None, 0, 1, 3, "\t"]))
    def test_it_is_laid_out_as_the_standard_library_does(
        self, value: Any, indent: int | str | None
    ) -> None:
        code = json.dumps(value, indent=indent, ensure_ascii=False)

        done = rp_text.sync.format_code(code, "json")
        assert done.text == json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        assert not rp_text.sync.format_code(done.text, "json").changed

    def test_what_is_written_stays(self) -> None:
        code = '{"a": 1.00, "a": 1E5, "b": "\\u00e9\\/", "c": 123456789012345678901234567890}'

        done = rp_text.sync.format_code(code, "json")
        assert "".join(done.text.split()) == "".join(code.split())
        assert done.backend == "json"
        assert rp_text.sync.format_code("1" * 5000, "json").text == "1" * 5000 + "\n"

    @pytest.mark.parametrize(
        ("code", "line", "column"),
        [("", 1, 1), ("[1,\n]", 2, None), ("{'a': 1}", 1, 2), ("[\nNaN]", 2, 1), ("[1] 2", 1, 5)],
    )
    def test_bad_json_is_told_with_its_place(
        self, code: str, line: int, column: int | None, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.json"
        path.write_text(code)

        with pytest.raises(FormatError) as caught:
            rp_text.sync.format_file(path)
        if column:
            assert (caught.value.line, caught.value.column) == (line, column)
        assert path.read_text() == code

    def test_what_is_nested_too_deeply_is_refused(self) -> None:
        with pytest.raises(LimitExceededError):
            rp_text.sync.format_code("[" * 100_000 + "]" * 100_000, "json")


def test_bad_arguments_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="python"):
        rp_text.sync.format_code("x", "cobol")
    with pytest.raises(ValueError, match="no backend 'nope'"):
        rp_text.sync.format_code("x", "python", backend="nope")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 1"):
        rp_text.sync.format_code("x", "python", line_length=0)
    with pytest.raises(ValueError, match="above 0"):
        rp_text.sync.format_code("x", "python", timeout=0)
    with pytest.raises(TypeError, match="code is a str"):
        rp_text.sync.format_code(b"x", "python")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="iterable of paths"):
        rp_text.sync.format_many("one.py")
    with pytest.raises(TypeError):
        rp_text.sync.format_many([], nonsense=1)  # type: ignore[call-overload]


@pytest.mark.needs("ruff")
def test_code_that_no_encoding_has_is_refused() -> None:
    with pytest.raises(EncodeError):
        rp_text.sync.format_code("x = '\ud800'", "python")
