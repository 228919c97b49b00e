"""What formats code, by language: the chain of backends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rp_core import Fallback, LimitExceededError, extra
from rp_text._errors import EncodeError, FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES: Final = {
    "python": "python",
    "python3": "python",
    "py": "python",
    "json": "json",
    "html": "html",
}
SUFFIXES: Final = {
    ".py": "python", ".pyi": "python", ".pyw": "python", ".json": "json", ".html": "html",
    ".htm": "html",
}  # fmt: skip


class Formatting(NamedTuple):
    r"""Code that is to be formatted; its lines end with \n."""

    code: str
    language: str
    line_length: int
    timeout: float
    is_stub: bool = False
    named: bool = False


formatted: Fallback[[Formatting], tuple[str, str]] = Fallback(
    "rp_text.format_code", error=FormatError, final=(FormatError, EncodeError)
)


def _for(language: str) -> Callable[[Formatting], bool]:
    return lambda request: request.language == language


@formatted.via(needs="ruff", install=extra("ruff"), when=_for("python"))
def ruff(request: Formatting) -> tuple[str, str]:
    """Run ruff."""
    from rp_text._formatters.by_ruff import format_one

    return format_one(request), "ruff"


@formatted.via(needs="black", install=extra("black"), when=_for("python"))
def black(request: Formatting) -> tuple[str, str]:
    """Call black, which compares the syntax trees before and after."""
    from rp_text._formatters.by_black import format_one

    return format_one(request), "black"


@formatted.via(
    needs="autopep8",
    install=extra("autopep8"),
    when=lambda request: request.named and request.language == "python",
)
def autopep8(request: Formatting) -> tuple[str, str]:
    """Call autopep8, which repairs only what breaks the rules of PEP 8."""
    import autopep8 as library

    options = {"max_line_length": request.line_length}
    return library.fix_code(request.code, options=options), "autopep8"


@formatted.via(when=_for("json"))
def json(request: Formatting) -> tuple[str, str]:
    """Lay JSON out, once the standard library has read it."""
    from rp_text._formatters.json_layout import format_one

    return format_one(request.code), "json"


@formatted.via(needs="selectolax", install=extra("html"), when=_for("html"))
def selectolax(request: Formatting) -> tuple[str, str]:
    """Lay out the tree that selectolax makes of HTML."""
    from rp_text._formatters.html_layout import format_one

    try:
        return format_one(request.code), "selectolax"
    except RecursionError:
        raise LimitExceededError("the HTML is nested too deeply") from None
