"""An encoding is told by its mark, else it is UTF-8 where it can be, else it is found."""

from __future__ import annotations

import os

import pytest

import rp_text
import rp_text.sync
from rp_text import DecodeError, Encoding

GERMAN = "Die Straße nach Köln führt über „Grüß Gott“ und schöne Hügel; Bären mögen süße Äpfel.\n"
SAMPLES = {
    "cp1252": GERMAN * 3,
    "cp1251": "Привет, как дела? Это длинный русский текст о погоде и природе.\n" * 3,
    "koi8-r": "Привет, как дела? Это длинный русский текст о погоде и природе.\n" * 3,
    "shift_jis": "日本語のテキストです。これは二番目の文です。\n" * 3,
    "euc_jp": "日本語のテキストです。これは二番目の文です。\n" * 3,
    "iso2022_jp": "日本語のテキストです。これは二番目の文です。\n" * 3,
    "gb18030": "这是一个中文文本，用于测试编码检测的功能。\n" * 3,
    "big5": "這是一個繁體中文的文本，用來測試編碼偵測的功能。\n" * 3,
    "euc_kr": "한국어 텍스트입니다. 이것은 두 번째 문장입니다.\n" * 3,
    "utf-16-le": GERMAN * 3,
    "utf-16-be": GERMAN * 3,
    "utf-8": GERMAN * 3,
}


@pytest.mark.parametrize("encoding", SAMPLES)
def test_a_text_is_read_in_whatever_it_is_written(encoding: str) -> None:
    data = SAMPLES[encoding].encode(encoding)

    assert rp_text.sync.read_text(data) == SAMPLES[encoding]
    assert "".join(rp_text.sync.read_lines(data)) == SAMPLES[encoding]
    found = rp_text.sync.detect_encoding(data)
    assert data.decode(found.name) == SAMPLES[encoding]
    assert not found.bom


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_counts_first_and_is_taken_off(encoding: str) -> None:
    data = GERMAN.encode(encoding)

    assert rp_text.sync.detect_encoding(data) == Encoding(encoding, 1.0, bom=True)
    assert rp_text.sync.read_text(data) == GERMAN
    assert list(rp_text.sync.read_lines(data)) == [GERMAN]


@pytest.mark.parametrize("size", [10, 65_530, 65_536, 70_000, 500_000])
def test_what_is_ascii_decides_nothing(size: int) -> None:
    text = "plain line\n" * (size // 11) + GERMAN * 3

    for encoding in ("cp1252", "utf-8"):
        data = text.encode(encoding)
        assert rp_text.sync.read_text(data) == text
        assert "".join(rp_text.sync.read_lines(data)) == text


def test_utf_8_is_told_from_its_first_letters_on() -> None:
    data = ("x" * 65_535 + "é" + "y" * 100).encode()

    assert "".join(rp_text.sync.read_lines(data)) == data.decode()


def test_colours_of_a_terminal_and_nul_are_text() -> None:
    for text in ("\x1b[31mred\x1b[0m\n", "a\0b\n", "é\0\x1b[1m\n"):
        data = text.encode()
        assert rp_text.sync.read_text(data) == text
        assert list(rp_text.sync.read_lines(data)) == [text]
        assert rp_text.sync.detect_encoding(data).name == "utf-8"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\xff" + bytes(range(256)),
        b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 4,
        b"\x7fELF\x02\x01\x01" + bytes(9) + os.urandom(2000) + bytes(100) + b"\xff\xff",
        b"PK\x03\x04" + bytes(20) + bytes(range(256)) * 10,
    ],
    ids=["png", "jpeg", "elf", "zip"],
)
def test_a_binary_file_is_refused(data: bytes) -> None:
    for read in (
        rp_text.sync.read_text,
        rp_text.sync.detect_encoding,
        lambda data: list(rp_text.sync.read_lines(data)),
    ):
        with pytest.raises(DecodeError, match="binary"):
            read(data)


async def test_both_faces_find_the_same() -> None:
    data = SAMPLES["cp1251"].encode("cp1251")

    assert await rp_text.detect_encoding(data) == rp_text.sync.detect_encoding(data)
    assert rp_text.sync.detect_encoding(b"") == Encoding("utf-8")
