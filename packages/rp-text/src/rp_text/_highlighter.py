"""What turns code into tokens: pygments, or tree-sitter where it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rp_core import Fallback, extra
from rp_text._errors import HighlightError
from rp_text._language import TEXT

if TYPE_CHECKING:
    from rp_text._palette import Palette

# The packages of the extra `treesitter`, by the name of the language.
GRAMMARS: Final = {
    name: f"tree_sitter_{name}"
    for name in ("bash", "c", "css", "go", "html", "java", "javascript", "json", "python", "rust")
}


class Highlighting(NamedTuple):
    r"""Code that is to be coloured; its lines end with \n."""

    code: str
    language: str
    palette: Palette
    named: bool = False


painted: Fallback[[Highlighting], str] = Fallback("rp_text.highlight", error=HighlightError)


@painted.via()
def pygments(request: Highlighting) -> str:
    """Colour what the lexers of pygments see."""
    code = request.code
    if request.language == TEXT:
        return request.palette.painted([(_token(), code)])
    tokens = _tokens(request.language, code)
    if "".join([text for _, text in tokens]) != code:  # a lexer that is at fault
        tokens = [(_token(), code)]
    return request.palette.painted(tokens)


def _token() -> Any:
    from pygments.token import Text

    return Text


def _tokens(language: str, code: str) -> list[tuple[Any, str]]:
    from pygments.lexers import find_lexer_class_by_name

    # Lexers expect a last line that ends, and may wait for it. Their own preparation of the text
    # is left out: it takes off empty lines at both ends.
    ends = code.endswith("\n")
    try:
        lexer = find_lexer_class_by_name(language)()
        lexed = lexer.get_tokens_unprocessed(code if ends else code + "\n")
        tokens = [(kind, text) for _, kind, text in lexed]
    except Exception:  # a lexer that is at fault: code in which it is not made for
        return []
    return tokens if ends else _without_last_end(tokens)


def _without_last_end(tokens: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    for at in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[at]
        if text:
            tokens[at] = (kind, text.removesuffix("\n"))
            break
    return tokens


def _has_grammar(request: Highlighting) -> bool:
    return request.named and request.language in GRAMMARS


@painted.via(needs="tree_sitter", install=extra("treesitter"), when=_has_grammar)
def treesitter(request: Highlighting) -> str:
    """Colour what the grammar of tree-sitter sees, with the same colours."""
    from rp_text._grammar import tokens_of

    return request.palette.painted(tokens_of(request.code, GRAMMARS[request.language]))
