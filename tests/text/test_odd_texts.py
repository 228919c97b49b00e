"""Texts, files and pages that are not what most are."""

from __future__ import annotations

import gzip
import io
import os
import pathlib
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rp_text.sync
from rp_core import LimitExceededError, Progress
from rp_text import DecodeError, EncodeError, FormatError, JSONError

JAPANESE = "日本語のテキストです。これは二番目の文です。\n"


class TestMarks:
    @pytest.mark.parametrize("mark", ["ÿþ", "þÿ", "ï»¿"])
    def test_a_mark_counts_at_the_beginning_alone(self, mark: str) -> None:
        text = f"plain\n{mark} is fun, für Käse\nmore\n" * 2
        data = text.encode("latin-1")

        assert rp_text.sync.read_text(data, encoding="latin-1") == text
        assert rp_text.sync.read_text(data).startswith("plain\n")
        for pieces in ([data], [data[:6], data[6:]]):
            lines = list(rp_text.sync.read_lines(pieces))
            assert lines[0] == "plain\n"
            assert lines[-1] == "more\n"

    def test_one_within_a_text_stays(self) -> None:
        pieces = [b"a,b\n1,2,3,4,5\n", b"\xef\xbb\xbfc\n"]

        assert list(rp_text.sync.read_lines(pieces))[-1] == "\ufeffc\n"
        assert rp_text.sync.read_text(pieces).endswith("\ufeffc\n")

    def test_the_byte_that_is_wrong_is_counted_with_it(self) -> None:
        for read in (rp_text.sync.read_text, lambda data: list(rp_text.sync.read_lines(data))):
            with pytest.raises(DecodeError) as caught:
                read(b"\xef\xbb\xbfab\xff")
            assert caught.value.position == 5

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
    def test_an_encoding_that_needs_one_says_so(self, encoding: str) -> None:
        data = "ab\n".encode(f"{encoding}-le")

        for read in (rp_text.sync.read_text, lambda d, **o: list(rp_text.sync.read_lines(d, **o))):
            with pytest.raises(DecodeError, match=r"BOM|byte order mark"):
                read(data, encoding=encoding)
            assert "".join(read(data, encoding=f"{encoding}-le")) == "ab\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("encoding", ["iso2022_jp", "utf-16-le", "utf-8", "shift_jis"])
def test_an_encoding_is_found_however_the_pieces_are_cut(encoding: str, size: int) -> None:
    head = "Subject: hello\n" if encoding == "iso2022_jp" else ""
    data = (head + JAPANESE * 20).encode(encoding)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]

    assert "".join(rp_text.sync.read_lines(pieces)) == rp_text.sync.read_text(data)
    assert rp_text.sync.read_text(data).endswith(JAPANESE)


def test_codecs_that_fail_in_their_own_way_are_decode_errors() -> None:
    data = b"\n~\xfe\x81+\n\x1b(\x1b+\xff-+\xfe\x00"

    with pytest.raises(DecodeError):
        list(rp_text.sync.read_lines(data, encoding="iso2022_jp", errors="backslashreplace"))
    for errors in ("xmlcharrefreplace", "namereplace"):
        with pytest.raises(LookupError, match="for writing"):
            rp_text.sync.read_text(b"", errors=errors)


def test_pieces_are_all_of_one_kind() -> None:
    mixed: list[Any] = [["a\n", b"b"], [b"a\n" * 200, "b"]]
    for pieces in mixed:
        with pytest.raises(TypeError):
            list(rp_text.sync.read_lines(pieces))
        with pytest.raises(TypeError):
            rp_text.sync.read_text(pieces)


def test_max_bytes_counts_what_is_decompressed(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x"))

    assert rp_text.sync.read_text(path, max_bytes=5) == "x"


def test_notes_and_places_survive_a_pickle() -> None:
    for error in (DecodeError("m", 5), FormatError("m", line=1, column=2), JSONError("m", line=3)):
        error.add_note("note")
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.__notes__) == (str(error), ["note"])
        assert vars(again) == vars(error)


