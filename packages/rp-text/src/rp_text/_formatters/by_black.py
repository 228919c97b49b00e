"""Python by black, in this process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import black
from black import NothingChanged  # type: ignore[attr-defined]
from black.parsing import InvalidInput

from rp_text._errors import FormatError

if TYPE_CHECKING:
    from rp_text._formatter import Formatting

_PLACE: Final = re.compile(r"(\d+):(\d+): ?(.*)", re.DOTALL)


def format_one(request: Formatting) -> str:
    """Return formatted code.

    Raises:
        FormatError: It is not well-formed.
    """
    if "\0" in request.code:
        raise _placed(request.code, ValueError("the code has NUL"))
    mode = black.Mode(line_length=request.line_length, is_pyi=request.is_stub)
    try:
        return black.format_file_contents(request.code, fast=False, mode=mode)
    except NothingChanged:
        return request.code
    except (InvalidInput, black.parsing.ASTSafetyError) as error:
        raise _placed(request.code, error) from None


def _placed(code: str, error: Exception) -> FormatError:
    try:
        compile(code, "<code>", "exec", dont_inherit=True, flags=0x400)  # ast.PyCF_ONLY_AST
    except SyntaxError as found:
        message = found.msg
        return FormatError(message, line=found.lineno or 1, column=found.offset or 1)
    except ValueError as found:  # NUL, before Python 3.12
        at = max(code.find("\0"), 0)
        line = code.count("\n", 0, at) + 1
        return FormatError(str(found), line=line, column=at - code.rfind("\n", 0, at))
    place = _PLACE.search(str(error))
    line, column = (int(place[1]), int(place[2]) + 1) if place else (1, 1)
    return FormatError(str(error).partition("\n")[0], line=line, column=column)
