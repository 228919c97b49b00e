"""What writes JSON: the standard library by strict rules, or orjson where it is named."""

from __future__ import annotations

import json as stdlib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rp_core import Fallback, LimitExceededError, extra
from rp_text._errors import JSONError

if TYPE_CHECKING:
    from collections.abc import Callable

_installed: dict[tuple[str, str], Callable[[Any], Any]] = {}
T = TypeVar("T")
R = TypeVar("R")


class Writing(NamedTuple):
    """A value that is to be written as JSON."""

    value: Any
    indent: int | None = None
    sort_keys: bool = False
    named: bool = False


write: Fallback[[Writing], bytes] = Fallback(
    "rp_text.dump_json", error=JSONError, final=(JSONError, TypeError)
)


@write.via()
def json(request: Writing) -> bytes:
    """Write with the standard library."""
    try:
        return _encoder(request.indent, request.sort_keys).encode(request.value).encode()
    except UnicodeEncodeError as error:
        raise _lone_surrogate(error) from None
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:  # NaN and the infinities, or what holds itself
        raise JSONError(plain_message(str(error))) from None


@write.via(needs="orjson", install=extra("orjson"), when=lambda request: request.named)
def orjson(request: Writing) -> bytes:
    """Write with orjson."""
    import orjson as library

    options = _orjson_options(request.indent, request.sort_keys)
    try:
        return library.dumps(request.value, option=options)
    except library.JSONEncodeError as error:
        if "key must be" not in str(error):
            raise _refusal(str(error)) from None
    try:  # slower by half, and seldom needed
        return library.dumps(request.value, option=options | library.OPT_NON_STR_KEYS)
    except library.JSONEncodeError as error:
        raise _refusal(str(error)) from None


@cache
def _orjson_options(indent: int | None, sort_keys: bool) -> int:
    import orjson as library

    return (
        library.OPT_PASSTHROUGH_DATACLASS
        | library.OPT_PASSTHROUGH_DATETIME
        | library.OPT_PASSTHROUGH_SUBCLASS
        | (library.OPT_INDENT_2 if indent else 0)
        | (library.OPT_SORT_KEYS if sort_keys else 0)
    )


def _refusal(message: str) -> Exception:
    """Return the error that a message of orjson stands for."""
    if "ecursion" in message:
        return too_deep()
    is_type = "serializable" in message or "key must be" in message
    return TypeError(message) if is_type else JSONError(plain_message(message))


def at_once(
    chain: Fallback[[T], R], first: Callable[[T], R], backend: str | None
) -> Callable[[T], R]:
    """Return the function of a backend itself, where it is installed; None: the first one.

    Small values are read and written in less time than it takes to choose who does it.

    Raises:
        ValueError: There is no backend of that name.
    """
    if backend is None:
        return first
    key = chain.operation, backend
    if key not in _installed:
        ask = chain.using(backend)
        found = next(one for one in chain.backends if one.name == backend)
        if found.state != "installed":
            return ask
        _installed[key] = found.fn
    return _installed[key]


def plain_message(message: str) -> str:
    """Return the message of a library as part of one of ours."""
    message = message.removesuffix(" at").removesuffix(" starting")
    return f"{message[:1].lower()}{message[1:]}"


def check_surrogates(value: Any) -> None:
    """Refuse strings that no encoding has.

    Raises:
        JSONError: There is a lone surrogate.
    """
    try:
        stdlib.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _lone_surrogate(error) from None
    except RecursionError:
        raise too_deep() from None


def _lone_surrogate(error: UnicodeEncodeError) -> JSONError:
    return JSONError(f"a string has a lone surrogate: {error.object[error.start]!a}")


def too_deep() -> LimitExceededError:
    """Return the error of what is nested too deeply."""
    return LimitExceededError("the JSON is nested too deeply: beyond about 1000 levels")


@cache
def _encoder(indent: int | None, sort_keys: bool) -> stdlib.JSONEncoder:
    return stdlib.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        indent=indent,
        sort_keys=sort_keys,
        separators=(",", ":") if indent is None else (",", ": "),
    )
