"""Colours of tokens: a style of pygments as escape sequences of terminals, or as HTML."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

To: TypeAlias = Literal["terminal", "html"]
_RESET: Final = "\x1b[0m"
_LEVELS: Final = (0, 95, 135, 175, 215, 255)
_ANSI: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "gray")
_BRIGHT: Final = (
    "brightblack", "brightred", "brightgreen", "brightyellow", "brightblue", "brightmagenta",
    "brightcyan", "white",
)  # fmt: skip


def styles() -> list[str]:
    """Return the names of the styles of highlighting, sorted."""
    from pygments.styles import STYLE_MAP

    return sorted(STYLE_MAP)


@lru_cache(maxsize=16)
def palette(style: str, to: To) -> Palette:
    """Return the colours of a style.

    Raises:
        ValueError: There is no such style.
    """
    from pygments.styles import STYLE_MAP, get_style_by_name

    if style not in STYLE_MAP:
        raise ValueError(f"no style {str(style)[:60]!r} is known; see styles()")
    return (_Terminal if to == "terminal" else _Html)(get_style_by_name(style))


class Palette:
    """What is put before and after the text of each kind of token."""

    def __init__(self, style: Any) -> None:
        self._style = style
        self._kinds = {kind for kind, _ in style}
        self._shown: Callable[[str], str] = str
        self._known: dict[Any, tuple[str, str]] = {}

    def painted(self, tokens: Iterable[tuple[Any, str]]) -> str:
        """Return coloured text; colours end with each line."""
        known = self._known
        parts: list[str] = []
        for kind, text in tokens:
            if not text:
                continue
            try:
                before, after = known[kind]
            except KeyError:
                before, after = known[kind] = self._around(kind)
            shown = self._shown(text)
            if not before:
                parts.append(shown)
            elif "\n" not in shown:
                parts += (before, shown, after)
            else:
                lines = shown.split("\n")
                parts.append("\n".join([before + line + after if line else "" for line in lines]))
        return "".join(parts)

    def _around(self, kind: Any) -> tuple[str, str]:
        from pygments.token import Whitespace

        known = kind
        while known not in self._kinds:  # a lexer's own kind
            known = known.parent
        look = self._style.style_for_token(known)
        if kind in Whitespace and not look["bgcolor"]:
            return "", ""  # a colour that nobody sees
        return self._around_of(look)

    def _around_of(self, look: dict[str, Any]) -> tuple[str, str]:
        raise NotImplementedError

    def framed(self, painted: str) -> str:
        """Return the whole of what was painted."""
        return painted


class _Terminal(Palette):
    """256 colours, which all but the oldest terminals have."""

    def _around_of(self, look: dict[str, Any]) -> tuple[str, str]:
        codes = [str(code) for code, name in _LOOKS if look[name]]
        codes += _color_codes(look["ansicolor"], look["color"], 38, 30, 90)
        codes += _color_codes(look["bgansicolor"], look["bgcolor"], 48, 40, 100)
        return (f"\x1b[{';'.join(codes)}m", _RESET) if codes else ("", "")


_LOOKS: Final = ((1, "bold"), (3, "italic"), (4, "underline"))


def _color_codes(
    ansi: str | None, color: str | None, rich: int, dark: int, bright: int
) -> list[str]:
    """Return the parameters of Select Graphic Rendition (ECMA-48, 8.3.117) for a colour."""
    if ansi:
        name = ansi.removeprefix("ansi")
        number = dark + _ANSI.index(name) if name in _ANSI else bright + _BRIGHT.index(name)
        return [str(number)]
    return [str(rich), "5", str(_nearest(color))] if color else []


def _nearest(color: str) -> int:
    """Return the nearest of xterm's 240 fixed colours: a cube, and a ramp of grays."""
    wanted = [int(color[at : at + 2], 16) for at in (0, 2, 4)]
    steps = [min(range(6), key=lambda step: abs(_LEVELS[step] - part)) for part in wanted]
    gray = max(0, min(23, round((sum(wanted) / 3 - 8) / 10)))
    in_cube = sum((_LEVELS[s] - w) ** 2 for s, w in zip(steps, wanted, strict=True))
    in_ramp = sum((8 + 10 * gray - part) ** 2 for part in wanted)
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2] if in_cube <= in_ramp else 232 + gray


class _Html(Palette):
    """Elements with their own styles, which need no style sheet."""

    def __init__(self, style: Any) -> None:
        from html import escape

        super().__init__(style)
        self._shown = escape

    def _around_of(self, look: dict[str, Any]) -> tuple[str, str]:
        css = _css_of(look)
        return (f'<span style="{css}">', "</span>") if css else ("", "")

    def framed(self, painted: str) -> str:
        """Return a `pre` element, with `code` in it: a line end right after `<pre>` is dropped."""
        from pygments.token import Token

        look = _css_of({**self._style.style_for_token(Token), "bgcolor": None})
        background = self._style.background_color
        css = "; ".join(filter(None, (f"background: {background}" if background else "", look)))
        painted = painted.replace("\r", "&#13;")
        return f'<pre class="highlight" style="{css}"><code>{painted}</code></pre>\n'


def _css_of(look: dict[str, Any]) -> str:
    rules = (
        look["color"] and f"color: #{look['color']}",
        look["bold"] and "font-weight: bold",
        look["italic"] and "font-style: italic",
        look["underline"] and "text-decoration: underline",
        look["bgcolor"] and f"background-color: #{look['bgcolor']}",
    )
    return "; ".join(rule for rule in rules if rule)
