"""Header fields: names without case, in order, repeated ones kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, Union

HeaderTypes: TypeAlias = Union["Headers", Mapping[str, str], Iterable[tuple[str, str]]]
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_SECRET: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


class Headers(Mapping[str, str]):
    """Header fields, as a mapping whose names have no case.

    A field that occurs several times is given joined by ", "; `get_list` and `multi_items` keep
    them apart, in the order in which they came.

    Args:
        fields: A mapping, pairs, or other headers.

    Raises:
        ValueError: A name is no token, or a value has a line break or another control character.
        TypeError: A name or value is no string.
    """

    __module__ = "rp_net"
    __slots__ = ("_fields", "_index")

    def __init__(self, fields: HeaderTypes = ()) -> None:
        if isinstance(fields, Headers):
            self._fields: list[tuple[str, str]] = fields._fields
        else:
            if isinstance(fields, str):
                raise TypeError("headers are a mapping or pairs, not one string")
            pairs = fields.items() if isinstance(fields, Mapping) else fields
            self._fields = [_checked(name, value) for name, value in pairs]
        self._index: dict[str, str] | None = None

    @classmethod
    def received(cls, fields: list[tuple[str, str]]) -> Headers:
        """Take over fields that a backend has parsed, unchecked."""
        headers = cls.__new__(cls)
        headers._fields = fields
        headers._index = None  # noqa: SLF001
        return headers

    def __getitem__(self, name: str) -> str:
        """Return the value of a field; several are joined by ", "."""
        return self.index()[name.lower()]

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a field."""
        return isinstance(name, str) and name.lower() in self.index()

    def __iter__(self) -> Iterator[str]:
        """Give each name once, in lower case."""
        return iter(self.index())

    def __len__(self) -> int:
        """Return the number of different names."""
        return len(self.index())

    def __eq__(self, other: object) -> bool:
        """Return whether the same fields have the same values, in whatever order."""
        if isinstance(other, (Headers, Mapping)):
            return dict(self) == dict(Headers(other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show the fields, without secrets."""
        shown = [(n, "[secret]" if n.lower() in _SECRET else v) for n, v in self._fields]
        return f"Headers({shown!r})"

    def get_list(self, name: str) -> list[str]:
        """Return every value of a field, in order."""
        key = name.lower()
        return [value for name, value in self._fields if name.lower() == key]

    def multi_items(self) -> list[tuple[str, str]]:
        """Return every field as it came: its name in its own case, and its value."""
        return list(self._fields)

    def merged(self, fields: HeaderTypes) -> Headers:
        """Return these with others, which take the place of those of the same name."""
        others = Headers(fields)
        if not others._fields:
            return self
        kept = [pair for pair in self._fields if pair[0].lower() not in others]
        return Headers.received(kept + others._fields)

    def defaults(self, fields: HeaderTypes) -> Headers:
        """Return these with those of the others whose name is not here."""
        return Headers(fields).merged(self)

    def without(self, names: Iterable[str]) -> Headers:
        """Return these without some names, given in lower case."""
        dropped = frozenset(names)
        return Headers.received([p for p in self._fields if p[0].lower() not in dropped])

    def only(self, names: frozenset[str]) -> Headers:
        """Return those whose name, in lower case, is among these."""
        return Headers.received([p for p in self._fields if p[0].lower() in names])

    def index(self) -> dict[str, str]:
        """Return the value of each field, by its name in lower case; not to be changed."""
        if self._index is None:
            self._index = {name.lower(): value for name, value in self._fields}
            if len(self._index) != len(self._fields):
                self._join_repeated(self._index)
        return self._index

    def _join_repeated(self, index: dict[str, str]) -> None:
        values: dict[str, list[str]] = {}
        for name, value in self._fields:
            values.setdefault(name.lower(), []).append(value)
        index.update((name, ", ".join(found)) for name, found in values.items())


def is_token(text: str) -> bool:
    """Return whether a text is a token, as names of headers and methods are (RFC 9110, 5.6.2)."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def _checked(name: str, value: str) -> tuple[str, str]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"a header is a pair of strings, not {name!r}: {type(value).__name__}")
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no header name")
    if _FORBIDDEN.search(value):
        raise ValueError(f"the value of the header {name} has a character that no header may have")
    return name, value.strip(" \t")
