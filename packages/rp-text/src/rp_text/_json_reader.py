"""What reads JSON: the standard library by strict rules, or orjson where it is named."""

from __future__ import annotations

import json as stdlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rp_core import Fallback, extra
from rp_text._errors import JSONError
from rp_text._json_writer import check_surrogates, plain_message, too_deep
from rp_text._read_text import decoded

if TYPE_CHECKING:
    from typing import NoReturn

_MARK: Final = b"\xef\xbb\xbf"
_STRING_OR_CONSTANT: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|NaN|-?Infinity', re.DOTALL)


class Parsing(NamedTuple):
    """JSON that is to be read: bytes, or a text without a mark; and whether keys must differ."""

    data: bytes | str
    unique_keys: bool = False
    named: bool = False


parse: Fallback[[Parsing], Any] = Fallback(
    "rp_text.load_json", error=JSONError, final=(JSONError, UnicodeError)
)


class _ConstantError(ValueError):
    """NaN or an infinity, of which JSON has none."""


class _TwiceError(ValueError):
    """An object that has a key twice."""


def refuse_constant(constant: str) -> NoReturn:
    """Refuse NaN or an infinity.

    Raises:
        ValueError: The constant.
    """
    raise _ConstantError(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _TwiceError(f"an object has the key {counts.most_common(1)[0][0]!r} twice")
    return found


_DECODER: Final = stdlib.JSONDecoder(parse_constant=refuse_constant)
_UNIQUE: Final = stdlib.JSONDecoder(parse_constant=refuse_constant, object_pairs_hook=_unique)


@parse.via()
def json(request: Parsing) -> Any:
    """Read with the standard library."""
    return read_json(request.data, _UNIQUE if request.unique_keys else _DECODER)


def read_json(data: bytes | str, decoder: stdlib.JSONDecoder = _DECODER) -> Any:
    """Read with a decoder of the standard library.

    Raises:
        Exception: As `load_json`.
    """
    text = _as_text(data)
    try:
        value = decoder.decode(text)
    except stdlib.JSONDecodeError as error:
        raise JSONError(plain_message(error.msg), line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise too_deep() from None
    except _ConstantError as error:
        raise no_json(text, str(error)) from None
    except _TwiceError as error:
        raise JSONError(str(error)) from None
    except ValueError as error:  # a number of more digits than int() takes
        raise JSONError(plain_message(str(error).partition(":")[0])) from None
    if "\\" in text and ("\\ud" in text or "\\uD" in text):
        check_surrogates(value)
    return value


@parse.via(needs="orjson", install=extra("orjson"), when=lambda request: request.named)
def orjson(request: Parsing) -> Any:
    """Read with orjson."""
    import orjson as library

    data = request.data
    try:
        return library.loads(data if isinstance(data, str) else data.removeprefix(_MARK))
    except library.JSONDecodeError as error:
        if "depth limit" in error.msg or "ecursion" in error.msg:
            raise too_deep() from None
        if "not valid UTF-8" in error.msg:
            _as_text(data)
        raise JSONError(plain_message(error.msg), line=error.lineno, column=error.colno) from None


def _as_text(data: bytes | str) -> str:
    """Return JSON as text: it is UTF-8 (RFC 8259, 8.1), and a byte order mark is passed over."""
    return data if isinstance(data, str) else decoded(data.removeprefix(_MARK), "utf-8")


def no_json(text: str, constant: str) -> JSONError:
    """Return the error of a constant that JSON does not have, with its place."""
    places = _STRING_OR_CONSTANT.finditer(text)
    at = next(found.start() for found in places if found[0] == constant)
    line = text.count("\n", 0, at) + 1
    return JSONError(f"{constant} is no JSON", line=line, column=at - text.rfind("\n", 0, at))
