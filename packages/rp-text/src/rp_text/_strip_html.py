"""The text of an HTML document."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from rp_text._ends import with_plain_ends
from rp_text._html_elements import BLOCKS

_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
# Tags as the tokenizer of the HTML standard (13.2.5) has them. Nothing is tried twice: the groups
# are possessive, and hostile input takes no longer than other input.
_TAG: Final = re.compile(
    r"""<(/?)([A-Za-z][^\s/>]*+)
    (?>[\s/]++ | =?[^\s/>=]++(?>\s*+=\s*+(?>"[^"]*+" | '[^']*+' | [^\s>"'][^\s>]*+)?+)?+ | =)*+
    >""",
    re.VERBOSE,
)
_COMMENT_END: Final = re.compile(r"--!?>")
_HIDDEN: Final = frozenset({"script", "style"})
_PLAIN: Final = frozenset({"textarea", "title"})  # what looks like a tag in them is text
_KEPT: Final = frozenset({"pre", "textarea", "listing"})  # their blanks count
_RAW_END: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _HIDDEN | _PLAIN
}
_LINES: Final = (BLOCKS | {"br", "textarea"}) - {"td", "th"}
_CELLS: Final = frozenset({"td", "th"})


def strip_html(html: str, /) -> str:
    r"""Return the text of HTML, without its tags, comments, scripts and styles.

    Blocks, such as paragraphs and items of lists, and `<br>` begin a new line, cells of tables are
    separated by tabs, other runs of blanks are one blank, except within `<pre>`. Character
    references are resolved, so that the result is text, and no safe HTML: `&lt;b&gt;` becomes
    `<b>`. No HTML is too broken; a `<` that begins no tag is text.

    Args:
        html: A document or a part of one.

    Returns:
        The text; its lines end with \n, except for the last.

    Raises:
        TypeError: It is no str.
    """
    if not isinstance(html, str):
        raise TypeError(f"HTML is given as a str, not as {type(html).__name__!r}")
    text = _Text()
    at = 0
    while (start := html.find("<", at)) >= 0:
        text.add(html[at:start])
        at = _markup(html, start, text)
    text.add(html[at:])
    return text.finished()


def _markup(html: str, start: int, text: _Text) -> int:
    """Take what begins with "<"; return where it ends."""
    if found := _TAG.match(html, start):
        return _element(html, found, text)
    if html.startswith("<!--", start):
        if html.startswith((">", "->"), start + 4):
            return html.index(">", start) + 1
        end = _COMMENT_END.search(html, start + 4)
        return end.end() if end else len(html)
    following = html[start + 1 : start + 3]
    if following[:1] in {"!", "?"} or (following[:1] == "/" and following != "/"):
        end_of_bogus = html.find(">", start)
        return end_of_bogus + 1 if end_of_bogus >= 0 else len(html)
    if following[:1].isascii() and following[:1].isalpha():  # a tag that never ends
        text.add(html[start:])
        return len(html)
    text.add("<")
    return start + 1


def _element(html: str, found: re.Match[str], text: _Text) -> int:
    closes, name = bool(found[1]), found[2].lower()
    if name in _LINES:
        text.part("\n")
    elif name in _CELLS and not closes:
        text.part("\t")
    if name in _KEPT:
        text.keeps = max(text.keeps + (-1 if closes else 1), 0)
    if closes or name not in _RAW_END:
        return found.end()
    end = _RAW_END[name].search(html, found.end())
    stop = end.start() if end else len(html)
    if name in _PLAIN:
        text.add(html[found.end() : stop])
    return stop


class _Text:
    """Text that grows, with the blanks of its source or with one in their place."""

    def __init__(self) -> None:
        self.keeps = 0
        self._parts: list[str] = []
        self._gap = ""  # what separates the text that comes from the one that is there

    def part(self, gap: str) -> None:
        """Have what comes begin a line or a cell."""
        if self._parts and (gap == "\n" or self._gap != "\n"):
            self._gap = gap

    def add(self, source: str) -> None:
        """Add text with character references."""
        if not source:
            return
        text = unescape(source) if "&" in source else source
        if self.keeps:
            self._put(with_plain_ends(text))
            return
        text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and self._parts and not self._gap:
            self._gap = " "
        if body := text.strip(" "):
            self._put(body)
            self._gap = " " if text.endswith(" ") else ""

    def _put(self, text: str) -> None:
        self._parts += [self._gap, text]
        self._gap = ""

    def finished(self) -> str:
        """Return the text."""
        return "".join(self._parts)
