"""Names of encodings are those of text, and marks are told."""

from __future__ import annotations

import codecs

import pytest

from rp_core import bom_encoding, text_encoding


@pytest.mark.parametrize(
    ("label", "name"),
    [("UTF-8", "utf-8"), ("latin1", "iso8859-1"), ("Windows-1252", "cp1252"), ("utf_16", "utf-16")],
)
def test_every_name_of_an_encoding_is_known(label: str, name: str) -> None:
    assert text_encoding(label) == name


@pytest.mark.parametrize(
    "label",
    ["rot13", "zlib", "base64", "hex", "idna", "punycode", "unicode_escape", "raw_unicode_escape",
     "utf-7", "undefined", "no-such", "", " ", "../os", "a\0b", "utf-8\n", "x" * 100_000, "é"],
)  # fmt: skip
def test_what_is_no_encoding_of_text_is_refused(label: str) -> None:
    with pytest.raises(LookupError):
        text_encoding(label)


def test_a_name_is_a_str() -> None:
    for label in (None, b"utf-8", 5):
        with pytest.raises(TypeError):
            text_encoding(label)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (b"", None),
        (b"\xef\xbb", None),
    ],
)
def test_a_mark_says_the_encoding(mark: bytes, name: str | None) -> None:
    assert bom_encoding(mark) == name
