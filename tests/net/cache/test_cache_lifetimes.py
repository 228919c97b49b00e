"""For how long a response is fresh: max-age, s-maxage and Age (RFC 9111, 4.2 and 5.1)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, HOUR, Fields, at, is_reused
from support.fault_server import FaultServer


@pytest.mark.parametrize(
    ("control", "reused"),
    [
        ("max-age=3600", True),
        ('max-age="3600"', True),
        ("MAX-AGE=3600", True),
        ("Max-Age=3600", True),
        ("max-age=0", False),
        ("max-age=-1", False),
        ("max-age=-3600", False),
        ("max-age=+3600", False),
        ("max-age=3600.0", False),
        ("max-age=1e4", False),
        ("max-age=0x1000", False),
        ("max-age=abc", False),
        ("max-age=3600s", False),
        ("max-age=", False),
        ("max-age", False),
        ('max-age=""', False),
        ('max-age="-1"', False),
        ("max-age=3600;x=1", False),
        ("max-age:3600", False),
        ("max-age='3600'", False),
        ("max-age= 3600", False),
        ("max-age =3600", False),
        ("max-age = 3600", False),
        ("max-age=36 00", False),
        ("max-age=03600", True),
        ("max-age=000000000000000003600", True),
        ("max-age=2147483647", True),
        ("max-age=2147483648", True),
        ("max-age=4294967296", True),
        ("max-age=99999999999", True),
        ("max-age=" + "9" * 60, True),
        (",, max-age=3600 ,", True),
        ("x,\tmax-age=3600\t, y", True),
        ("x max-age=3600", False),
        ("x-max-age=3600", False),
        ("max-age-x=3600", False),
        ("maxage=3600", False),
        ("max_age=3600", False),
        ("x=1, max-age=3600", True),
        ("max-age=3600, x", True),
        ('x="max-age=3600"', False),
        ('x="a, max-age=3600"', False),
        ('x="a, max-age=0", max-age=3600', True),
        (r'x="a\", max-age=0", max-age=3600', True),
        (r'x="max-age=3600\", max-age=3600", max-age=0', False),
        ("x='a', max-age=3600", True),
        ("max-age=3600, max-age=3600", True),
        ("max-age=0, max-age=3600", False),
        ("max-age=abc, max-age=3600", False),
        ("max-age=3600, max-age=0", True),
        ("public, max-age=3600, immutable", True),
        ("max-age=3600, no-transform", True),
        ("max-age=3600, proxy-revalidate", True),
        ("max-age=3600, must-revalidate", True),
        ('max-age=3600, community="UCI"', True),
        ("s-maxage=3600", False),
        ("s-maxage=0, max-age=3600", True),
        ("s-maxage=3600, max-age=0", False),
        ("s-maxage=abc, max-age=3600", True),
    ],
)
async def test_forms_of_cache_control(server: FaultServer, control: str, reused: bool) -> None:
    assert await is_reused(server, {"Cache-Control": control}) == reused


@pytest.mark.parametrize(
    ("control", "reused"),
    [
        ("s-maxage=3600", True),
        ("s-maxage=0, max-age=3600", False),
        ("s-maxage=3600, max-age=0", True),
        ('S-MaxAge="3600"', True),
        ("s-maxage=abc, max-age=3600", False),
        ("max-age=3600", True),
    ],
)
async def test_s_maxage_of_a_shared_cache(server: FaultServer, control: str, reused: bool) -> None:
    assert await is_reused(server, {"Cache-Control": control}, shared=True) == reused


@pytest.mark.parametrize(
    ("headers", "reused"),
    [
        ([("Cache-Control", "x"), ("Cache-Control", "max-age=3600")], True),
        ([("Cache-Control", "max-age=0"), ("Cache-Control", "max-age=3600")], False),
        ([("Cache-Control", "max-age=3600"), ("Cache-Control", "")], True),
        ([("cache-control", "max-age=3600")], True),
        ([("Cache-Control", "max-age=3600"), ("Expires", at(-HOUR))], True),
        ([("Cache-Control", "max-age=3600"), ("Expires", "0")], True),
        ([("Cache-Control", "max-age=0"), ("Expires", at(HOUR))], False),
        ([("Cache-Control", "max-age=abc"), ("Expires", at(HOUR))], False),
        ([("Cache-Control", "s-maxage=0"), ("Expires", at(HOUR))], True),
        ([("Cache-Control", "x"), ("Expires", at(HOUR))], True),
        ([("Cache-Control", "max-age=0"), ("Last-Modified", at(-100 * DAY))], False),
    ],
)
async def test_which_field_counts(server: FaultServer, headers: Fields, reused: bool) -> None:
    assert await is_reused(server, headers) == reused


@pytest.mark.parametrize(
    ("ages", "reused"),
    [
        (["0"], True),
        (["1800"], True),
        (["3500"], True),
        (["3600"], False),
        (["7200"], False),
        (["0007200"], False),
        (["000000000000000007200"], False),
        (["2147483648"], False),
        (["99999999999"], False),
        (["9" * 60], False),
        (["-1"], True),
        (["-7200"], True),
        (["+7200"], True),
        (["7200.5"], True),
        (["7200s"], True),
        (["abc"], True),
        ([""], True),
        (['"7200"'], True),
        (["7200;x=1"], True),
        (["0, 7200"], True),
        (["7200, 0"], False),
        (["0,0"], True),
        (["0", "7200"], True),
        (["7200", "0"], False),
        (["7200", "7200"], False),
    ],
)
async def test_forms_of_age(server: FaultServer, ages: list[str], reused: bool) -> None:
    headers = [("Cache-Control", "max-age=3600"), *(("Age", age) for age in ages)]
    assert await is_reused(server, headers) == reused
    expires = [("Expires", at(HOUR)), ("Date", at(0)), *(("Age", age) for age in ages)]
    assert await is_reused(server, expires) == reused


@pytest.mark.parametrize(
    ("date", "age", "reused"),
    [
        (-1800, None, True),
        (-7200, None, False),
        (-1800, "7200", False),
        (-7200, "0", False),
        (7200, None, True),
        (7200, "1800", True),
        (7200, "7200", False),
        (None, None, True),
        (None, "7200", False),
    ],
)
async def test_age_by_date(
    server: FaultServer, date: int | None, age: str | None, reused: bool
) -> None:
    headers = {"Cache-Control": "max-age=3600"}
    if date is not None:
        headers["Date"] = at(date)
    if age is not None:
        headers["Age"] = age
    assert await is_reused(server, headers) == reused


@pytest.mark.parametrize("date", ["", "0", "yesterday", "Thu, 01 Jan 1970 00:00:00 EST"])
async def test_a_date_that_is_none_counts_as_now(server: FaultServer, date: str) -> None:
    assert await is_reused(server, {"Cache-Control": "max-age=3600", "Date": date})
    assert await is_reused(server, {"Expires": at(HOUR), "Date": date})


@pytest.mark.parametrize(
    ("modified", "date", "reused"),
    [
        (at(-100 * DAY), at(0), True),
        (at(-100 * DAY), None, True),
        (at(-100 * DAY), at(-DAY), True),
        (at(-100 * DAY), at(-50 * DAY), False),
        (at(0), at(0), False),
        (at(DAY), at(0), False),
        ("yesterday", at(0), False),
        ("", at(0), False),
    ],
)
async def test_guessed_lifetimes(
    server: FaultServer, modified: str, date: str | None, reused: bool
) -> None:
    headers = {"Last-Modified": modified}
    if date is not None:
        headers["Date"] = date
    assert await is_reused(server, headers) == reused


@pytest.mark.parametrize("explicit", ["0", at(-1), "never", ""])
async def test_nothing_is_guessed_beside_expires(server: FaultServer, explicit: str) -> None:
    headers = {"Last-Modified": at(-100 * DAY), "Date": at(0), "Expires": explicit}
    assert not await is_reused(server, headers)
