"""JSON, laid out; what is between blanks stays as it is written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from rp_core import LimitExceededError
from rp_text._errors import FormatError, JSONError
from rp_text._json_reader import no_json, refuse_constant
from rp_text._json_writer import plain_message

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT: Final = "  "
_PARTS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
# Numbers stay as they are written, whatever their size, and are not to be made.
_READER: Final = json.JSONDecoder(parse_constant=refuse_constant, parse_int=len, parse_float=len)


def format_one(code: str) -> str:
    """Return JSON with each member and each element in a line of its own.

    Raises:
        FormatError: It is no JSON.
        LimitExceededError: It is nested too deeply.
    """
    try:
        _READER.decode(code)
    except json.JSONDecodeError as error:
        raise FormatError(plain_message(error.msg), line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise LimitExceededError(
            "the JSON is nested too deeply: beyond about 1000 levels"
        ) from None
    except ValueError as error:
        wrong: JSONError = no_json(code, str(error))
        raise FormatError(wrong.message, line=wrong.line, column=wrong.column) from None
    return "".join(_laid_out(_PARTS.findall(code))) + "\n"


def _laid_out(parts: list[str]) -> Iterator[str]:
    depth = 0
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        if part in "{[":
            is_empty = following in "}]"
            depth += 1
            yield part if is_empty else f"{part}\n{_INDENT * depth}"
            continue
        if part in "}]":
            depth -= 1
        yield _SPACED.get(part, part)
        if part == ",":
            yield f"\n{_INDENT * depth}"
        elif following in {"}", "]"}:
            yield f"\n{_INDENT * (depth - 1)}"


_SPACED: Final = {":": ": "}
