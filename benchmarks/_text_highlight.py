"""Question 4: is code coloured as fast as by pygments?"""

from __future__ import annotations

import io
import re
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_data import code
from _text_turns import OURS, Table, ask, on_asyncio, timed, timed_on
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from _text_turns import Found, Measure

PYGMENTS: Final = "pygments"
PLAIN: Final = f"{OURS}.sync.highlight"
TREES: Final = f"{OURS}.sync.highlight, treesitter"
LEX: Final = f"{LIMIT}the lexer of pygments"
PARSE: Final = f"{LIMIT}the parser of tree-sitter"
COLORS: Final = re.compile(r"\x1b\[[0-9;]*m")
TAGS: Final = re.compile(r"<[^>]*>")
BARS: Final = (
    Bar(PLAIN, wall, 1.05, (PYGMENTS,)),
    Bar(TREES, wall, 1 / 3, (PYGMENTS,), as_speed=True),
)


def by_us(text: str, to: Any, backend: Any = None) -> str:
    """Colour by ours."""
    import rp_text.sync

    return rp_text.sync.highlight(text, "python", to=to, backend=backend)


async def by_us_async(text: str, to: Any, backend: Any = None) -> str:
    """Colour by ours, asynchronously."""
    import rp_text

    return await rp_text.highlight(text, "python", to=to, backend=backend)


def formatter_of(to: str) -> Any:
    """Return a new formatter of pygments."""
    from pygments.formatters.html import HtmlFormatter
    from pygments.formatters.terminal256 import Terminal256Formatter

    return HtmlFormatter(noclasses=True) if to == "html" else Terminal256Formatter()


def by_pygments(text: str, to: str, kept: Any = None) -> str:
    """Colour by pygments; the formatter is made for it, or kept."""
    import pygments
    from pygments.lexers.python import PythonLexer

    shown: str = pygments.highlight(text, PythonLexer(), kept or formatter_of(to))
    return shown


def by_rich(text: str) -> str:
    """Colour by rich, for a terminal of 256 colours."""
    from rich.console import Console
    from rich.syntax import Syntax

    console = Console(file=io.StringIO(), force_terminal=True, color_system="256", width=200)
    with console.capture() as captured:
        console.print(Syntax(text, "python"))
    return captured.get()


def lex(text: str) -> None:
    """Make the tokens of pygments."""
    from pygments.lexers.python import PythonLexer

    for _ in PythonLexer().get_tokens_unprocessed(text):
        pass


def parse(text: str) -> None:
    """Make the tree of tree-sitter."""
    import tree_sitter_python
    from tree_sitter import Language, Parser

    Parser(Language(tree_sitter_python.language())).parse(text.encode())


def plain_of(shown: str, to: str) -> str:
    """Return text without its colours."""
    return unescape(TAGS.sub("", shown)) if to == "html" else COLORS.sub("", shown)


def ways(text: str, to: str) -> dict[str, Measure]:
    """Return the ways to colour."""

    def right(shown: str) -> None:
        """Refuse another text; pygments takes off empty lines at the ends."""
        check(plain_of(shown, to).strip("\n"), text.strip("\n"))

    by_asyncio = partial(timed_on, on_asyncio, by_us_async, text, to)
    found = {
        PLAIN: timed(by_us, text, to, check=right),
        f"{OURS}.highlight, asyncio": by_asyncio(check=right),
        TREES: timed(by_us, text, to, "treesitter", check=right),
        f"{OURS}.highlight, treesitter, asyncio": by_asyncio("treesitter", check=right),
        PYGMENTS: timed(by_pygments, text, to, check=right),
        "pygments, its formatter kept": timed(by_pygments, text, to, formatter_of(to), check=right),
    }
    if to == "terminal":
        found["rich.Syntax"] = timed(by_rich, text)
    limits: dict[str, Callable[[str], None]] = {LEX: lex, PARSE: parse}
    return found | {name: timed(limit, text) for name, limit in limits.items()}


def _limit(found: Found) -> str:
    lexed, parsed = (milliseconds(wall(found[name])) for name in (LEX, PARSE))
    return f"to make tokens, {lexed} ms by pygments; to make a tree by tree-sitter, {parsed} ms."


def ask_highlight(repeats: int) -> None:
    """Measure, and print the tables."""
    text = code()
    for number, to in (("4", "terminal"), ("4b", "html")):
        title = f"{number}. Colour {len(text.splitlines())} lines of Python, to {to}"
        ask(Table(title, ways(text, to), BARS, _limit), repeats)
