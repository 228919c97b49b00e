"""HTML, laid out from the tree that Lexbor makes of it, as browsers do.

Blanks are added and taken only where they are not shown: at the borders of blocks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from rp_core import LimitExceededError
from rp_text._html_elements import BLOCKS, HIDDEN, RAW, VOID

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT: Final = "  "
_OPTIONAL_ENDS: Final = "p li dt dd option optgroup tr td th tbody thead tfoot colgroup rt rp"
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_BEFORE: Final = r"\s*(?:<!--.*?-->\s*)*"
_DOCUMENT: Final = re.compile(
    rf"{_BEFORE}<(?:!doctype|html|head|body)[\s/>]", re.IGNORECASE | re.DOTALL
)
_DOCTYPE_SOURCE: Final = re.compile(rf"{_BEFORE}(<!doctype[^>]*>)", re.IGNORECASE | re.DOTALL)
_TAGS: Final = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_DEEPEST: Final = 1000
_MOST_RUNS: Final = 5
_CLOSED_BY_OTHERS: Final = VOID | frozenset(_OPTIONAL_ENDS.split())
_DOCTYPE_START: Final = "<!DOCTYPE"
_FIRST: Final = "<!---->"  # asked for its source, the first node gives that of all others, too
_FIRST_TAG: Final = re.compile(r"\s*<([a-z]+)", re.IGNORECASE)
# What a part of a table is parsed within; elsewhere its tags are dropped (HTML standard, 13.2.6.4).
_CONTEXTS: Final = {
    **dict.fromkeys(("caption", "colgroup", "tbody", "tfoot", "thead"), "table"),
    "col": "colgroup", "tr": "tbody", "td": "tr", "th": "tr",
}  # fmt: skip
_OF_MARKUP: Final = frozenset({"noscript", "template"})
_SKIPPED_LINE: Final = re.compile(r'(<(?:listing|pre|textarea)(?: [^\s">]+(?:="[^"]*")?)*>)\n')
_SKIPS_LINE: Final = frozenset({"listing", "pre", "textarea"})  # one right after their tag
_DOCTYPE: Final = "-doctype"


def format_one(code: str) -> str:
    """Return HTML with each block on lines of its own.

    Raises:
        LimitExceededError: It is nested too deeply.
    """
    _check_depth(code)
    # References to characters stay as they are written: what they stand for may not be in the
    # encoding of the file, or be markup where it stands.
    mark = next(sign for sign in map(chr, range(0xE000, 0xF900)) if sign not in code)
    text = _joined(code.replace("&", mark))
    for _ in range(_MOST_RUNS):  # some trees, of tables and lists, are read as others again
        before, text = text, _joined(text)
        if text == before:
            break
    return text.replace(mark, "&")


def _joined(code: str) -> str:
    return "".join(f"{line}\n" for line in _laid_out(code))


def _check_depth(code: str) -> None:
    """Refuse what is nested so deeply that the parser would take the square of the time."""
    depth = 0
    for tag in _TAGS.finditer(code):
        if tag[2].lower() not in _CLOSED_BY_OTHERS:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > _DEEPEST:
            raise LimitExceededError(f"the HTML is nested deeper than {_DEEPEST} elements")


def _laid_out(code: str) -> Iterator[str]:
    is_document = _DOCUMENT.match(code) is not None
    first = None if is_document else _FIRST_TAG.match(code)
    tree = LexborHTMLParser(
        code if is_document else _FIRST + code,
        is_fragment=not is_document,
        fragment_tag=_CONTEXTS.get(first[1].lower() if first else "", "div"),
        options=LexborDocumentOptions.WO_EVENTS,
    )
    root: Any = tree.root
    if not is_document:
        yield from _lines(list(_siblings(root.next)), 0)
        return
    doctype = _DOCTYPE_SOURCE.match(code)
    for line in _lines(list(_children(root.parent)), 0):
        # The tree has the name of the document's type alone; an older type shows it otherwise.
        yield doctype[1] if doctype and line.startswith(_DOCTYPE_START) else line


def _siblings(node: Any) -> Iterator[Any]:
    while node is not None:
        yield node
        node = node.next


def _children(node: Any) -> Iterator[Any]:
    return _siblings(node.first_child)


def _lines(nodes: list[Any], depth: int) -> Iterator[str]:
    run: list[Any] = []
    for node in nodes:
        if not _is_block(node):
            run.append(node)
            continue
        yield from _run_line(run, depth)
        run = []
        yield from _block_lines(node, depth)
    yield from _run_line(run, depth)


def _run_line(run: list[Any], depth: int) -> Iterator[str]:
    if _is_all_hidden(run):
        yield from (_INDENT * depth + _source(node) for node in run if not node.is_text_node)
    elif text := _inline(run).strip(" "):
        yield _INDENT * depth + text


def _block_lines(node: Any, depth: int) -> Iterator[str]:
    indent = _INDENT * depth
    if node.tag == _DOCTYPE or node.tag in RAW:
        yield indent + _source(node)
        return
    start, end = _tags(node)
    children = list(_children(node))
    if not any(map(_is_block, children)) and not _is_all_hidden(children):
        yield f"{indent}{start}{_inline(children).strip(' ')}{end}"
        return
    yield indent + start
    yield from _lines(children, depth + 1)
    if end:
        yield indent + end


def _is_block(node: Any) -> bool:
    return node.tag in BLOCKS or node.tag == _DOCTYPE


def _is_all_hidden(nodes: list[Any]) -> bool:
    """Return whether nothing is shown of some nodes, which may then have lines of their own."""
    return all(map(_is_hidden, nodes)) and not all(node.is_text_node for node in nodes)


def _is_hidden(node: Any) -> bool:
    if node.is_text_node:
        return not (node.text_content or "").strip(" \t\n\r\f")
    return not node.is_element_node or node.tag in HIDDEN


def _inline(nodes: list[Any]) -> str:
    """Return nodes as they follow each other, a run of blanks as one."""
    parts: list[str] = []
    for node in nodes:
        if node.is_text_node:
            parts.append(_BLANKS.sub(" ", node.text_content or "").replace("<", "&lt;"))
        elif not node.is_element_node or node.tag in RAW:
            parts.append(_source(node))
        else:
            start, end = _tags(node)
            parts.append(f"{start}{_inline(list(_children(node)))}{end}")
    return "".join(parts)


def _source(node: Any) -> str:
    """Return a node as it is to be parsed again, with all of its blanks."""
    if node.tag in VOID:
        return _tags(node)[0]
    if node.tag in _OF_MARKUP:
        return _SKIPPED_LINE.sub(r"\1\n\n", node.html)
    if node.tag not in _SKIPS_LINE:
        return str(node.html)
    start, end = _tags(node)
    return _SKIPPED_LINE.sub(r"\1\n\n", f"{start}{node.inner_html or ''}{end}")


def _tags(node: Any) -> tuple[str, str]:
    attributes = "".join(
        f" {name}" if value is None else f' {name}="{_quoted(value)}"'
        for name, value in node.attributes.items()
    )
    return f"<{node.tag}{attributes}>", "" if node.tag in VOID else f"</{node.tag}>"


def _quoted(value: str) -> str:
    return value.replace('"', "&quot;")
