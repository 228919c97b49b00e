"""The text of HTML is what a browser shows of it, and no HTML is too broken or takes too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_text
import rp_text.sync

PIECES = ["<", ">", "</", "<p>", "</p>", "<b", " a=\"", "'", "=", "&amp;", "&", "text", " ", "\n",
          "<!--", "-->", "<script>", "</script>", "<pre>", "<!", "<?", "/"]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<div><div>a</div>b</div>c", "a\nb\nc"),
        ("a<br>b  c\n d", "a\nb c d"),
        ("<b>bo</b>ld <i>it</i>  al", "bold it al"),
        (" <p> a </p> ", "a"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc"),
        ("<pre> a\n  b</pre>c", " a\n  b\nc"),
        ("<script>x<y</script>a<style>z</style>b", "ab"),
        ("<SCRIPT>x</script >a", "a"),
        ("<title>A &amp; <b></title>c", "A & <b>\nc"),
        ("a<!-- <b> -->b<!-->c<!--->d<!-- e --!>f", "abcdf"),
        ("<!doctype html><?xml x?></ x>a", "a"),
        ("<a href=\"x>y\" title='>'>t</a>", "t"),
        ("<p title=it's>ok</p>", "ok"),
        ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
        ("&lt;b&gt; &eacute;&#233;&nbsp;x &copy &nope;", "<b> éé\xa0x © &nope;"),
        ("a <b", "a <b"),
        ("", ""),
        ("<p></p><br><hr>", ""),
    ],
)
async def test_text_is_what_is_shown(markup: str, text: str) -> None:
    assert rp_text.sync.strip_html(markup) == text
    assert await rp_text.strip_html(markup) == text


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_nothing_is_too_broken(markup: str) -> None:
    text = rp_text.sync.strip_html(markup)

    assert len(text) <= len(markup)
    assert text.count("text") <= markup.count("text")


@pytest.mark.parametrize(
    "piece",
    ['<a b="x" ', "<!--", "<", "<script>", "</", "<a '", '<a ="', "<a" + " " * 50, "&", "<a b= ",
     "<a/", "</script", "<p>", "<a b='\""],
)  # fmt: skip
def test_hostile_html_takes_no_longer_than_other(piece: str) -> None:
    markup = piece * (500_000 // len(piece))

    # What takes the square of the time is ended by the time limit of every test.
    assert len(rp_text.sync.strip_html(markup)) <= len(markup)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="given as a str"):
        rp_text.sync.strip_html(b"<p>")  # type: ignore[arg-type]
