"""Read JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rp_core import check_int
from rp_text._ends import MARK
from rp_text._json_reader import Parsing, json, parse, read_json
from rp_text._json_writer import at_once, check_surrogates
from rp_text._pieces import MAX_BYTES, gathered

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_text._pieces import Source

JSONBackend: TypeAlias = Literal["json", "orjson"]


def load_json(
    source: Source,
    /,
    *,
    unique_keys: bool = False,
    max_bytes: int = MAX_BYTES,
    urls: bool = True,
    backend: JSONBackend | None = None,
) -> Any:
    """Read a JSON file (RFC 8259).

    NaN and the infinities are refused. Integers are exact, up to the 4300 digits that Python's
    `int` takes, and refused beyond; what is too large for a float becomes infinite, as in Python.
    Of a key that an object has twice, the last value counts. Lone surrogates are refused. The text
    is UTF-8; a byte order mark is passed over. What is nested beyond about 1000 levels is refused.

    Args:
        source: As in `read_text`. A str is a path; JSON itself is given as bytes.
        unique_keys: Whether to refuse an object that has a key twice; takes about a quarter longer.
        max_bytes: As in `read_text`.
        urls: Whether URLs may be read.
        backend: "orjson" for speed. It turns integers beyond 64 bits into floats, silently, refuses
            what is too large for a float, and does not know `unique_keys`. None: "json", the
            standard library.

    Returns:
        A dict, list, str, int, float, bool or None.

    Raises:
        DecodeError: It is no UTF-8, or its compression is damaged.
        JSONError: It is no JSON; `.line` and `.column` say where.
        LimitExceededError: It is nested too deeply, or has more than `max_bytes` bytes.
        MissingDependencyError, NoBackendError: There is no orjson.
        Exception: As `read_text`.
    """
    check_int("max_bytes", max_bytes, 0)
    ask = reader(backend, unique_keys=unique_keys)
    data = gathered(source, max_bytes=max_bytes, urls=urls)
    if isinstance(data, str):
        data = data.removeprefix(MARK)
        check_surrogates(data)
    return ask(data)


def reader(backend: JSONBackend | None, *, unique_keys: bool) -> Callable[[bytes | str], Any]:
    """Return what reads JSON.

    Raises:
        ValueError: There is no such backend, or it does not tell keys that an object has twice.
    """
    if unique_keys and backend == "orjson":
        raise ValueError("orjson does not tell keys that an object has twice")
    if backend is None and not unique_keys:
        return read_json
    ask = at_once(parse, json, backend)
    return lambda data: ask(Parsing(data, unique_keys, named=True))
