"""HTML is laid out without changing what is shown of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rp_text.sync
from rp_core import LimitExceededError
from rp_text.sync import strip_html

LexborHTMLParser = pytest.importorskip("selectolax.lexbor").LexborHTMLParser

ELEMENTS = (
    "p div b i ul li table tr td pre span a textarea h1 section code script br img svg template"
)
TEXT = st.sampled_from(
    ["a", " b ", "\n c\n", "&amp;", "&lt;", "é", " ", "x  y", "\n\n z", "<!-- c -->"]
)
NODES = st.recursive(
    TEXT,
    lambda inner: st.tuples(st.sampled_from(ELEMENTS.split()), st.lists(inner, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=15,
)


def laid_out(code: str) -> str:
    return rp_text.sync.format_code(code, "html").text


def test_blocks_have_lines_of_their_own() -> None:
    code = (
        '<!DOCTYPE html><title>A &amp; b</title><body class="x" hidden><div><p>Hello <b>x</b> '
        "y<ul><li>a<li>b</ul><pre>\n\n  a\n</pre>text<br>more</div><!-- c --></body>"
    )

    assert laid_out(code).splitlines() == [
        "<!DOCTYPE html>",
        "<html>",
        "  <head>",
        "    <title>A &amp; b</title>",
        "  </head>",
        '  <body class="x" hidden>',
        "    <div>",
        "      <p>Hello <b>x</b> y</p>",
        "      <ul>",
        "        <li>a</li>",
        "        <li>b</li>",
        "      </ul>",
        "      <pre>",
        "",
        "  a",
        "</pre>",
        "      text<br>more",
        "    </div>",
        "    <!-- c -->",
        "  </body>",
        "</html>",
    ]


@settings(max_examples=500)
@given(st.lists(NODES, max_size=5).map("".join), st.booleans())
def test_what_is_shown_stays_and_once_is_enough(code: str, document: bool) -> None:
    code = f"{'<!doctype html><body>' if document else '<p>'}{code}"

    once = laid_out(code)

    assert laid_out(once) == once
    tree = LexborHTMLParser(code, is_fragment=not document)  # which moves what tables cannot have
    assert shown(once) == shown(tree.html or "")


def shown(code: str) -> str:
    """Return the text that is shown; blanks at the borders of lines are not."""
    text = strip_html(re.sub(r"<template>.*?</template>", "", code, flags=re.DOTALL))
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize(
    "code",
    ["<td>a</td><td>b</td>", "<tr><td>a</td></tr>", "<li>a</li>", "<option>a</option>", "text",
     "<col><col>", "<caption>c</caption>"],
)  # fmt: skip
def test_parts_of_documents_keep_their_tags(code: str) -> None:
    assert re.findall(r"<\w+", laid_out(code)) == re.findall(r"<\w+", code)


def test_attributes_are_quoted() -> None:
    assert laid_out("<a href='x?a=1&amp;b=\"2\"' b=c d>t</a>") == (
        '<a href="x?a=1&amp;b=&quot;2&quot;" b="c" d>t</a>\n'
    )


def test_an_older_doctype_stays() -> None:
    doctype = (
        '<!doctype html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
    )

    assert laid_out(f"{doctype}<p>a").splitlines()[0] == doctype


def test_scripts_have_lines_of_their_own_but_within_text() -> None:
    assert laid_out("<div><script>a</script><link rel=x><!-- c --></div>") == (
        '<div>\n  <script>a</script>\n  <link rel="x">\n  <!-- c -->\n</div>\n'
    )
    assert laid_out("a<script>b</script>c") == "a<script>b</script>c\n"


def test_nothing_becomes_nothing() -> None:
    assert laid_out("") == ""
    assert laid_out(" \n") == ""


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(LimitExceededError):
        laid_out("<div>" * 5000)


def test_lines_at_the_beginning_of_pre_stay_within_templates() -> None:
    for code in (
        "<template><pre>\n\n z</pre></template>",
        "<template><pre a>\n\nz</pre></template>",
    ):
        once = laid_out(code)
        assert "\n\n" in once
        assert laid_out(once) == once
