"""Tokens of tree-sitter: the captures of a grammar's own query for highlighting."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

# Captures, as tree-sitter's documentation names them, and what pygments calls the same. The
# longest that a name begins with counts.
_KINDS: Final[dict[str, Any]] = {
    "attribute": Name.Attribute,
    "boolean": Keyword.Constant,
    "comment": Comment,
    "constant": Name.Constant,
    "constant.builtin": Keyword.Constant,
    "constructor": Name.Class,
    "delimiter": Punctuation,
    "escape": String.Escape,
    "function": Name.Function,
    "function.builtin": Name.Builtin,
    "function.macro": Name.Function.Magic,
    "keyword": Keyword,
    "label": Name.Label,
    "number": Number,
    "operator": Operator,
    "property": Name.Property,
    "punctuation": Punctuation,
    "punctuation.special": String.Interpol,
    "string": String,
    "string.special": String.Symbol,
    "string.special.key": Name.Tag,
    "string.special.regex": String.Regex,
    "tag": Name.Tag,
    "type": Name.Class,
    "type.builtin": Keyword.Type,
    "variable.builtin": Name.Builtin.Pseudo,
}
# Half of what there is: looked for, it would take a third of the time.
_UNCOLORED: Final = frozenset({"variable", "variable.parameter"})
_SURROGATE: Final = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_RUNS: Final = re.compile(rb"(.)\1*+", re.DOTALL)


def tokens_of(code: str, module: str) -> Iterator[tuple[Any, str]]:
    """Give the tokens of code; together they are the code."""
    from tree_sitter import Parser, QueryCursor

    language, query, names = _grammar(module)
    data = code.encode("utf-8", "surrogatepass")
    # Of the same length, and no bytes between which a token could end within a character.
    readable = data if code.isascii() else _SURROGATE.sub(b"\xef\xbf\xbd", data)
    root = Parser(language).parse(readable).root_node
    captures = QueryCursor(query).captures(root)
    spans = [
        (node.start_byte - node.end_byte, names[name][0], node.start_byte, names[name][1])
        for name, nodes in captures.items()
        for node in nodes
    ]
    spans.sort()  # the longest first, so that what is within another one is painted over it
    paint = bytearray(len(data))
    for length, _, start, number in spans:
        paint[start : start - length] = bytes((number,)) * -length
    kinds = _numbered()
    for run in _RUNS.finditer(paint):
        start, end = run.span()
        yield kinds[paint[start]], data[start:end].decode("utf-8", "surrogatepass")


@cache
def _grammar(module: str) -> tuple[Any, Any, dict[str, tuple[tuple[int, int], int]]]:
    """Return the language, its query, and of each capture its rank and the number of its kind.

    Of captures of the same text the more special one counts, then the one that the query has last.
    """
    from tree_sitter import Language, Query

    grammar = import_module(module)
    language = Language(grammar.language())
    query = Query(language, grammar.HIGHLIGHTS_QUERY)
    names = [query.capture_name(at) for at in range(query.capture_count)]
    for name in names:
        if name in _UNCOLORED:
            query.disable_capture(name)
    return (
        language,
        query,
        {name: ((name.count("."), at), _number_of(name)) for at, name in enumerate(names)},
    )


def _number_of(capture: str) -> int:
    parts = capture.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    known = list(_KINDS)
    return next((known.index(prefix) + 1 for prefix in prefixes if prefix in _KINDS), 0)


def _numbered() -> list[Any]:
    return [Text, *_KINDS.values()]
