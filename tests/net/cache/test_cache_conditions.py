"""Conditional requests that a cache answers by itself (RFC 9111, 4.3.2; RFC 9110, 13)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, FRESH, Answer, at, moving, open_lab
from support.fault_server import FaultServer

OLD, NEW = at(-2 * DAY), at(-DAY)


@pytest.mark.parametrize(
    ("stored", "asked", "status"),
    [
        ('"a"', '"a"', 304),
        ('"a"', '"b"', 200),
        ('"a"', '"A"', 200),
        ('"a"', 'W/"a"', 304),
        ('W/"a"', '"a"', 304),
        ('W/"a"', 'W/"a"', 304),
        ('W/"a"', 'W/"b"', 200),
        ('"a"', '"x", "a"', 304),
        ('"a"', '"x","a","y"', 304),
        ('"a"', '"x" , W/"a"', 304),
        ('"a"', ', "a",', 304),
        ('"a"', '"x", "y"', 200),
        ('"a"', "*", 304),
        ('"a"', '"*"', 200),
        ('"a,b"', '"a,b"', 304),
        ('"a,b"', '"x", "a,b"', 304),
        ('"a"', '"a,b"', 200),
        ('"b"', '"a,b"', 200),
        ('""', '""', 304),
        ('""', '"a"', 200),
        ('"\xe9"', '"\xe9"', 304),
        ("a", "a", 304),
        ("a", "b", 200),
        (None, '"a"', 200),
        (None, "*", 304),
    ],
)
async def test_if_none_match(
    server: FaultServer, stored: str | None, asked: str, status: int
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH | ({"ETag": stored} if stored else {})))
        await lab.ask()
        found = await lab.ask({"If-None-Match": asked})
        assert (found.status, found.from_cache, lab.hits) == (status, True, 1)
        assert found.content == (b"" if status == 304 else b"body")


@pytest.mark.parametrize(
    ("stored", "asked", "status"),
    [
        ({"Last-Modified": OLD}, OLD, 304),
        ({"Last-Modified": OLD}, NEW, 304),
        ({"Last-Modified": NEW}, OLD, 200),
        ({"Last-Modified": OLD}, "yesterday", 200),
        ({"Last-Modified": OLD}, "", 200),
        ({"Date": moving(-60)}, moving(-30), 304),
        ({"Date": moving(-60)}, moving(-90), 200),
        ({"Date": moving(-60), "Last-Modified": "x"}, moving(-30), 304),
        ({"Last-Modified": NEW, "Date": moving(-60)}, OLD, 200),
        ({}, moving(60), 304),
        ({}, OLD, 200),
    ],
)
async def test_if_modified_since(
    server: FaultServer, stored: dict[str, str], asked: str, status: int
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH | stored))
        await lab.ask()
        found = await lab.ask({"If-Modified-Since": asked})
        assert (found.status, found.from_cache, lab.hits) == (status, True, 1)


@pytest.mark.parametrize(
    ("etag", "since", "status"),
    [('"a"', OLD, 304), ('"b"', NEW, 200), ('"a"', at(-9 * DAY), 304), ('"b"', OLD, 200)],
)
async def test_the_etag_counts_first(
    server: FaultServer, etag: str, since: str, status: int
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"', "Last-Modified": OLD}))
        await lab.ask()
        found = await lab.ask({"If-None-Match": etag, "If-Modified-Since": since})
        assert (found.status, lab.hits) == (status, 1)


async def test_the_fields_of_a_304(server: FaultServer) -> None:
    kept = {
        "Cache-Control": "max-age=3600",
        "Content-Location": "/x",
        "Date": at(0),
        "ETag": '"a"',
        "Expires": at(60),
        "Vary": "Accept",
    }
    async with open_lab(server) as lab:
        lab.script(Answer({**kept, "Age": "5"}))
        await lab.ask()
        found = await lab.ask({"If-None-Match": '"a"'})
        assert found.status == 304
        assert {name: found.headers.get(name) for name in kept} == kept
        assert int(found.headers["age"]) >= 5
        assert found.headers.get("content-length") in (None, "4")


@pytest.mark.parametrize("asked", [{"If-None-Match": '"a"'}, {"If-Modified-Since": NEW}])
async def test_a_head_may_have_conditions(server: FaultServer, asked: dict[str, str]) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"', "Last-Modified": OLD}))
        await lab.ask()
        assert (await lab.ask(asked, "HEAD")).status == 304
        assert lab.hits == 1


@pytest.mark.parametrize("status", [301, 404, 410, 500])
@pytest.mark.parametrize(
    "asked", [{"If-None-Match": "*"}, {"If-None-Match": '"a"'}, {"If-Modified-Since": at(60)}]
)
async def test_conditions_do_not_count_where_it_is_no_success(
    server: FaultServer, status: int, asked: dict[str, str]
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"', "Location": "/x"}, b"body", status))
        await lab.ask()
        assert (await lab.ask(asked)).status == status


async def test_a_condition_on_a_part(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"'}, b"0123456789"))
        await lab.ask()
        same = await lab.ask({"Range": "bytes=0-1", "If-None-Match": '"a"'})
        assert (same.status, same.content) == (304, b"")
        other = await lab.ask({"Range": "bytes=0-1", "If-None-Match": '"b"'})
        assert (other.status, other.content) == (206, b"01")
        assert lab.hits == 1


async def test_no_cache_beside_a_condition_asks_the_origin(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        stored = {**FRESH, "ETag": '"a"'}
        lab.script(Answer(stored), Answer(stored, b"", 304))
        await lab.ask()
        asked = await lab.ask({"If-None-Match": '"a"', "Cache-Control": "no-cache"})
        assert (asked.status, lab.hits) == (304, 2)
