"""Highlighting colours code and never changes it, whatever it is and whoever colours it."""

from __future__ import annotations

import asyncio
import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rp_text
import rp_text.sync
from rp_core import Failure, NoBackendError
from rp_text import DecodeError
from rp_text._highlighter import GRAMMARS
from rp_text._language import language_of
from rp_text.sync import HighlightBackend

BACKENDS = ["pygments", "treesitter"]
CODES = {
    "python": 'def f(x: int):\n    """Doc\n    é."""\n    return f"{x!r} 𝄞" + "\\n"  # end\n',
    "javascript": "const f = (x) => `a ${x}`; // é\n/* b\n*/ class A {}\n",
    "json": '{"a": [1, true, null, "é"]}\n',
    "html": "<!doctype html>\n<p class='x'>é &amp; <b>b</b><script>let a = 1</script>\n",
    "css": "a:hover { color: #fff; } /* é */\n",
    "bash": 'for x in *; do echo "$x" # é\ndone\n',
    "c": '#include <a.h>\nint main(void) { return "é"[0]; } /* c */\n',
    "go": 'package main\nfunc f() string { return "é" } // c\n',
    "java": 'class A { String s = "é"; /* c */ int f() { return 1; } }\n',
    "rust": 'fn main() { println!("é {}", 1); } // c\n',
}
PIECES = ["def ", "(", '"', "'''", "\\", "\n", "\r\n", "\t", " ", "é", "𝄞", "<", "&", "#", "{", "}",
          "\x0c", "\0", "\ufeff", "x", "1.5", "f\"{", "\u2028"]  # fmt: skip


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


