"""From bytes to text, whatever the server calls them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net

HOSTILE = ["rot13", "rot_13", "hex", "zlib", "bz2", "base64", "uu", "quopri", "idna", "punycode",
           "utf-7", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "palmos",
           "\0", "x" * 99, "../../x", "utf-8\0", "nothing", "", "'", '"',
           "hz", "unicode-internal"]  # fmt: skip


def response(content: bytes, kind: str = "text/plain") -> rp_net.Response:
    return rp_net.Response(200, headers={"Content-Type": kind}, content=content)


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\0" not in name])
def test_a_hostile_name_is_passed_over(name: str) -> None:
    text = "<b>+ADw-b+AD4- gr\xfcn</b>"
    assert response(text.encode(), f"text/html; charset={name}").text == text
    markup = f'<meta charset="{name}">'.encode() + text.encode()
    assert response(markup, "text/html").text.endswith(text)


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (b"\xe9\x80", "text/plain; charset=iso-8859-1", "\xe9\u20ac"),
        (b"\xe9", "text/plain; charset=US-ASCII", "\xe9"),
        (b"\xe9", "text/plain", "\xe9"),
        ("\xe9".encode(), "text/plain", "\xe9"),
        (b"\xef\xbb\xbf\xc3\xa9", "text/plain; charset=latin-1", "\xe9"),
        ("\xe9".encode("utf-16"), "text/plain; charset=utf-8", "\xe9"),
        ("\u044f".encode("koi8-r"), "text/plain;charset='KOI8-R'", "\u044f"),
        ("\u65e5".encode("shift_jis"), 'text/plain; charset="Shift_JIS"; x=y', "\u65e5"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "text/plain", "a"),
        (b"a\xffb", "text/plain; charset=utf-8", "a\ufffdb"),
        (b"", "text/plain; charset=utf-16", ""),
    ],
)
def test_encodings(content: bytes, kind: str, text: str) -> None:
    assert response(content, kind).text == text


@given(st.binary(max_size=60), st.text(st.characters(max_codepoint=0xFF), max_size=40))
def test_no_bytes_and_no_name_are_a_crash(content: bytes, name: str) -> None:
    try:
        answer = response(content, f"text/html; charset={name}")
    except ValueError:
        return
    assert isinstance(answer.text, str)
    "".encode(answer.encoding)


async def test_the_caller_knows_better_and_is_held_to_it() -> None:
    answer = response(b"\xe9", "text/plain; charset=utf-8")
    async with rp_net.Client(transport=lambda _: answer) as client:
        assert await client.get_text("http://a/", encoding="latin-1") == "\xe9"
        for wrong in ("nothing", "rot13", "hex"):
            with pytest.raises(LookupError):
                await client.get_text("http://a/", encoding=wrong)
