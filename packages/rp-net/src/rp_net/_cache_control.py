"""The fields that caches go by, read strictly (RFC 9110, 5.6.7; RFC 9111, 5)."""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_net._headers import Headers

FOREVER: Final = 1 << 31
_DIRECTIVE: Final = re.compile(
    r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:(\s*)=("(?:[^"\\]|\\.)*"|[^",]*))?\s*(?:,|$)"""
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_DAY: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_LONG_DAY: Final = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_TIME: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_DAY}, (?P<day>\d\d) (?P<month>[a-z]{{3}}) (?P<year>\d{{4}}) {_TIME} GMT",
        rf"{_LONG_DAY}, (?P<day>\d\d)-(?P<month>[a-z]{{3}})-(?P<year>\d\d) {_TIME} GMT",
        rf"{_DAY} (?P<month>[a-z]{{3}}) (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)


class Directives:
    """The directives of Cache-Control.

    Of a directive that is given twice the first counts.
    """

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        """Return whether a directive is there, with or without a value."""
        return name in self._values

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._values)

    def text(self, name: str) -> str | None:
        """Return the value of a directive, without quotes; None: it is not there, or has none."""
        return self._values.get(name)

    def seconds(self, name: str) -> int | None:
        """Return a number of seconds; None: the directive is not there; 0: it makes no sense."""
        if name not in self._values:
            return None
        value = self._values[name]
        return _number(value) if value and _is_number(value) else 0

    def fields(self, name: str) -> frozenset[str]:
        """Return the header names in the value of a directive, in lower case."""
        value = self._values.get(name) or ""
        return frozenset(part.strip().lower() for part in value.split(",") if part.strip())


def directives_of(headers: Headers) -> Directives:
    """Read Cache-Control, of a request or a response."""
    found: dict[str, str | None] = {}
    text = ", ".join(headers.get_list("cache-control"))
    position = 0
    while position < len(text):
        match = _DIRECTIVE.match(text, position)
        if match is None:
            comma = text.find(",", position)
            position = len(text) if comma < 0 else comma + 1
            continue
        position = max(match.end(), position + 1)
        # With a space before "=" there is no telling what was meant: a lifetime is none then.
        found.setdefault(match[1].lower(), "" if match[2] else _unquoted(match[3]))
    return Directives(found)


def parse_date(text: str | None) -> float | None:
    """Return an HTTP-date as seconds since 1970; None: it is none.

    All three forms of RFC 9110, 5.6.7 are read, and nothing else: an Expires that is no date means
    the past.
    """
    for form in _FORMS:
        match = form.fullmatch(text or "")
        if match:
            month = _MONTHS.get(match["month"].lower())
            year = int(match["year"])
            if year < 100:  # the rule for two digits: not more than 50 years ahead
                year += 2000 if year < 77 else 1900
            day, hour = int(match["day"]), int(match["hour"])
            minute, second = int(match["minute"]), int(match["second"])
            if month is None or not 0 < day <= monthrange(year, month)[1]:
                return None
            if hour > 23 or minute > 59 or second > 60:
                return None
            return float(timegm((year, month, day, hour, minute, second)))
    return None


def age_of(headers: Headers) -> int:
    """Return the seconds in Age: the first where there are several, 0 where it is no number."""
    values = headers.get_list("age")
    first = values[0].partition(",")[0].strip() if values else ""
    return _number(first) if _is_number(first) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return FOREVER if len(digits) > 10 else min(int(digits or "0"), FOREVER)


def _unquoted(value: str | None) -> str | None:
    if value is None:
        return None
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value.rstrip() if not value[:1].isspace() else value