class TestJSON:
    def test_text_that_has_lone_surrogates_is_refused(self) -> None:
        with pytest.raises(JSONError, match="surrogate"):
            rp_text.sync.load_json(io.StringIO('"\ud800"'))
        with pytest.raises(DecodeError, match="surrogate"):
            list(rp_text.sync.iter_json_lines(io.StringIO('"\ud800"\n1')))

    def test_a_key_that_is_there_twice_is_named(self) -> None:
        with pytest.raises(JSONError, match="'a: b; c' twice"):
            rp_text.sync.load_json(b'{"a: b; c": 1, "a: b; c": 2}', unique_keys=True)

    def test_nan_behind_a_long_string_takes_no_memory(self) -> None:
        import tracemalloc

        data = b'["' + b"a" * 1_000_000 + b'",NaN]'
        tracemalloc.start()
        with pytest.raises(JSONError, match="NaN"):
            rp_text.sync.load_json(data)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        tracemalloc.stop()

    @pytest.mark.parametrize("json_backend", ["json", "orjson"])
    def test_a_mark_counts_in_the_first_line_alone(self, json_backend: Any) -> None:
        lines = rp_text.sync.iter_json_lines(b"\xef\xbb\xbf1\n2\n", backend=json_backend)
        assert list(lines) == [1, 2]
        assert rp_text.sync.load_json(io.StringIO("\ufeff1"), backend=json_backend) == 1
        with pytest.raises(JSONError, match="line 2"):
            list(rp_text.sync.iter_json_lines(b"1\n\xef\xbb\xbf2\n", backend=json_backend))

    def test_a_mark_alone_is_a_blank_line(self, tmp_path: Path) -> None:
        assert list(rp_text.sync.iter_json_lines(b"\xef\xbb\xbf\n")) == []
        with pytest.raises(TypeError, match="iterable"):
            rp_text.sync.write_json_lines(tmp_path / "a", {"a": 1})


class OwnPath(pathlib.PosixPath):
    """A path of a class that no other process knows."""


class OwnName(str):
    """A str of such a class."""

    __slots__ = ()


def test_paths_of_the_caller_own_class_reach_the_processes(tmp_path: Path) -> None:
    paths = [OwnPath(tmp_path / f"{number}.py") for number in range(3)]
    for path in paths:
        path.write_text("def f(): return 1\n" * 5000)

    shown = rp_text.sync.highlight_many(paths, limit=2, language=OwnName("python"))
    assert len(set(shown)) == 1


@pytest.mark.needs("treesitter")
def test_surrogates_are_coloured_by_grammars() -> None:
    shown = rp_text.sync.highlight("\ud800 x = 'a'\n", "bash", backend="treesitter")

    assert "\ud800" in shown