def text_of(markup: str) -> str:
    body = markup.partition("<code>")[2].rpartition("</code>")[0]
    return html.unescape(re.sub(r"<[^>]*>", "", body).replace("&#13;", "\r"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "highlighter" in metafunc.fixturenames:
        metafunc.parametrize("highlighter", BACKENDS)


@pytest.mark.parametrize("language", CODES)
def test_code_is_coloured_and_stays_what_it_is(
    language: str, highlighter: HighlightBackend
) -> None:
    code = CODES[language]

    for text in (code, code.rstrip("\n"), "\n\n" + code + "\n\n", code.replace("\n", "\r\n")):
        shown = rp_text.sync.highlight(text, language, backend=highlighter)
        assert plain(shown) == text
        assert shown.count("\x1b[") >= 4
        assert all(line.endswith("\x1b[0m") or "\x1b[" not in line.rpartition("\x1b[0m")[2]
                   for line in shown.split("\n"))  # fmt: skip
        markup = rp_text.sync.highlight(text, language, to="html", backend=highlighter)
        assert text_of(markup) == text
        assert markup.count("<span") >= 2


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(sorted(CODES)))
def test_no_text_is_ever_lost(code: str, language: str) -> None:
    backends: list[HighlightBackend | None] = [None]
    if any(b.name == "treesitter" and b.state == "installed" for b in _backends()):
        backends.append("treesitter")

    for backend in backends:
        assert plain(rp_text.sync.highlight(code, language, backend=backend)) == code
        if "\0" not in code:
            markup = rp_text.sync.highlight(code, language, to="html", backend=backend)
            assert text_of(markup) == code


def _backends() -> Any:
    from rp_text._highlighter import painted

    return painted.backends


@pytest.mark.thorough
@pytest.mark.parametrize("start", range(0, 650, 50))
def test_no_lexer_loses_text(start: int) -> None:
    code = "\n\n<a b='c'>{{ x }}\t\"d\n>>> 1 + 1\n$ ls -l\r\n-- é\x0c\n(* x\n'''\n% y\n"
    code += "\\begin{z}\n[0] 5"

    for language in rp_text.sync.languages()[start : start + 50]:
        assert plain(rp_text.sync.highlight(code, language)) == code, language


@pytest.mark.parametrize("style", rp_text.sync.styles())
def test_every_style_colours(style: str) -> None:
    code = CODES["python"]

    assert plain(rp_text.sync.highlight(code, "python", style=style)) == code
    assert text_of(rp_text.sync.highlight(code, "python", style=style, to="html")) == code


def test_both_backends_have_one_palette() -> None:
    pytest.importorskip("tree_sitter")

    def colours(backend: HighlightBackend) -> dict[str, str]:
        shown = rp_text.sync.highlight('def f(): return "s"  # c', "python", backend=backend)
        return {text: codes for codes, text in re.findall(r"\x1b\[([\d;]+)m([^\x1b]+)", shown)}

    ours, theirs = colours("pygments"), colours("treesitter")
    for text in ("def", "f", "return", "# c"):
        assert ours[text] == theirs[text]


def test_code_that_is_not_well_formed_is_coloured(highlighter: HighlightBackend) -> None:
    for code in ("def (", "'''open", 'x = "a\n)))', "class class class", "\0\0def f(): pass"):
        assert "\x1b[" in rp_text.sync.highlight("return 1\n" + code, "py", backend=highlighter)


def test_a_lexer_that_fails_gives_the_code_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from pygments.lexers.python import PythonLexer

    def fail(self: object, text: str) -> Any:
        yield 0, None, text[:3]
        raise RuntimeError

    monkeypatch.setattr(PythonLexer, "get_tokens_unprocessed", fail)
    assert rp_text.sync.highlight("def f(): pass\n", "python") == "def f(): pass\n"


class TestFiles:
    @pytest.mark.parametrize("name", ["code.py", "code.PY", "code.py.gz", "x.test.py"])
    async def test_the_name_of_a_file_says_its_language(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_text(CODES["python"], "utf-8")

        shown = await rp_text.highlight_file(path)
        assert shown == rp_text.sync.highlight(CODES["python"], "python")

    def test_a_file_that_is_open_has_a_name(self, tmp_path: Path) -> None:
        path = tmp_path / "code.py"
        path.write_text(CODES["python"], "utf-8")

        with open(path, "rb") as file:
            shown = rp_text.sync.highlight_file(file)
        assert shown == rp_text.sync.highlight_file(path)

    def test_a_text_of_another_encoding_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "code.py"
        code = "# Größe über Maß, schöne Grüße aus Köln nach Zürich\nx = 1\r\n"
        path.write_bytes(code.encode("cp1252"))

        assert plain(rp_text.sync.highlight_file(path)) == code
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0" + bytes(range(256)))
        with pytest.raises(DecodeError):
            rp_text.sync.highlight_file(path)


class TestMany:
    @pytest.fixture
    def paths(self, tmp_path: Path) -> list[Path]:
        paths = [tmp_path / f"{number}.py" for number in range(8)]
        for number, path in enumerate(paths):
            path.write_text(f"x = {number}\n" + CODES["python"] * 300, "utf-8")
        return paths

    def test_files_come_back_in_order(self, paths: list[Path], leaves_nothing: None) -> None:
        expected = [rp_text.sync.highlight_file(path) for path in paths]

        assert rp_text.sync.highlight_many(paths) == expected
        assert rp_text.sync.highlight_many(iter(paths), limit=3) == expected
        assert rp_text.sync.highlight_many(paths, limit=0) == expected
        assert rp_text.sync.highlight_many(paths[:1]) == expected[:1]
        assert rp_text.sync.highlight_many([]) == []

    async def test_they_come_on_a_loop_too(self, paths: list[Path], leaves_nothing: None) -> None:
        async def named() -> Any:
            for path in paths:
                yield path

        expected = [rp_text.sync.highlight_file(path, to="html") for path in paths]
        assert await rp_text.highlight_many(named(), to="html") == expected

    def test_a_file_that_fails_is_told(self, paths: list[Path], leaves_nothing: None) -> None:
        paths[3].write_bytes(b"\x89PNG\r\n\x1a\n\0\0" + bytes(range(256)))
        paths[5].unlink()

        for limit in (0, 2):
            with pytest.raises(DecodeError) as caught:
                rp_text.sync.highlight_many(paths, limit=limit)
            assert "3.py" in caught.value.__notes__[0]
            found = rp_text.sync.highlight_many(paths, limit=limit, on_error="return")
            failures = [result for result in found if isinstance(result, Failure)]
            assert [type(f.error) for f in failures] == [DecodeError, FileNotFoundError]
            assert [f.item for f in failures] == [paths[3], paths[5]]
            skipped = rp_text.sync.highlight_many(paths, limit=limit, on_error="skip")
            assert len(skipped) == 6

    async def test_cancelling_ends_the_processes(
        self, paths: list[Path], leaves_nothing: None
    ) -> None:
        with anyio.move_on_after(0.3) as scope:
            await rp_text.highlight_many(paths * 50, limit=2)
        assert scope.cancelled_caught

    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_a_task_that_is_cancelled_ends_them_too(
        self, paths: list[Path], anyio_backend: object
    ) -> None:
        task = asyncio.create_task(rp_text.highlight_many(paths * 50, limit=2))
        await asyncio.sleep(0.3)
        assert _workers()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not _workers():
                break
        assert not _workers()

    def test_a_process_that_dies_is_told(
        self, paths: list[Path], monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
    ) -> None:
        from rp_text import HighlightError, _workers

        def die(pipe: Any, message: object) -> None:
            pipe.write(b"\xff" * 8)

        monkeypatch.setattr(_workers, "send", die)
        with pytest.raises(HighlightError, match="died"):
            rp_text.sync.highlight_many(paths, limit=2)

    def test_a_script_needs_no_guard(self, paths: list[Path]) -> None:
        script = (
            "import sys, rp_text.sync\n"
            "print(len(rp_text.sync.highlight_many(sys.argv[1:], limit=2)))\n"
        )
        command = [sys.executable, "-c", script, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "8\n"


def _workers() -> list[str]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                line = Path(f"/proc/{name}/cmdline").read_bytes()
                parent = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if b"rp_text._workers" in line and parent == str(os.getpid()):
                found.append(name)
    return found


def test_bad_arguments_are_refused_at_once(tmp_path: Path) -> None:
    for options in ({"to": "latex"}, {"style": "nope"}, {"language": "nope"}, {"backend": "x"}):
        with pytest.raises(ValueError, match=r"latex|nope|x"):
            rp_text.sync.highlight("x", **options)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"latex|nope|x"):
            rp_text.sync.highlight_file(tmp_path / "none.py", **options)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"latex|nope|x"):
            rp_text.sync.highlight_many([tmp_path / "none.py"], **options)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="code is a str"):
        rp_text.sync.highlight(b"x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="iterable of paths"):
        rp_text.sync.highlight_many("one.py")
    with pytest.raises(ValueError, match="at least 0"):
        rp_text.sync.highlight_many([], limit=-1)


@pytest.mark.needs("treesitter")
def test_a_language_without_a_grammar_is_declined() -> None:
    with pytest.raises(NoBackendError):
        rp_text.sync.highlight("x", "haskell", backend="treesitter")


@pytest.mark.needs("treesitter")
@pytest.mark.parametrize("language", GRAMMARS)
def test_every_grammar_is_here(language: str) -> None:
    assert rp_text.sync.highlight(CODES[language], language, backend="treesitter")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "python"), ("a.pyi", "python"), ("Makefile", "make"), ("a.h", "c"),
        ("a.m", "objective-c"), ("a.tar.json", "json"), ("Dockerfile", "docker"), ("a.sql", "sql"),
        ("a.rs", "rust"), ("a.ts", "typescript"), ("a.yml", "yaml"), ("a.unknown", "text"),
        ("", "text"), ("py", "text"), (".bashrc", "bash"), ("CMakeLists.txt", "cmake"),
        ("a.html", "html"), ("a.txt", "text"), ("a.md", "markdown"), ("a.toml", "toml"),
        ("a.cpp", "cpp"), ("a.pl", "perl"), ("a.R", "splus"),
    ],
)  # fmt: skip
def test_names_of_files_say_languages(name: str, language: str) -> None:
    assert language_of(name) == language


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("#!/usr/bin/env python3\nx", "python"), ("#!/bin/sh\nx", "bash"),
        ("<?xml version='1'?>", "xml"),
        ("\n <!DOCTYPE html>", "html"), ('{"a": 1}', "json"), ("hello [1]", "text"), ("", "text"),
        ("[section]\na=1", "text"),
    ],
)  # fmt: skip
def test_first_lines_say_languages(code: str, language: str) -> None:
    assert language_of("", code) == language
    assert rp_text.sync.highlight(code) == rp_text.sync.highlight(code, language)
