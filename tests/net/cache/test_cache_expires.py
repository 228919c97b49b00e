"""Expires in all its forms (RFC 9111, 4.2 and 5.3; RFC 9110, 5.6.7)."""

from __future__ import annotations

import time

import pytest

from support.cache_lab import HOUR, at, is_reused
from support.fault_server import FaultServer

NEXT = time.gmtime(time.time() + 40 * 24 * HOUR)
LAST = time.gmtime(time.time() - 40 * 24 * HOUR)
IMF = "%a, %d %b %Y %H:%M:%S GMT"
RFC850 = "%A, %d-%b-%y %H:%M:%S GMT"
YEAR = NEXT.tm_year + 1


def asctime(when: time.struct_time) -> str:
    return time.strftime("%a %b ", when) + f"{when.tm_mday:2}" + time.strftime(" %H:%M:%S %Y", when)


@pytest.mark.parametrize("form", [IMF, RFC850])
async def test_the_forms_of_a_date(server: FaultServer, form: str) -> None:
    assert await is_reused(server, {"Expires": time.strftime(form, NEXT)})
    assert not await is_reused(server, {"Expires": time.strftime(form, LAST)})


async def test_the_form_of_asctime(server: FaultServer) -> None:
    assert await is_reused(server, {"Expires": asctime(NEXT)})
    assert await is_reused(server, {"Expires": f"Sun Aug  7 08:49:37 {YEAR}"})
    assert not await is_reused(server, {"Expires": asctime(LAST)})
    assert not await is_reused(server, {"Expires": "Sun Nov  6 08:49:37 1994"})


@pytest.mark.parametrize(
    ("text", "reused"),
    [
        (time.strftime(IMF, NEXT).lower(), True),
        (time.strftime(IMF, NEXT).upper(), True),
        (time.strftime(RFC850, NEXT).lower(), True),
        (asctime(NEXT).upper(), True),
        ("Friday, 18-Nov-50 08:49:37 GMT", True),
        ("Sunday, 06-Nov-94 08:49:37 GMT", False),
        ("Thursday, 18-Aug-99 08:49:37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 23:59:59 GMT", True),
        (f"Thu, 18 Aug {YEAR} 00:00:00 GMT", True),
        ("Fri, 31 Dec 9999 23:59:59 GMT", True),
        ("Thu, 29 Feb 2096 00:00:00 GMT", True),
        ("", False),
        ("0", False),
        ("-1", False),
        ("1", False),
        ("now", False),
        ("never", False),
        (str(int(time.time()) + HOUR), False),
        (f"{YEAR}-08-18T08:49:37Z", False),
        (f"{YEAR}-08-18 08:49:37", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 EST", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 UTC", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 Z", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 CEST", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 +0000", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 AAA", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 GMT+1", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 GMT (x)", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37GMT", False),
        ("Thu, 18 Aug 50 08:49:37 GMT", False),
        ("Thu, 18 Aug 050 08:49:37 GMT", False),
        ("Thu, 18 Aug 20500 08:49:37 GMT", False),
        (f"Thu,  18 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18  Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18 Aug {YEAR}  08:49:37 GMT", False),
        (f"Thu,18 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu 18 Aug {YEAR} 08:49:37 GMT", False),
        (f"18 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18-Aug-{YEAR} 08:49:37 GMT", False),
        (f"Thursday, 18-Aug-{YEAR} 08:49:37 GMT", False),
        (f"Thursday, 18 Aug {YEAR} 08:49:37 GMT", False),
        ("Thu, 18-Aug-50 08:49:37 GMT", False),
        (f"Xyz, 18 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18 Xyz {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18 August {YEAR} 08:49:37 GMT", False),
        (f"Thu, 18 08 {YEAR} 08:49:37 GMT", False),
        (f"Thu, 8 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 00 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 32 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 99 Aug {YEAR} 08:49:37 GMT", False),
        (f"Thu, 31 Apr {YEAR} 08:49:37 GMT", False),
        (f"Thu, 30 Feb {YEAR} 08:49:37 GMT", False),
        ("Thu, 29 Feb 2097 08:49:37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 8:49:37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:9:37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:49:7 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:49 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08.49.37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 24:00:00 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:60:37 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:49:61 GMT", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37.5 GMT", False),
        (f'"Thu, 18 Aug {YEAR} 08:49:37 GMT"', False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 GMT;", False),
        (f"Thu, 18 Aug {YEAR} 08:49:37 GMT, x", False),
        (f"Sun Nov 6 08:49:37 {YEAR}", False),
        (f"Sun Nov 06 08:49:37 {YEAR} GMT", False),
        (f"Sun, Nov  6 08:49:37 {YEAR}", False),
        ("Sun Nov  6 08:49:37 50", False),
    ],
)
async def test_dates_right_and_wrong(server: FaultServer, text: str, reused: bool) -> None:
    assert await is_reused(server, {"Expires": text}) == reused


@pytest.mark.parametrize(
    ("date", "expires", "reused"),
    [
        (0, HOUR, True),
        (0, 0, False),
        (0, -HOUR, False),
        (-1800, 1800, True),
        (-7200, -3600, False),
        (-7200, 7200, True),
        (7200, 3600, False),
        (7200, 10800, True),
        (None, 3600, True),
        (None, -3600, False),
    ],
)
async def test_expires_counts_from_date(
    server: FaultServer, date: int | None, expires: int, reused: bool
) -> None:
    headers = {"Expires": at(expires)}
    if date is not None:
        headers["Date"] = at(date)
    assert await is_reused(server, headers) == reused


async def test_of_several_the_first_counts(server: FaultServer) -> None:
    soon, past = ("Expires", at(HOUR)), ("Expires", at(-HOUR))
    assert await is_reused(server, [soon, soon])
    assert await is_reused(server, [soon, past])
    assert not await is_reused(server, [past, soon])
    assert not await is_reused(server, [("Expires", "0"), soon])