class TestFormatting:
    @pytest.mark.needs("ruff")
    def test_files_that_nobody_may_see_are_formatted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".ignore").write_text("*")
        (tmp_path / "build").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "build"))
        paths = [tmp_path / f"{number}.py" for number in range(3)]
        for path in paths:
            path.write_text("x=1")

        assert all(done.changed for done in rp_text.sync.format_many(paths))

    @pytest.mark.needs("ruff", "black")
    @pytest.mark.parametrize("formatter", ["ruff", "black"])
    def test_what_is_edited_meanwhile_is_kept(self, formatter: Any, tmp_path: Path) -> None:
        first, second = paths = [tmp_path / "1.py", tmp_path / "2.py"]
        for path in paths:
            path.write_text("x=1\n")

        def edit(progress: Progress) -> None:
            if progress.done == 1:
                second.write_text("y=2  # edited\n")

        rp_text.sync.format_many(paths, progress=edit, backend=formatter)
        assert (first.read_text(), second.read_text()) == ("x = 1\n", "y = 2  # edited\n")

    @pytest.mark.needs("ruff")
    def test_one_file_with_two_marks_ends_no_other(self, tmp_path: Path) -> None:
        paths = [tmp_path / f"{number}.py" for number in range(3)]
        for path in paths:
            path.write_text("x=1\n")
        paths[1].write_text("\ufeff\ufeffx=1\n", "utf-8")

        found = rp_text.sync.format_many(paths, on_error="return")
        assert [type(result).__name__ for result in found] == ["Formatted", "Failure", "Formatted"]

    @pytest.mark.needs("ruff")
    def test_no_comment_becomes_a_declaration(self, tmp_path: Path) -> None:
        path = tmp_path / "a.py"
        data = "\n\n# -*- coding: latin-1 -*-\nx='é'\n".encode()
        path.write_bytes(data)

        with pytest.raises(FormatError, match="another encoding"):
            rp_text.sync.format_file(path, backend="ruff")
        assert path.read_bytes() == data

    @pytest.mark.parametrize("name", ["unicode_escape", "undefined", "rot13", "nope"])
    def test_a_declaration_of_no_encoding_is_refused(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "a.py"
        path.write_text(f"# -*- coding: {name} -*-\nx=1\n")

        with pytest.raises(DecodeError):
            rp_text.sync.format_file(path)

    @pytest.mark.parametrize("language", ["python", "json", "html"])
    def test_what_has_no_bytes_is_refused(self, language: str) -> None:
        with pytest.raises(EncodeError):
            rp_text.sync.format_code('"\ud800"', language)
        with pytest.raises(FormatError, match="two byte order marks"):
            rp_text.sync.format_code("\ufeff\ufeff1\n", language)

    @pytest.mark.needs("ruff")
    def test_a_time_without_end_is_a_time(self) -> None:
        done = rp_text.sync.format_code("x=1", "python", timeout=float("inf"))
        assert done.text == "x = 1\n"


@pytest.mark.needs("selectolax")
class TestPages:
    def laid_out(self, code: str) -> str:
        text = rp_text.sync.format_code(code, "html").text
        assert not rp_text.sync.format_code(text, "html").changed
        return text

    @pytest.mark.parametrize(
        "code",
        ["<p>caf&eacute; a&nbsp;b &lt;i&gt; &mdash;</p>", "<pre>a&#13;b</pre>",
         '<p title="a&#13;&#10;b&quot;">x</p>', '<a href="?a=1&amp;b=2&copy=3">x</a>',
         '<svg><script>s = "&lt;/script>&lt;img src=x onerror=a()>"</script></svg>',
         "<pre><textarea>\n\nx</textarea></pre>", "<body-part>a</body-part>",
         "<p>a > b</p>"],
    )  # fmt: skip
    def test_references_and_blanks_stay_as_they_are_written(self, code: str) -> None:
        assert self.laid_out(code) == f"{code}\n"

    def test_a_page_in_another_encoding_stays_in_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        code = '<!doctype html><meta charset="iso-8859-1"><p>café &alpha; na&iuml;ve Größe</p>'
        path.write_bytes(code.encode("latin-1"))

        rp_text.sync.format_file(path)
        assert "café &alpha; na&iuml;ve Größe" in path.read_bytes().decode("latin-1")

    def test_a_doctype_in_a_comment_is_none(self) -> None:
        code = '<!-- <!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2//EN"> --><!doctype html><p>x'

        assert self.laid_out(code).splitlines()[1] == "<!doctype html>"

    def test_a_page_in_a_script_is_none(self) -> None:
        assert self.laid_out('<script>"<html>"</script>a') == '<script>"<html>"</script>a\n'

    def test_what_is_nested_too_deeply_is_refused_at_once(self) -> None:
        for code in ("<div>" * 100_000, "<b>" * 100_000, "<svg><g>" * 100_000):
            with pytest.raises(LimitExceededError):
                rp_text.sync.format_code(code, "html")
        assert self.laid_out("<p>a" * 2000).count("<p>") == 2000


def test_an_encoder_that_fails_says_which_character(tmp_path: Path) -> None:
    writers: list[Callable[[], None]] = [
        lambda: rp_text.sync.write_text(tmp_path / "a", "abc€", encoding="latin-1"),
        lambda: rp_text.sync.write_lines(tmp_path / "a", ["abc€"], encoding="latin-1"),
    ]
    for write in writers:
        with pytest.raises(EncodeError, match=r"'\\u20ac' is not in|'\\u20ac', is not in"):
            write()
    assert os.listdir(tmp_path) == []
